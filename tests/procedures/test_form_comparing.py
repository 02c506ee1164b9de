"""Two forms side by side: places by their questions, properties, kinds and conditions in words, not by key alone."""

import re
from copy import deepcopy

from django.utils import translation

from procedures import form_words
from procedures.eforms.reading import read_form
from procedures.form_comparing import compare
from procedures.form_words import prefill_words
from procedures.packs import REFERENCE, read_pack

FORM = {
    "lists": {"kind": [{"value": "1", "vi": "Mới", "en": "New"}, {"value": "2", "vi": "Cấp lại", "en": "Again"}]},
    "pages": [
        {
            "key": "noi_dung",
            "title": {"vi": "Nội dung", "en": "Content"},
            "groups": [
                {
                    "key": "chung",
                    "title": {"vi": "Chung", "en": "General"},
                    "fields": [
                        {
                            "key": "kind",
                            "label": {"vi": "Loại việc", "en": "Kind"},
                            "type": "choice",
                            "choices": "kind",
                            "required": True,
                        },
                        {"key": "note", "label": {"vi": "Ghi chú", "en": "Note"}, "type": "text"},
                    ],
                }
            ],
        }
    ],
}


def changed() -> dict:
    form = deepcopy(FORM)
    page = form["pages"][0]
    page["title"]["vi"] = "Nội dung đơn"
    kind, note = page["groups"][0]["fields"]
    kind["required"] = False
    form["lists"]["kind"].pop()
    note |= {"type": "long_text", "visible_if": {"field": "kind", "equals": "1"}, "max_length": 500}
    page["groups"][0]["fields"].append({"key": "day", "label": {"vi": "Ngày", "en": "Day"}, "type": "date"})
    return form


def test_what_changed_is_told_in_words() -> None:
    told = [(row.words, row.place, row.before, row.after) for row in compare(FORM, changed())]
    assert told == [
        ("Đổi", "Nội dung đơn · Tiêu đề", "Nội dung | Content", "Nội dung đơn | Content"),
        ("Đổi", "Loại việc · Bắt buộc trả lời", "có", "không"),
        ("Đổi", "Loại việc · Các lựa chọn", "1 | Mới | New\n2 | Cấp lại | Again", "1 | Mới | New"),
        ("Đổi", "Ghi chú · Loại", "Văn bản ngắn", "Văn bản dài"),
        ("Đổi", "Ghi chú · Chỉ hỏi khi", "", "“Loại việc” là “Mới”"),
        ("Đổi", "Ghi chú · Dài nhất (ký tự)", "", "500"),
        ("Thêm", "Ngày", "", "Câu hỏi: Ngày | Day\nLoại: Ngày"),
    ]
    with translation.override("en"):
        assert compare(FORM, changed())[1].place == "Kind · Must be answered"


def test_what_went_and_what_moved() -> None:
    form = deepcopy(FORM)
    fields = form["pages"][0]["groups"][0]["fields"]
    fields.reverse()
    assert [(row.words, row.place) for row in compare(FORM, form)] == [("Chuyển chỗ", "Ghi chú")]
    fields.pop()
    assert [(row.words, row.place) for row in compare(FORM, form)] == [("Bỏ", "Loại việc")]


def test_a_draft_that_is_half_done_is_compared_as_it_is_written() -> None:
    form = changed()
    form["pages"][0]["groups"][0]["fields"][1]["visible_if"] = {"field": "gone", "equals": "1"}
    (row,) = [row for row in compare(FORM, form) if "Chỉ hỏi khi" in row.place]
    assert "gone" in row.after


def test_a_page_with_the_key_of_its_question_is_another_thing() -> None:
    form = deepcopy(FORM)
    form["pages"].append({"key": "note_page", "title": {"vi": "Cam đoan"}, "groups": [{"key": "last", "fields": []}]})
    form["pages"][1]["key"] = "note"
    moved = deepcopy(form)
    moved["pages"].reverse()
    assert [(row.words, row.place) for row in compare(form, moved)] == [("Chuyển chỗ", "Cam đoan")]


def test_what_only_gave_way_did_not_move() -> None:
    form = deepcopy(FORM)
    fields = form["pages"][0]["groups"][0]["fields"]
    fields += [{"key": f"so_{number}", "label": {"vi": f"Số {number}"}, "type": "integer"} for number in range(4)]
    other = {"key": "khac", "title": {"vi": "Khác"}, "fields": []}
    form["pages"][0]["groups"].append(other)
    moved = deepcopy(form)
    fields = moved["pages"][0]["groups"][0]["fields"]
    fields.append(fields.pop(0))
    assert [(row.words, row.place) for row in compare(form, moved)] == [("Chuyển chỗ", "Loại việc")]
    moved["pages"][0]["groups"][1]["fields"].append(fields.pop())
    (row,) = compare(form, moved)
    assert (row.place, row.before, row.after) == ("Loại việc", "Nội dung / Chung", "Nội dung / Khác")


def test_what_has_parts_reads_as_words_not_as_a_text_of_programs() -> None:
    form = deepcopy(FORM)
    kind, note = form["pages"][0]["groups"][0]["fields"]
    note |= {
        "prefill": "identity.full_name | earlier.kind | store.KQ.G15.000031#number",
        "messages": {"required": {"vi": "Hãy ghi", "en": "Write"}},
    }
    row = {"key": "con", "label": {"vi": "Các con"}, "type": "repeat", "max_items": 5}
    row["fields"] = [{"key": "ten", "label": {"vi": "Tên"}, "type": "text", "required": True}]
    count = {"key": "so", "label": {"vi": "Số con"}, "type": "computed", "compute": {"function": "count", "of": "con"}}
    form["pages"][0]["groups"][0]["fields"] += [row, count]
    told = {row.place: row.after for row in compare(FORM, form)}
    assert told["Ghi chú · Điền sẵn từ"] == (
        "tài khoản định danh: họ và tên; nếu không có thì lần khai trước: “Loại việc”; "
        "nếu không có thì giấy tờ trong kho: số giấy tờ, KQ.G15.000031"
    )
    named = {row.place: row.after for row in compare(FORM, form, {"KQ.G15.000031": "Giấy khai sinh"})}
    assert named["Ghi chú · Điền sẵn từ"].endswith("giấy tờ trong kho: số giấy tờ, Giấy khai sinh")
    assert told["Ghi chú · Lời báo riêng"] == "Lời báo khi bỏ trống: Hãy ghi | Write"
    assert "Tên: Văn bản ngắn, bắt buộc" in told["Các con"] and "Nhiều nhất (dòng): 5" in told["Các con"]
    assert "Cách tính: đếm số dòng của nhóm lặp: “Các con”" in told["Số con"]
    assert not any(sign in words for words in told.values() for sign in ("{", "- key", "vi:", "identity."))


def test_two_questions_of_one_name_are_told_apart() -> None:
    form = deepcopy(FORM)
    form["pages"][0]["groups"][0]["fields"].append({"key": "note_2", "label": {"vi": "Ghi chú"}, "type": "text"})
    assert [row.place for row in compare(FORM, form)] == ["Ghi chú (note_2)"]
    last = {"key": "cuoi", "title": {"vi": "Cuối"}, "groups": [{"key": "g", "fields": []}]}
    form["pages"].append(last)
    last["groups"][0]["fields"].append(form["pages"][0]["groups"][0]["fields"].pop())
    assert "Ghi chú (Cuối)" in [row.place for row in compare(FORM, form)]


def test_every_source_of_our_forms_is_told_in_words() -> None:
    found = {}
    for path in sorted((REFERENCE / "procedures").glob("*.yaml")):
        fields = read_form(read_pack(path).form).fields()
        found |= {each.prefill: prefill_words(each.prefill, {}) for each in fields if each.prefill}
    assert len(found) > 40
    items = {part.strip().partition(".") for prefill in found for part in prefill.split("|")}
    named = {item.rpartition("#")[2] for source, _dot, item in items if source not in {"answer", "earlier"} and item}
    # of a whole paper without a fact in it, the paper's own name is told
    papers = {item for source, _dot, item in items if source == "store" and "#" not in item}
    assert len(named) > 25 and named - papers <= set(form_words.ITEMS)
    assert not {
        prefill: words
        for prefill, words in found.items()
        if not prefill.startswith(("answer.", "earlier.", "store.")) and "| earlier." not in prefill
        if re.search(r"[a-z]_[a-z]|: (class|code|type)\b", words)
    }
