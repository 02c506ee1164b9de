"""Stores of organisations (kho dữ liệu của tổ chức): whose members bring, see and use papers by their role.

Every member reads; who files for it also adds and files with them; deleting and sharing is for the legal representative
(Luật Doanh nghiệp 59/2020/QH14 art. 12: who acts in the enterprise's name).
"""

import structlog
from django.db import transaction

from datastore import access
from datastore.models import Document, DocumentStatus
from portal.accounts import representing
from portal.accounts.models import Organisation, User
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError

log = structlog.get_logger(__name__)


def who_hears(document: Document) -> list[User]:
    """Who is told of a paper: whose it is; of an organisation's, its representatives and its member who brought it."""
    if document.organisation_id is None:
        return [document.owner]
    people = {person.pk: person for person in representing.representatives(document.organisation_id)}
    if representing.is_member(document.owner, document.organisation_id):
        people.setdefault(document.owner_id, document.owner)
    return list(people.values())


@transaction.atomic
def hand_over(document_id: int, actor: Actor, organisation: Organisation) -> Document:
    """Put one's own paper into the store of an organisation one acts for: its members see and use it from then on.

    There is no way back: what an organisation was given is its own. Raises NotFoundError for anybody else's paper or
    organisation, NotAllowedError for who only reads there. Repeating is idle.
    """
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None or document.status == DocumentStatus.DELETED or not access.is_owner(document, actor):
        raise NotFoundError
    if actor.user is None:
        raise NotFoundError
    representing.organisation_to_file_for(actor.user, organisation.pk)
    if document.organisation_id is None:
        document.organisation = organisation
        document.save(update_fields=["organisation"])
        log.info("document.handed_over", document_id=document.pk, organisation_id=organisation.pk)
    return document
