"""The words an official or citizen gives for a step (lý do): what is kept of them, and how long they may be."""

from django.utils.translation import gettext_lazy as _

from portal.core.errors import InvalidInputError
from portal.core.text import clean_block, clean_line

REASON_MAX_LENGTH = 4000
"""Characters; longer than any letter of the one-stop mechanism prints well."""


LEGAL_BASIS_MAX_LENGTH = 200
"""Characters: act, article and clause."""


def clean_legal_basis(legal_basis: str) -> str:
    """The ground a leader or an agency's system names (căn cứ pháp lý); raises InvalidInputError without one."""
    cleaned = clean_line(legal_basis)[:LEGAL_BASIS_MAX_LENGTH]
    if not cleaned:
        raise InvalidInputError(fields={"legal_basis": [_("Hãy ghi căn cứ pháp lý.")]})
    return cleaned


def clean_reason(reason: str) -> str:
    """A reason as it is kept and printed; raises InvalidInputError naming `reason` when it is too long."""
    cleaned = clean_block(reason)
    if len(cleaned) > REASON_MAX_LENGTH:
        raise InvalidInputError(
            fields={"reason": [_("Lý do dài quá %(limit)d ký tự. Hãy viết gọn lại.") % {"limit": REASON_MAX_LENGTH}]}
        )
    return cleaned
