"""Personal data with most of it hidden (che thông tin): what screens show until somebody asks, with a reason, for more.

Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: show no more than the purpose needs.
"""

from __future__ import annotations

import re

IDENTITY_NUMBER_FIELDS = frozenset(
    {"sogiaytochuhoso", "sodinhdanh", "sodinhdanhchuhs", "sogiayto", "sohochieu", "personal_id"}
    | {"socccd", "cccd", "socmnd", "cmnd"}
)
"""Names of fields, in lower case, in which other systems send a person's number."""
_STAR = "•"
_LONG_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")


def mask_tail(text: str, *, shown: int = 3) -> str:
    """Everything but the last ``shown`` characters hidden, and never more than a third of the text shown."""
    visible = min(shown, len(text) // 3)
    return _STAR * (len(text) - visible) + text[len(text) - visible :]


def mask_personal_id(number: str) -> str:
    """A personal identification number with its last three figures: ``•••••••••123``."""
    return mask_tail(number)


def hide_numbers(text: str) -> str:
    """A text with every personal identification number in it masked, in plain words as in markup."""
    return _LONG_NUMBER.sub(lambda found: mask_personal_id(found.group()), text)


def mask_phone(number: str) -> str:
    """A telephone number with its last three figures."""
    return mask_tail(number)


def mask_email(address: str) -> str:
    """An e-mail address with the first letter and the domain: ``n•••@example.vn``."""
    name, at, domain = address.rpartition("@")
    if not at or not name:
        return mask_tail(address, shown=0)
    return f"{name[0]}{_STAR * 3}@{domain}"
