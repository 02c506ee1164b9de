"""The words an official or citizen gives for a step (lý do): what is kept of them, and how long they may be."""

from django.utils.translation import gettext_lazy as _

from portal.core.errors import InvalidInputError
from portal.core.text import clean_block

REASON_MAX_LENGTH = 4000
"""Characters; longer than any letter of the one-stop mechanism prints well."""


def clean_reason(reason: str) -> str:
    """A reason as it is kept and printed; raises InvalidInputError naming `reason` when it is too long."""
    cleaned = clean_block(reason)
    if len(cleaned) > REASON_MAX_LENGTH:
        raise InvalidInputError(
            fields={"reason": [_("Lý do dài quá %(limit)d ký tự. Hãy viết gọn lại.") % {"limit": REASON_MAX_LENGTH}]}
        )
    return cleaned
