"""The text of the QR code on a chip identity card (mã QR trên thẻ căn cước), read and checked. Pure.

Seven parts between bars: number | old number or empty | full name | birth date ddmmyyyy | gender | residence | issue
date ddmmyyyy. The card of 2024 may add parts, which are passed over (docs/assumptions.md). It is unsigned text: it
fills a form and proves nothing, so the official still compares it with the card and the face.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from portal.core.errors import InvalidInputError, Text
from portal.core.identifiers import IdentifierError, IdentifierWarning, clean_personal_id, personal_id_warnings
from portal.core.text import clean_line

BAR = "|"
LEAST_PARTS = 6
"""Scanners that stop at an empty last part leave the issue date away; without the residence the text was cut."""
MAX_LENGTH = 600
GENDERS = {"nam": "1", "nữ": "2", "nu": "2", "khác": "3", "khac": "3"}
NAME_LIMIT, RESIDENCE_LIMIT = 200, 250


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """What a card's QR says."""

    personal_id: str
    full_name: str
    date_of_birth: date | None
    gender: str
    """Code of the forms' gender list; "" where the card says something else."""
    residence: str
    issued_on: date | None

    def warnings(self) -> list[IdentifierWarning]:
        """Where the number contradicts the birth date or gender beside it."""
        return personal_id_warnings(self.personal_id, date_of_birth=self.date_of_birth, gender=self.gender)


class CardError(InvalidInputError):
    """The text is not that of a card; the message never repeats what was scanned."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(message, code=code)


def is_card_text(text: str) -> bool:
    """Whether somebody scanned a card rather than typed a number."""
    return BAR in text


def read(text: str, *, on: date) -> IdentityCard:
    """Read a card's text as of a day; raises CardError, and IdentifierError for the number."""
    if len(text) > MAX_LENGTH:
        raise CardError("card.too_long", _("Mã QR này dài hơn mã trên thẻ căn cước. Hãy quét lại đúng mã trên thẻ."))
    parts = [clean_line(part) for part in text.split(BAR)]
    if len(parts) < LEAST_PARTS:
        raise CardError("card.parts", _("Mã QR chưa đủ phần. Hãy quét lại, giữ thẻ thẳng và đủ sáng."))
    number, _old, name, born, gender, residence, *rest = parts
    try:
        personal_id = clean_personal_id(number)
    except IdentifierError as error:
        raise CardError(error.code, error.message) from error
    if not name or len(name) > NAME_LIMIT:
        raise CardError("card.name", _("Mã QR không có họ tên. Hãy quét lại đúng mã trên thẻ căn cước."))
    date_of_birth = _day(born)
    if date_of_birth is None or date_of_birth > on:
        raise CardError("card.birth_date", _("Ngày sinh trong mã QR không đúng. Hãy quét lại, hoặc nhập tay theo thẻ."))
    issued_on = _day(rest[0]) if rest and rest[0] else None
    if issued_on is not None and not date_of_birth <= issued_on <= on:
        raise CardError("card.issue_date", _("Ngày cấp trong mã QR không đúng. Hãy xem lại thẻ."))
    return IdentityCard(
        personal_id=personal_id,
        full_name=name,
        date_of_birth=date_of_birth,
        gender=GENDERS.get(gender.casefold(), ""),
        residence=residence[:RESIDENCE_LIMIT],
        issued_on=issued_on,
    )


def _day(text: str) -> date | None:
    if not (text.isascii() and text.isdigit() and len(text) == 8):
        return None
    try:
        return datetime.strptime(text, "%d%m%Y").date()  # noqa: DTZ007 - a date without a time of day
    except ValueError:
        return None
