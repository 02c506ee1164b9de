"""What of an agency's rights to read papers is a system's own: those of dossiers that it decides or reported."""

from django.db.models import QuerySet

from datastore import grants
from datastore.models import Grant
from dossiers import access
from portal.agencies.actors import Actor
from portal.agencies.models import Agency, ApiClient


def to(client: ApiClient) -> QuerySet[Grant]:
    """Rights that hold now, of the client's agency or one below it, for dossiers of the client."""
    within = Agency.objects.filter(path__startswith=client.agency.path).values("pk")
    mine = access.visible_to(Actor.partner(client)).values("code")
    return Grant.objects.filter(grants.active(), agency__in=within, dossier_code__in=mine)
