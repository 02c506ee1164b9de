"""Personal data with most of it hidden (che thông tin): what screens show until somebody asks, with a reason, for more.

Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: show no more than the purpose needs.
"""

from __future__ import annotations

_STAR = "•"


def mask_tail(text: str, *, shown: int = 3) -> str:
    """Everything but the last ``shown`` characters hidden, and never more than a third of the text shown."""
    visible = min(shown, len(text) // 3)
    return _STAR * (len(text) - visible) + text[len(text) - visible :]


def mask_personal_id(number: str) -> str:
    """A personal identification number with its last three figures: ``•••••••••123``."""
    return mask_tail(number)


def mask_phone(number: str) -> str:
    """A telephone number with its last three figures."""
    return mask_tail(number)


def mask_email(address: str) -> str:
    """An e-mail address with the first letter and the domain: ``n•••@example.vn``."""
    name, at, domain = address.rpartition("@")
    if not at or not name:
        return mask_tail(address, shown=0)
    return f"{name[0]}{_STAR * 3}@{domain}"
