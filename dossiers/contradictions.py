"""Certificates in force that say otherwise than the declaration: why who proposes or decides sets them aside.

A certificate counts until the status changes (NĐ 123/2015/NĐ-CP art. 23); who verifies looks into it before a new one
is issued (art. 22(3)). That the portal wants her ground in words is our reading (docs/assumptions.md).
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dossiers import superseding
from dossiers.models import Dossier, DossierEvent
from dossiers.reasons import clean_reason, said_last_of, said_of
from portal.core.errors import InvalidInputError

FIELD = "set_aside"
"""Key in the data of a proposal or a decision, and name of the form's field."""
MISSING = _("Hãy ghi vì sao không theo giấy còn hiệu lực, hoặc yêu cầu bổ sung trước.")


def contradicting(dossier: Dossier) -> list[superseding.Standing]:
    """What the holder has in force that says otherwise; empty where the agency's own system decides."""
    if not dossier.is_decided_here:
        return []
    return [one for one in superseding.standing(dossier) if one.is_contradicted]


def told(dossier: Dossier, reason: str) -> dict[str, Any]:
    """What the event of a locked dossier keeps: the ground, and the numbers of the papers; empty where none differs.

    Raises InvalidInputError naming the field where a paper differs and no reason is given.
    """
    papers = contradicting(dossier)
    if not papers:
        return {}
    cleaned = clean_reason(reason)
    if not cleaned:
        raise InvalidInputError(fields={FIELD: [MISSING]})
    return {FIELD: {"reason": cleaned, "papers": [one.document.number for one in papers]}}


def reason_in(event: DossierEvent) -> str:
    """The ground as said with this event; empty where nothing was said."""
    return said_of(event, FIELD)


def papers_in(event: DossierEvent) -> str:
    """The numbers of the papers that were set aside with this event."""
    return ", ".join((event.data.get(FIELD) or {}).get("papers", ()))


def reason_for(dossier: Dossier) -> str:
    """What was said last, by who proposed or decided."""
    return said_last_of(dossier, FIELD)
