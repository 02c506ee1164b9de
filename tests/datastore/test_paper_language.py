"""The language of result templates: what it reads, what it refuses with line and cure, and that it runs nothing."""

import pytest

from datastore.results.composing import Values, compose, unsaid, without_repeats
from datastore.results.paper_language import TemplateError, read
from datastore.results.paper_names import Known, keys_of, problems_of

KNOWN = Known(
    {"child_full_name": "Tên trẻ", "kind": "Loại", "decided_on": "Ngày", "father.full_name": "Cha: Họ tên"},
    {"members": {"member_name": "Họ tên"}},
)


def problems(body: str) -> list[str]:
    try:
        return problems_of(read(body), KNOWN)
    except TemplateError as error:
        return error.problems


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Mẫu chưa có nội dung"),
        ("Chữ\n* Tên: {{ chld_full_name }}", "Dòng 2: không có trường “chld_full_name”. Có phải “child_full_name”?"),
        ("* Tên: {{ xyzxyz }}", "Hãy chọn tên trong danh sách trường"),
        ("* Tên: {{ child_full_name }", "thiếu một cặp ngoặc"),
        ("* Tên: {{ child_full_name | upper }}", "không có cách viết “upper”. Dùng được: in_hoa, nam, ngay_chu"),
        ("* {{ child_full_name }}", "mỗi ô cần có dạng"),
        ("[nếu kind = 1]\nChữ", "Dòng 1: phần “[nếu …]” chưa đóng"),
        ("Chữ\n[hết]", "Dòng 2: [hết] thừa"),
        ("[nếu không kind = 1]\nChữ\n[hết]", "không đọc được điều kiện"),
        ("[bảng members: name]", "không có trường “name”. Có phải “member_name”?"),
        ("[bảng kind: a]", "không có trường “kind”"),
        ("[include x]", "không có lệnh này"),
        ("Giấy [[ số ]]", "Dòng 1: đoạn “[[ … ]]” cần một giá trị"),
        ("Giấy [[ số {{ kind }}", "thiếu một cặp ngoặc: đoạn viết trong [[ và ]]"),
        ("Giấy[[ số {{ knd }}]]", "không có trường “knd”. Có phải “kind”?"),
        ("@ cấp cho: a, b, c\nChữ", "Dòng 1: không đọc được"),
        ("@ phạm vi: " + "x" * 41 + "\nChữ", "@ phạm vi: nơi giấy có hiệu lực"),
        ("@ phạm vi: {{ child_full_name }}\nChữ", "Dòng 1: không đọc được"),
        ("x\n" * 500, "Mẫu dài quá"),
        ("{{ a" + " " * 19_000 + "! }}", "Dòng 1: dòng dài quá 2000 ký tự"),
        # nothing of a language that runs
        ("{% load static %}Chữ", "mẫu không có lệnh {% … %}"),
        ("{{ settings.SECRET_KEY }}", "không có trường “settings.SECRET_KEY”"),
        ("{{ child_full_name.__class__.__mro__ }}", "không có trường"),
        ("{{ open('/etc/passwd') }}", "không đọc được"),
        ("{{ ''|safe }}", "không đọc được"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(body: str, words: str) -> None:
    found = problems(body)
    assert any(words in problem for problem in found), found


def test_every_line_that_is_wrong_is_named_at_once() -> None:
    assert [problem.partition(":")[0] for problem in problems("{{ a( }}\nChữ\n[gì]\n* x")] == [
        "Dòng 1",
        "Dòng 3",
        "Dòng 4",
    ]


VALUES = Values(
    texts={"child_full_name": "Võ Thử An", "kind": "Phiếu số 1", "decided_on": "02/11/2026", "ticked": "Không"},
    tables={"members": [{"member_name": "Lê A"}, {"member_name": "Lê B"}]},
    raws={"kind": "1", "child_full_name": "Võ Thử An", "ticked": False, "count": 2},
    labels={"members": "Thành viên", "members.member_name": "Họ tên"},
    added=(("Số định danh", "0123"),),
)


def rows(body: str) -> list[tuple[str, str]]:
    return compose(read(body), VALUES).rows


def test_facts_without_a_value_are_left_out_unless_they_always_stand() -> None:
    body = "- Tên: {{ child_full_name | in_hoa }} | Cha: {{ father }}\n- Cha: {{ father }}\n* Mẹ: {{ mother }}"
    assert rows(body) == [("Tên", "VÕ THỬ AN"), ("Mẹ", ""), ("Số định danh", "0123")]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Vay vốn ngân hàng", "vay vốn ngân hàng"),
        ("Đi học", "đi học"),
        ("vay vốn", "vay vốn"),
        ("Hà Nội mua nhà", "Hà Nội mua nhà"),
        ("VAY VỐN", "VAY VỐN"),
        ("UBND xã yêu cầu", "UBND xã yêu cầu"),
        ("Visa", "visa"),
        ("Úc du học", "úc du học"),
    ],
)
def test_words_inside_a_sentence_lose_their_capital_unless_they_are_a_name(typed: str, printed: str) -> None:
    values = Values(texts={"purpose_text": typed})
    assert compose(read("Giấy này được cấp để {{ purpose_text | trong_cau }}."), values).rows == [
        ("", f"Giấy này được cấp để {printed}.")
    ]


def test_what_the_official_added_is_never_lost() -> None:
    assert rows("Chữ") == [("", "Chữ"), ("Số định danh", "0123")]
    assert rows("[nội dung thêm]\nChữ") == [("Số định danh", "0123"), ("", "Chữ")]
    assert rows("[nếu nobody]\n[nội dung thêm]\n[hết]\nChữ") == [("", "Chữ"), ("Số định danh", "0123")]


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ("kind", True),
        ("kind = 1", True),
        ("kind = Phiếu số 1", True),
        ("kind = 2", False),
        ("kind khác 2", True),
        ("không kind", False),
        ("nobody", False),
        ("không nobody", True),
        ("ticked", False),
        ("ticked = không", True),
        ("count = 2", True),
        ("members", True),
    ],
)
def test_conditions(condition: str, is_met: bool) -> None:
    assert (("", "Có") in rows(f"[nếu {condition}]\nCó\n[hết]\nChữ")) is is_met


def test_values_are_written_as_asked() -> None:
    assert rows("Ngày {{ decided_on | nam }}")[0] == ("", "Ngày 2026")
    assert rows("Từ {{ decided_on | ngay_chu }}.")[0] == ("", "Từ ngày 02 tháng 11 năm 2026.")
    assert rows("* Tên: {{ nobody hoặc child_full_name }}")[0] == ("Tên", "Võ Thử An")
    assert rows("Kính gửi {{ nobody }},")[0] == ("Số định danh", "0123"), (
        "a sentence whose value is missing is no sentence"
    )


@pytest.mark.parametrize(
    ("number", "printed"),
    [("12", "Giấy số 12, cấp năm 2026"), ("", "Giấy cấp năm 2026"), ("Không rõ", "Giấy cấp năm 2026")],
)
def test_a_piece_of_a_line_stands_only_when_its_value_is_known(number: str, printed: str) -> None:
    paper = read("Giấy[[ số {{ no }},]] cấp[[ năm {{ day | nam }}]]")
    values = Values(texts={"no": number, "day": "02/11/2026"})
    assert compose(paper, values).rows == [("", printed)]
    assert unsaid(paper, values) == ([] if number == "12" else ["no"])
    assert keys_of(paper) == {"no", "day"}
    assert compose(read("[[ số {{ no }}]]"), Values()).rows == [], "a line of nothing but gaps"


def test_tables_titles_and_whom_it_is_about() -> None:
    told = compose(read("= GIẤY\n: Bản chính\n@ cấp cho: child_full_name, nobody\n[bảng members: member_name]"), VALUES)
    assert (told.title, told.subtitle, told.holder_name, told.holder_id) == ("GIẤY", "Bản chính", "Võ Thử An", "0123")
    table = told.blocks[0]
    assert (table.text, table.columns, table.rows) == ("Thành viên", ("Họ tên",), (("Lê A",), ("Lê B",)))
    assert told.rows[:2] == [("Thành viên 1", "Lê A"), ("Thành viên 2", "Lê B")]


def test_two_people_it_is_about() -> None:
    words = "@ cấp cho: child_full_name, child_full_name, child_full_name, nobody\nChữ"
    assert compose(read(words), VALUES).holder_name == "Võ Thử An, Võ Thử An"
    assert compose(read(words), VALUES).holder_id == "Võ Thử An"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Bệnh viện Từ Dũ, TP Hồ Chí Minh, Phường Bến Thành, Thành phố Hồ Chí Minh",
         "Bệnh viện Từ Dũ, Phường Bến Thành, Thành phố Hồ Chí Minh"),
        ("Số 1 Hà Nội, Hà Nội, Thành phố Hà Nội", "Số 1 Hà Nội, Thành phố Hà Nội"),
        ("12 Lê Lợi, Phường Huế", "12 Lê Lợi, Phường Huế"),
    ],
)  # fmt: skip
def test_no_place_stands_twice_in_an_address(typed: str, printed: str) -> None:
    assert without_repeats(typed) == printed


def test_the_names_that_a_template_prints() -> None:
    body = "= T {{ a }}\n[nếu b]\n- X: {{ c hoặc d.e }}\n[hết]\n@ cấp cho: f, g\n"
    assert keys_of(read(body)) == {"a", "b", "c", "d.e", "f", "g"}
