"""The words an official or citizen gives for a step (lý do): what is kept of them, and how long they may be."""

from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier, DossierEvent
from portal.core.errors import InvalidInputError
from portal.core.text import clean_block, clean_line

REASON_MAX_LENGTH = 4000
"""Characters; longer than any letter of the one-stop mechanism prints well."""
LEGAL_BASIS_MAX_LENGTH = 200
"""Characters: act, article and clause."""
PROPOSED_OR_DECIDED = ("dossier.proposed", "dossier.decided")
"""Events that may keep the reason of something beside the step: a paper set aside, a fee not charged."""


def clean_legal_basis(legal_basis: str) -> str:
    """The ground a leader or an agency's system names (căn cứ pháp lý); raises InvalidInputError without one."""
    cleaned = clean_line(legal_basis)[:LEGAL_BASIS_MAX_LENGTH]
    if not cleaned:
        raise InvalidInputError(fields={"legal_basis": [_("Hãy ghi căn cứ pháp lý.")]})
    return cleaned


def said_of(event: DossierEvent, field: str) -> str:
    """What an event keeps as the reason of something beside the step itself; empty where nothing was said."""
    return str((event.data.get(field) or {}).get("reason", ""))


def said_last_of(dossier: Dossier, field: str) -> str:
    """The same as it was said last, by who proposed or decided."""
    last = dossier.events.filter(name__in=PROPOSED_OR_DECIDED).order_by("-sequence").first()
    return said_of(last, field) if last is not None else ""


def clean_reason(reason: str) -> str:
    """A reason as it is kept and printed; raises InvalidInputError naming `reason` when it is too long."""
    cleaned = clean_block(reason)
    if len(cleaned) > REASON_MAX_LENGTH:
        raise InvalidInputError(
            fields={"reason": [_("Lý do dài quá %(limit)d ký tự. Hãy viết gọn lại.") % {"limit": REASON_MAX_LENGTH}]}
        )
    return cleaned
