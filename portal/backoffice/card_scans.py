"""A card scanned into the field of a number at the counter (quét mã QR trên thẻ): what its form begins with."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from portal.core import identity_cards
from portal.core.errors import PortalError
from portal.core.identifiers import clean_personal_id
from portal.core.identity_cards import IdentityCard
from portal.core.text import clean_line


def number_of(typed: str) -> str:
    """The number typed, or that of the card scanned; raises as portal.core.identity_cards.read does."""
    if identity_cards.is_card_text(typed):
        return identity_cards.read(typed, on=timezone.localdate()).personal_id
    return clean_personal_id(typed)


def card_of(typed: str) -> IdentityCard | None:
    """The card that was scanned; None for a number, and for what reads as no card."""
    if not identity_cards.is_card_text(typed):
        return None
    try:
        return identity_cards.read(typed, on=timezone.localdate())
    except PortalError:
        return None  # the form says why


def of_card(number: str, card: IdentityCard | None) -> dict[str, Any]:
    """What the empty form begins with."""
    if card is None:
        return {"personal_id": number}
    return {
        "personal_id": card.personal_id,
        "full_name": card.full_name,
        "date_of_birth": card.date_of_birth,
        "gender": card.gender,
        "address_line": card.residence,
    }


def filled(posted: Mapping[str, Any], card: IdentityCard, *, ticks: Sequence[str]) -> dict[str, Any]:
    """What the form begins with anew after a scan: all that was typed, the card over it, and no tick (`ticks`).

    A scanner presses Enter; nothing is done by that, since nobody has compared the card with anything yet.
    """
    said = {name: value for name, value in of_card(card.personal_id, card).items() if value}
    return {**{name: posted[name] for name in posted if name not in ticks}, **said}


def differs(card: IdentityCard, *, full_name: str, date_of_birth: Any) -> bool:
    """Whether a scanned card names another person than the one known by its number."""
    same_name = clean_line(card.full_name).casefold() == clean_line(full_name).casefold()
    return not same_name or (date_of_birth is not None and card.date_of_birth != date_of_birth)
