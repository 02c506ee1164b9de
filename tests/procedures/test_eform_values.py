"""What people type, type by type: what is understood, what is refused, and with which words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.eforms import types
from procedures.eforms.definition import Choice, Field, WithoutGap, Words
from procedures.eforms.types.base import Context, NotReadableError

DAY = date(2026, 11, 20)
LABEL = Words("Ô này", "This")


class NoTerritory:
    """Values that need no places."""


def field(kind, **values):
    return Field("f", LABEL, kind, **values)


def judged(definition, value, answers=None):
    context = Context(DAY, answers or {}, {}, NoTerritory())
    return [message for _path, message in types.of(definition).problems(definition, value, context)]


READ = [
    ("text", "  Nguyễn   Văn\tAn ", "Nguyễn Văn An"),
    ("text", "Nguye\u0302\u0303n", "Nguyễn"),
    ("text", "a\x00b\u202ec", "abc"),
    ("long_text", "một\r\n\r\n\r\n hai ", "một\n\nhai"),
    ("date", "2/11/2026", "2026-11-02"),
    ("date", "02-11-2026", "2026-11-02"),
    ("date", "2.11.2026", "2026-11-02"),
    ("date", "2 11 2026", "2026-11-02"),
    ("date", "02112026", "2026-11-02"),
    ("date", "2026-11-02", "2026-11-02"),
    ("date", " 29/2/2024 ", "2024-02-29"),
    ("month", "3/2026", "2026-03"),
    ("month", "032026", "2026-03"),
    ("month", "2026-03", "2026-03"),
    ("datetime", "14:30 27/3/2026", "2026-03-27T14:30:00+07:00"),
    ("datetime", "27/3/2026 8h", "2026-03-27T08:00:00+07:00"),
    ("datetime", "27/3/2026, 8h15", "2026-03-27T08:15:00+07:00"),
    ("integer", "1.200", 1200),
    ("integer", "0", 0),
    ("integer", "-3", -3),
    ("money", "1.500.000 đ", 1500000),
    ("money", "8000", 8000),
    ("decimal", "12,5", "12.5"),
    ("decimal", "-0.25", "-0.25"),
    ("personal_id", "001 199 000 123", "001199000123"),
    ("tax_code", "0100109106", "0100109106"),
    ("phone", "+84 912 345 678", "0912345678"),
    ("email", " ten@example.vn ", "ten@example.vn"),
]


@pytest.mark.parametrize(("kind", "typed", "value"), READ)
def test_understood(kind, typed, value):
    assert types.of(field(kind)).parse(field(kind), typed) == value


REFUSED = [
    ("date", "31/2/2026", "tháng 2 năm 2026 không có ngày 31"),
    ("date", "29/2/2025", "không có ngày 29"),
    ("date", "3/27/2026", "không có tháng 27"),
    ("date", "2/11/26", "năm đủ 4 chữ số"),
    ("date", "hôm qua", "ví dụ 27/3/2026"),
    ("date", "1/1/0000", "không có ngày"),
    ("date", "٢/١١/٢٠٢٦", "ví dụ 27/3/2026"),
    ("month", "13/2026", "ví dụ 3/2026"),
    ("datetime", "27/3/2026", "cả giờ và ngày"),
    ("datetime", "25:00 27/3/2026", "giờ từ 0:00 đến 23:59"),
    ("integer", "hai", "số nguyên"),
    ("integer", "1,5", "số nguyên"),
    ("money", "một triệu", "nguyên đồng"),
    ("money", "-5", "nguyên đồng"),
    ("decimal", "1e9", "phải là số"),
    ("personal_id", "123456789", "chứng minh nhân dân cũ"),
    ("personal_id", "12345678901", "đúng 12 chữ số"),
    ("personal_id", "00119900012x", "chỉ gồm chữ số"),
    ("tax_code", "0100109107", "chữ số thứ 10 không khớp"),
    ("phone", "12345", "10 chữ số"),
    ("email", "ten@", "ten@example.vn"),
]


@pytest.mark.parametrize(("kind", "typed", "words"), REFUSED)
def test_refused_with_the_cure(kind, typed, words):
    with pytest.raises(NotReadableError) as caught:
        types.of(field(kind)).parse(field(kind), typed)
    assert words in caught.value.message
    assert "Ô này" in caught.value.message or kind in {"personal_id", "tax_code", "phone", "email"}


JUDGED = [
    (field("text", max_length=200), "x" * 200, []),
    (field("text", max_length=200), "x" * 10_000, ["“Ô này” dài 10000 ký tự, tối đa 200. Hãy viết ngắn lại."]),
    (field("text", max_length=5), "Ngân", []),
    (field("text"), "a\x07", ["“Ô này” có ký tự điều khiển không nhìn thấy. Hãy xóa và gõ lại."]),
    (field("text", pattern=r"\d{3}", pattern_help=Words("Nhập 3 chữ số")), "12", ["“Ô này” chưa đúng. Nhập 3 chữ số."]),
    (field("text", pattern=r"\d{3}"), "123", []),
    (field("text"), 5, ["“Ô này” có giá trị sai kiểu; xem lược đồ JSON của biểu mẫu."]),
    (field("integer"), True, ["“Ô này” có giá trị sai kiểu; xem lược đồ JSON của biểu mẫu."]),
    (field("integer"), -1, ["“Ô này” không được là số âm."]),
    (field("integer", min=1, max=20), 0, ["“Ô này” ít nhất là 1."]),
    (field("integer", min=1, max=20), 21, ["“Ô này” nhiều nhất là 20."]),
    (field("integer", min=1, max=20), 20, []),
    (field("integer"), 10**16, ["“Ô này” quá lớn. Hãy xem lại số đã nhập."]),
    (field("decimal"), "NaN", ["“Ô này” phải là số, ví dụ 12,5."]),
    (field("date", max="today"), "2026-11-20", []),
    (field("date", max="today"), "2026-11-21", ["“Ô này” không được sau hôm nay, 20/11/2026."]),
    (field("date", min="today+1"), "2026-11-20", ["“Ô này” sớm nhất là 21/11/2026."]),
    (field("date", max="today+30"), "2026-12-21", ["“Ô này” muộn nhất là 20/12/2026."]),
    (field("date"), "1700-01-01", ["“Ô này” quá xa trong quá khứ. Hãy xem lại năm."]),
    (field("date"), "2026-02-30", ["“Ô này” phải có dạng YYYY-MM-DD."]),
    (field("datetime"), "2026-11-25T08:00:00", ["“Ô này” phải là thời điểm ISO 8601 có múi giờ."]),
    (field("choice", choices=(Choice("a", Words("A")),)), "b", ["Hãy chọn “Ô này” trong danh sách."]),
    (field("multi_choice", choices=(Choice("a", Words("A")),)), ["a", "a"], ["Hãy chọn “Ô này” trong danh sách."]),
    (field("personal_id"), "001 199 000 123", ["“Ô này” phải viết liền, không có dấu cách hay dấu chấm."]),
    (field("boolean"), "yes", ["“Ô này” có giá trị sai kiểu; xem lược đồ JSON của biểu mẫu."]),
]


@pytest.mark.parametrize(("definition", "value", "messages"), JUDGED)
def test_judged(definition, value, messages):
    assert judged(definition, value) == messages


def test_a_later_day_is_not_before_the_earlier_one():
    until = field("date", not_before="since")
    assert judged(until, "2026-01-01", {"since": "2026-01-02"}) == ["“Ô này” không được trước 02/01/2026."]
    assert judged(until, "2026-01-02", {"since": "2026-01-02"}) == []
    assert judged(until, "2026-01-02", {"since": "??"}) == []


def test_an_order_has_words_of_its_own_beside_those_of_the_earliest_day():
    own = field("date", min="2026-01-01", not_before="since", messages={"not_before": Words("Về trước khi đi.")})
    assert judged(own, "2026-01-02", {"since": "2026-01-03"}) == ["Về trước khi đi."]
    assert judged(own, "2025-12-31", {}) == ["“Ô này” sớm nhất là 01/01/2026."]


def test_a_day_that_is_to_be_before_another_one_is_strictly_so():
    born = field("date", before="child")
    for day, words in (("2026-01-01", []), ("2026-01-02", ["“Ô này” phải trước 02/01/2026."])):
        assert judged(born, day, {"child": "2026-01-02"}) == words
    assert judged(born, "2026-01-03", {"child": "2026-01-02"}) == ["“Ô này” phải trước 02/01/2026."]
    assert judged(born, "2026-01-02", {}) == judged(born, "2026-01-02", {"child": "??"}) == []
    moment = field("datetime", before="end")
    start = "2026-11-20T08:00:00+07:00"
    assert judged(moment, start, {"end": "2026-11-20T09:00:00+07:00"}) == []
    assert judged(moment, start, {"end": start}) == ["“Ô này” phải trước 20/11/2026."]


def test_a_form_says_in_its_own_words_that_a_day_has_to_be_before_another_one():
    own = field(
        "date",
        before="child",
        max="today",
        messages={"before": Words("Ngày sinh của mẹ phải trước ngày sinh của con.")},
    )
    assert judged(own, "2026-01-02", {"child": "2026-01-02"}) == ["Ngày sinh của mẹ phải trước ngày sinh của con."]
    assert judged(own, "2026-11-21", {}) == ["“Ô này” không được sau hôm nay, 20/11/2026."]


@given(st.sampled_from(sorted(types.TYPES)), st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_reading(kind, typed):
    definition = field(kind, choices=(Choice("a", Words("A")),))
    try:
        types.of(definition).parse(definition, typed)
    except NotReadableError as error:
        assert error.message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["f", "line", "x"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(set(types.TYPES) - {"address", "province", "commune", "agency"})), json_values)
def test_nothing_that_a_program_sends_breaks_the_judging(kind, value):
    parts = (Field("line", Words("Dòng"), "text", required=True),)
    definition = field(kind, choices=(Choice("a", Words("A")),), fields=parts)
    assert all(isinstance(message, str) for message in judged(definition, value))


TRADE = (
    Field("code", Words("Mã ngành", "Code"), "text"),
    Field("is_main", Words("Ngành chính", "Main line"), "boolean"),
    Field("card", Words("Hạn thẻ", "Valid to"), "date"),
)
STAY = (
    Field("first", Words("Từ tháng", "From"), "month"),
    Field("last", Words("Đến tháng", "To"), "month"),
    Field("work", Words("Nghề nghiệp", "Occupation"), "text"),
)


@pytest.mark.parametrize(
    ("columns", "rows", "words"),
    [
        (TRADE, [{"code": "5610", "is_main": True}], "1. 5610; ngành chính"),
        (
            TRADE,
            [{"code": "5610", "is_main": False}, {"code": "4711", "card": "2027-02-01"}],
            "1. 5610\n2. 4711; hạn thẻ: 01/02/2027",
        ),
        (STAY, [{"first": "2004-12", "last": "2024-04", "work": "Thợ"}], "1. từ tháng 12/2004 đến tháng 04/2024; Thợ"),
        (STAY, [{"first": "2024-05", "work": "Thợ"}], "1. từ tháng 05/2024 đến nay; Thợ"),
    ],
)
def test_a_row_says_what_its_values_are(columns, rows, words):
    rule = WithoutGap("first", "last", 14, ("born",)) if columns is STAY else None
    rows_of = Field("f", LABEL, "repeat", fields=columns, without_gap=rule)
    assert types.of(rows_of).display(rows_of, rows, Context(DAY, {}, {}, NoTerritory())) == words
