"""Dossiers of people whom somebody represents (hồ sơ nộp thay cá nhân), as a filter."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from portal.accounts import representations
from portal.accounts.models import Representation

if TYPE_CHECKING:
    from portal.accounts.models import User


def represented_by(user: "User") -> Q:
    """Filed dossiers that she sees as a representative today: what she filed herself, within the scope.

    Two parents do not read each other's filings: what one declares may not be for the other. Of a child or a ward,
    what was filed by somebody who represents no more is open to whoever does.
    """
    today = timezone.localdate()
    found = Q(pk__in=[])
    for held in representations.held_by(user):
        hers: Q = Q(filer=user)
        if held.is_by_law:
            others = Representation.objects.in_force(today).filter(
                principal=OuterRef("owner"), representative=OuterRef("filer")
            )
            hers |= Q(~Exists(others))
        in_scope = Q(procedure_code__in=held.procedure_codes) if held.procedure_codes else Q()
        found |= Q(owner=held.principal_id, representation__isnull=False) & in_scope & hers
    return found
