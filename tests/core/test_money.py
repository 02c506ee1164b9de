"""Money: whole đồng, half-up rounding, figures and words as on a receipt."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.core import money
from portal.core.words import LARGEST

amounts = st.integers(min_value=0, max_value=LARGEST)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Decimal("0.5"), 1),
        (Decimal("1.5"), 2),
        (Decimal("2.5"), 3),
        (Decimal("2.49"), 2),
        (Decimal("-2.5"), -3),
        (Fraction(1, 3), 0),
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (7, 7),
    ],
)
def test_halves_round_up(exact, rounded):
    assert money.round_vnd(exact) == rounded


@pytest.mark.parametrize("not_money", [1.0, True, "8000", None])
def test_floats_and_other_things_are_not_money(not_money):
    with pytest.raises(TypeError):
        money.round_vnd(not_money)
    with pytest.raises(TypeError):
        money.format_vnd(not_money)
    with pytest.raises(TypeError):
        money.multiply(not_money, 2)


def test_a_fee_for_each_copy():
    assert money.multiply(8_000, 3) == 24_000


def test_half_of_an_odd_amount_rounds_up():
    assert money.percent_of(15_001, 50) == 7_501
    assert money.reduce_by_percent(20_000, 50) == 10_000
    assert money.reduce_by_percent(20_000, Decimal("12.5")) == 17_500


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_reduction_is_between_nothing_and_everything(percent):
    with pytest.raises(ValueError, match="0 and 100"):
        money.reduce_by_percent(1, percent)


@given(amounts, st.integers(0, 100))
def test_a_reduction_never_raises_an_amount(amount, percent):
    assert 0 <= money.reduce_by_percent(amount, percent) <= amount


@given(amounts, st.integers(0, 100))
def test_a_share_and_its_rest_differ_from_the_whole_by_at_most_one(amount, percent):
    assert money.percent_of(amount, percent) + money.reduce_by_percent(amount, percent) - amount in {0, 1}


@pytest.mark.parametrize("language", ["vi", "en"])
@given(amounts)
def test_what_is_printed_reads_back(language, amount):
    with translation.override(language):
        assert money.parse_vnd(money.format_vnd(amount)) == amount


@pytest.mark.parametrize(("language", "printed"), [("vi", "1.008.000\xa0đ"), ("en", "VND\xa01,008,000")])
def test_an_amount_is_printed_as_its_language_does(language, printed):
    with translation.override(language):
        assert money.format_vnd(1_008_000) == printed


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("8000", 8_000),
        ("8.000 đ", 8_000),
        ("8,000", 8_000),
        ("20.000 vnđ", 20_000),
        ("1.250.000 đồng", 1_250_000),
        (" 0 VND ", 0),
    ],
)
def test_amounts_as_people_write_them(text, amount):
    assert money.parse_vnd(text) == amount


@pytest.mark.parametrize("text", ["", "-5", "1.5", "8.00", "1.000,50", "tám nghìn", "20 nghìn", "1,000.000", "9" * 40])
def test_what_is_not_whole_dong_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        money.parse_vnd(text)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (55, "Năm mươi lăm đồng"),
        (104, "Một trăm linh bốn đồng"),
        (8_000, "Tám nghìn đồng"),
        (10_500, "Mười nghìn năm trăm đồng"),
        (1_005_021, "Một triệu không trăm linh năm nghìn không trăm hai mươi mốt đồng"),
        (200_000, "Hai trăm nghìn đồng"),
        (1_000_000_000, "Một tỷ đồng"),
        (2_000_000_005, "Hai tỷ không trăm linh năm đồng"),
        (1_000_000_000_000, "Một nghìn tỷ đồng"),
        (3_021_000_400_000_000, "Ba triệu không trăm hai mươi mốt nghìn tỷ bốn trăm triệu đồng"),
    ],
)
def test_amounts_in_words(amount, words):
    assert money.in_words(amount) == words


@given(amounts, amounts)
def test_two_amounts_never_share_their_words(one, other):
    assert (money.in_words(one) == money.in_words(other)) == (one == other)


@pytest.mark.parametrize("amount", [-1, LARGEST + 1])
def test_words_have_a_range(amount):
    with pytest.raises(ValueError, match="in words"):
        money.in_words(amount)
