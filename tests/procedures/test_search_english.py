"""What people ask for in English finds what the law calls it, and a polite tail hides nothing."""

import pytest

from procedures.searching.documents import Document
from procedures.searching.lexicon import lexicon
from procedures.searching.postings import build
from procedures.searching.ranking import fitting
from procedures.searching.understanding import understand

BIRTH, MARRIAGE, DEATH = "Đăng ký khai sinh", "Đăng ký kết hôn", "Đăng ký khai tử"
PASSPORT, LOST, LICENCE = "Cấp hộ chiếu phổ thông ở trong nước", "Cấp lại thẻ căn cước", "Cấp lại giấy phép lái xe"
NAMES = (
    *(BIRTH, MARRIAGE, DEATH, PASSPORT, LOST, LICENCE),
    *("Cấp đổi thẻ căn cước", "Cấp bản sao trích lục hộ tịch", "Đăng ký thường trú", "Sao chụp tài liệu"),
    *("Cấp thẻ căn cước cho người dưới 14 tuổi", "Giải quyết khiếu nại", "Cấp giấy phép lao động"),
)
INDEX = build([Document(at, at, f"1.0000{at:02}", name) for at, name in enumerate(NAMES)], lexicon())


def found(typed: str) -> list[str]:
    return [NAMES[hit.number] for hit in fitting(understand(typed, INDEX, lexicon()), INDEX)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("birth certificate", BIRTH),
        ("register a birth", BIRTH),
        ("Marriage certificate", MARRIAGE),
        ("death certificate", DEATH),
        ("how to apply for a passport", PASSPORT),
        ("lost my id card", LOST),
        ("lost driving license", LICENCE),
        ("work permit", "Cấp giấy phép lao động"),
        ("permanent residence", "Đăng ký thường trú"),
    ],
)
def test_english_words_find_it(typed: str, meant: str) -> None:
    assert found(typed)[:1] == [meant]


@pytest.mark.parametrize(
    ("plain", "asked"),
    [
        ("mất cccd", "mất cccd phải làm sao"),
        ("mat cccd", "mat cccd phai lam sao"),
        ("mất căn cước", "mất căn cước thì làm sao"),
        ("passport", "how to apply for a passport"),
    ],
)
def test_a_polite_tail_asks_for_nothing_more(plain: str, asked: str) -> None:
    assert understand(asked, INDEX, lexicon()).terms == understand(plain, INDEX, lexicon()).terms
