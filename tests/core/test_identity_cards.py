"""The QR of an identity card: read into its parts, or refused with the cure; contradictions are warnings."""

from datetime import date

import pytest

from portal.core import identity_cards
from portal.core.identity_cards import CardError

TODAY = date(2026, 11, 28)
CARD = "001193000457|012345678|Trần Thị Quầy|08031993|Nữ|Số 5 phố Thử, Cửa Nam, Hà Nội|01012024"


def test_a_card_is_read_into_its_parts() -> None:
    card = identity_cards.read(CARD, on=TODAY)
    assert (card.personal_id, card.full_name, card.gender) == ("001193000457", "Trần Thị Quầy", "2")
    assert (card.date_of_birth, card.issued_on) == (date(1993, 3, 8), date(2024, 1, 1))
    assert card.residence == "Số 5 phố Thử, Cửa Nam, Hà Nội"
    assert card.warnings() == []


def test_parts_of_the_newer_card_decomposed_marks_and_blanks_do_no_harm() -> None:
    decomposed = "Tra\u0302\u0300n Thi\u0323 Qua\u0302\u0300y"
    card = identity_cards.read(f" 001193000457 || {decomposed} |08031993|nữ|Nơi thử|01012024|x|y|z\n", on=TODAY)
    assert card.full_name == "Trần Thị Quầy" and card.gender == "2"
    assert identity_cards.read("001193000457||Trần Thị Quầy|08031993|Nữ|Nơi thử", on=TODAY).issued_on is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("001193000457|1|Trần", "card.parts"),
        ("00119300045||Trần Thị Quầy|08031993|Nữ|Nơi thử|01012024", "personal_id.length"),
        ("012345678||Trần Thị Quầy|08031993|Nữ|Nơi thử|01012024", "personal_id.former_number"),
        ("001193000457|| |08031993|Nữ|Nơi thử|01012024", "card.name"),
        ("001193000457||Trần Thị Quầy|31021993|Nữ|Nơi thử|01012024", "card.birth_date"),
        ("001193000457||Trần Thị Quầy|08032093|Nữ|Nơi thử|01012024", "card.birth_date"),
        ("001193000457||Trần Thị Quầy|0803199３|Nữ|Nơi thử|01012024", "card.birth_date"),
        ("001193000457||Trần Thị Quầy|08031993|Nữ|Nơi thử|01011990", "card.issue_date"),
        ("001193000457||Trần Thị Quầy|08031993|Nữ|Nơi thử|" + "x" * 600, "card.too_long"),
    ],
)
def test_what_is_no_card_is_refused_without_repeating_it(text: str, code: str) -> None:
    with pytest.raises(CardError) as refused:
        identity_cards.read(text, on=TODAY)
    assert refused.value.code == code
    assert "001193000457" not in str(refused.value.message) and "Trần" not in str(refused.value.message)


def test_a_number_that_contradicts_its_card_is_a_warning() -> None:
    told = identity_cards.read("001093000457||Trần Thị Quầy|08031992|Nữ|Nơi thử|01012024", on=TODAY).warnings()
    assert {warning.code for warning in told} == {"personal_id.birth_year", "personal_id.gender"}
