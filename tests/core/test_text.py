"""Text: one Unicode form, nothing invisible, and folding that finds words typed without marks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Đổi giấy phép lái xe", "doi giay phep lai xe"),
        ("ĐƯỜNG", "duong"),
        ("Hoà", "hoa"),
        ("Hòa", "hoa"),
        ("sổ đỏ", "so do"),
        (unicodedata.normalize("NFD", "Thường trú"), "thuong tru"),
    ],
)
def test_folding(typed, found):
    assert text.fold(typed) == found


@given(st.text())
def test_folding_twice_changes_nothing(anything):
    assert text.fold(text.fold(anything)) == text.fold(anything)


@given(st.text())
def test_both_unicode_forms_fold_alike(anything):
    assert text.fold(unicodedata.normalize("NFD", anything)) == text.fold(unicodedata.normalize("NFC", anything))


@given(st.text())
def test_clean_text_can_be_stored(anything):
    for cleaned in (text.clean_line(anything), text.clean_block(anything)):
        assert "\x00" not in cleaned
        assert cleaned.encode("utf-8").decode("utf-8") == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert not text.has_control_characters(cleaned)


@given(st.text())
def test_cleaning_twice_changes_nothing(anything):
    assert text.clean_line(text.clean_line(anything)) == text.clean_line(anything)
    assert text.clean_block(text.clean_block(anything)) == text.clean_block(anything)


def test_a_line_loses_breaks_and_double_blanks():
    assert text.clean_line("  Nguyễn\x00 Thị\r\n  \u200bHoa\u202e ") == "Nguyễn Thị Hoa"


def test_a_block_keeps_its_lines():
    assert text.clean_block("một  hai \r\nba\r\rbốn\n\n\n\nnăm") == "một hai\nba\n\nbốn\n\nnăm"


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1bb", "a\ud800b"])
def test_control_characters_are_seen(bad):
    assert text.has_control_characters(bad)


def test_what_json_says_is_what_a_database_keeps():
    told = {"a\x00": ["\ud800b", 1e999, -1e999, float("nan"), 1.5, True, None]}
    assert text.storable(told) == {"a": ["b", "inf", "-inf", "nan", 1.5, True, None]}


def test_line_breaks_are_not_control_characters():
    assert not text.has_control_characters("một\r\nhai\tba")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nguyễn thị ánh", "Nguyễn Thị Ánh"),
        ("đỗ văn an", "Đỗ Văn An"),
        ("h’hen niê", "H’Hen Niê"),
        ("NGUYỄN VĂN AN", "NGUYỄN VĂN AN"),
        ("Maria de la Cruz", "Maria de la Cruz"),
        ("", ""),
    ],
)
def test_only_a_name_without_any_capital_gets_them(typed, kept):
    assert text.with_capitals(typed) == kept


def test_slug():
    assert text.slug("Có con nhỏ") == "co-con-nho"
    assert text.slug("  Điện lực, nhà ở & đất đai! ") == "dien-luc-nha-o-dat-dai"
    assert text.slug("a" * 100, limit=10) == "a" * 10


@given(st.text(), st.integers(1, 100))
def test_a_slug_is_an_address(anything, limit):
    made = text.slug(anything, limit=limit)
    assert len(made) <= limit
    assert made.isascii()
    assert not made.startswith("-")
    assert not made.endswith("-")


def test_a_number_is_whole_and_plain_or_none():
    read = text.whole_number
    assert (read("0"), read("007"), read("9" * 18)) == (0, 7, 10**18 - 1)
    for none in ("", "-1", "+1", "1.0", "1e3", " 1", "١", "²", "9" * 19):
        assert read(none) is None, none
    assert read("123456", most_figures=5) is None


def test_names_sort_as_in_a_dictionary():
    names = [
        "An Giang",
        "Ân Thi",
        "Bắc Ninh",
        "Cà Mau",
        "Cao Bằng",
        "Dĩ An",
        "Đà Nẵng",
        "Đắk Lắk",
        "Ô Môn",
        "Ơ Đu",
        "Ưng Hòa",
    ]
    shuffled = [*names[5:], *names[:5]]
    assert sorted(shuffled, key=text.vietnamese_order) == names


@given(st.text(max_size=100))
def test_sort_keys_are_plain_and_fit(anything):
    assert len(text.vietnamese_order(anything)) <= 3 * len(anything.casefold()) + 4
