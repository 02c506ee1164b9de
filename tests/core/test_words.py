"""Dates in words, as civil-status papers print them."""

from datetime import date

import pytest

from portal.core.words import date_in_words, number_in_words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 20), "Ngày hai mươi tháng mười một năm hai nghìn không trăm hai mươi sáu"),
        (date(2026, 4, 5), "Ngày năm tháng tư năm hai nghìn không trăm hai mươi sáu"),
        (date(1985, 1, 31), "Ngày ba mươi mốt tháng một năm một nghìn chín trăm tám mươi lăm"),
        (date(2000, 12, 15), "Ngày mười lăm tháng mười hai năm hai nghìn"),
    ],
)
def test_a_date_in_words(day, words):
    assert date_in_words(day) == words


@pytest.mark.parametrize("number", [-1, 10**18])
def test_numbers_have_a_range(number):
    with pytest.raises(ValueError, match="in words"):
        number_in_words(number)


@pytest.mark.parametrize("number", [True, 1.0, "1"])
def test_only_whole_numbers(number):
    with pytest.raises(TypeError):
        number_in_words(number)
