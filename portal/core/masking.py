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


def mask_tax_code(number: str) -> str:
    """A person's tax code is the personal identification number and is hidden; an organisation's is public."""
    return mask_personal_id(number) if len(number) == 12 else number


def mask_phone(number: str) -> str:
    """A telephone number with its last three figures."""
    return mask_tail(number)


def mask_bank_account(number: str) -> str:
    """A bank account with its last four figures."""
    return mask_tail(number, shown=4)


def mask_email(address: str) -> str:
    """An e-mail address with the first letter and the domain: ``n•••@example.vn``."""
    name, at, domain = address.rpartition("@")
    if not at or not name:
        return mask_tail(address, shown=0)
    return f"{name[0]}{_STAR * 3}@{domain}"


def mask_name(full_name: str) -> str:
    """A person's name with the family name and initials: ``Nguyễn T. H. A.``, as public lists print it."""
    parts = full_name.split()
    return (
        " ".join([*parts[:1], *(f"{part[0]}." for part in parts[1:])])
        if len(parts) > 1
        else mask_tail(full_name, shown=0)
    )
