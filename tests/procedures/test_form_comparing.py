"""Two forms side by side: places by their questions, properties, kinds and conditions in words, not by key alone."""

from copy import deepcopy

from django.utils import translation

from procedures.form_comparing import compare

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
        ("Đổi", "Nội dung đơn (noi_dung) · Tiêu đề", "Nội dung | Content", "Nội dung đơn | Content"),
        ("Đổi", "Loại việc (kind) · Bắt buộc trả lời", "có", "không"),
        ("Đổi", "Loại việc (kind) · Các lựa chọn", "1 | Mới | New\n2 | Cấp lại | Again", "1 | Mới | New"),
        ("Đổi", "Ghi chú (note) · Loại", "Văn bản ngắn", "Văn bản dài"),
        ("Đổi", "Ghi chú (note) · Chỉ hỏi khi", "", "“Loại việc” là “Mới”"),
        ("Đổi", "Ghi chú (note) · Dài nhất (ký tự)", "", "500"),
        ("Thêm", "Ngày (day)", "", "Câu hỏi: Ngày | Day\nLoại: Ngày"),
    ]
    with translation.override("en"):
        assert compare(FORM, changed())[1].place == "Kind (kind) · Must be answered"


def test_what_went_and_what_moved() -> None:
    form = deepcopy(FORM)
    fields = form["pages"][0]["groups"][0]["fields"]
    fields.reverse()
    assert [(row.words, row.place) for row in compare(FORM, form)] == [
        ("Chuyển chỗ", "Ghi chú (note)"),
        ("Chuyển chỗ", "Loại việc (kind)"),
    ]
    fields.pop()
    assert [(row.words, row.place) for row in compare(FORM, form)] == [("Bỏ", "Loại việc (kind)")]


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
    assert {row.words for row in compare(form, moved)} == {"Chuyển chỗ"}
