"""What a result says of a dossier."""

from dossiers.results import rows_of
from procedures.eforms import Row, Section


def section(title: str, page: str, *values: str) -> Section:
    return Section(title, page, [Row("name", "Họ, chữ đệm, tên", value) for value in values])


def test_the_name_of_a_group_tells_whose_answers_follow() -> None:
    told = [section("Người mẹ", "parents", "Lê Thị Thử"), section("Người cha", "parents", "Võ Quốc Huy")]
    assert rows_of(told) == [
        ("Người mẹ", ""),
        ("Họ, chữ đệm, tên", "Lê Thị Thử"),
        ("Người cha", ""),
        ("Họ, chữ đệm, tên", "Võ Quốc Huy"),
    ]


def test_nothing_about_the_filing_no_empty_group_and_no_name_for_a_single_one() -> None:
    told = [
        section("Người yêu cầu", "requester", "Võ Quốc Huy"),
        section("Người mẹ", "parents"),
        section("Trẻ", "child", "An"),
    ]
    assert rows_of(told) == [("Họ, chữ đệm, tên", "An")]
