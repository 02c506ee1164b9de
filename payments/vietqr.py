"""VietQR transfers (NAPAS, EMVCo merchant-presented): the text of the QR code. Pure.

A VietQR code brings no notice when it is paid, so it is no gateway here: it needs a statement feed beside it.
"""

from portal.core.text import fold

GUID = "A000000727"
TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
DONG = "704"
_POLYNOMIAL = 0x1021


def field(tag: str, value: str) -> str:
    """One TLV field: two-figure tag, two-figure length, value; raises ValueError beyond 99 characters."""
    if len(value) > 99:
        raise ValueError(f"field {tag} has {len(value)} characters where 99 are allowed")
    return f"{tag}{len(value):02d}{value}"


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE as four upper-case hex figures.

    >>> crc16("123456789")
    '29B1'
    """
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ _POLYNOMIAL) & 0xFFFF if crc & 0x8000 else (crc << 1) & 0xFFFF
    return f"{crc:04X}"


def payload(
    *,
    bank_bin: str,
    account: str,
    amount_vnd: int | None = None,
    purpose: str = "",
    bill_number: str = "",
    is_card: bool = False,
) -> str:
    """The text of a transfer code: to an account or card at a bank (six-figure BIN), with an amount once it is dynamic.

    `purpose` loses its tone marks, since banks' apps mangle them; it carries our reference and nothing personal.
    Raises ValueError for a BIN, account or amount that no bank would take.
    """
    if not (bank_bin.isascii() and bank_bin.isdigit() and len(bank_bin) == 6):
        raise ValueError("a bank's BIN has six figures")
    if not (account.isascii() and account.isalnum() and len(account) <= 19):
        raise ValueError("an account has at most 19 letters and figures")
    if amount_vnd is not None and not 0 < amount_vnd < 10**13:
        raise ValueError("an amount is more than 0 đồng and has at most 13 figures")
    beneficiary = field("00", bank_bin) + field("01", account)
    merchant = field("00", GUID) + field("01", beneficiary) + field("02", TO_CARD if is_card else TO_ACCOUNT)
    parts = [
        field("00", "01"),
        field("01", "11" if amount_vnd is None else "12"),
        field("38", merchant),
        field("53", DONG),
    ]
    if amount_vnd is not None:
        parts.append(field("54", str(amount_vnd)))
    parts.append(field("58", "VN"))
    additional = (field("01", bill_number) if bill_number else "") + (field("08", _plain(purpose)) if purpose else "")
    if additional:
        parts.append(field("62", additional))
    body = "".join(parts) + "6304"
    return body + crc16(body)


def _plain(text: str) -> str:
    """Letters without marks, case kept: banks' apps accept ASCII in the purpose."""
    return "".join(fold(letter).upper() if letter.isupper() else fold(letter) for letter in text)
