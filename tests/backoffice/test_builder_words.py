"""The builder speaks of questions by what they ask: in its messages, on its buttons and where it says what changes."""

import re

import pytest
from django.contrib.messages import get_messages

from portal.backoffice.builder_questions import beside
from portal.backoffice.field_editing import FieldForm
from procedures.eforms.reading import read_form
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.backoffice.conftest import as_posted, draft, first_group, step
from tests.dossiers.filing_pages import text


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.django_db
def test_what_was_done_is_told_by_what_is_asked(editor):
    added = step(editor, "add_field", first_group(), key="so_xe", label_vi="Biển số xe của bạn", type="text")
    assert told(added) == ["Đã thêm câu hỏi “Biển số xe của bạn”."]
    moved = step(editor, "up", "so_xe")
    assert told(moved)[-1] == "Đã chuyển “Biển số xe của bạn” lên."
    part = step(editor, "add_page", "", key="trang_moi", title_vi="Xe cộ")
    assert told(part)[-1] == "Đã thêm “Xe cộ”."
    page_moved = step(editor, "page_up", "trang_moi")
    assert told(page_moved)[-1] == "Đã chuyển trang “Xe cộ” lên."
    history = text(editor.get(f"{BASE}lich-su/"))
    assert "so_xe" not in history and "trang_moi" not in history


@pytest.mark.django_db
def test_buttons_name_a_section_by_words(editor):
    keys = {group["key"] for page in draft().form["pages"] for group in page["groups"]}
    html = text(editor.get(BASE))
    heard = set(re.findall(r'<span class="govuk-visually-hidden">: ([^<]+)</span>', html))
    assert heard and not heard & keys


@pytest.mark.django_db
def test_a_new_group_of_rows_leads_to_its_columns_and_says_why(editor):
    added = step(editor, "add_field", first_group(), key="con", label_vi="Các con", type="repeat")
    assert added["Location"] == f"{BASE}cau-hoi/con/#columns"
    page = text(editor.get(f"{BASE}cau-hoi/con/"))
    assert "bắt đầu với một phần." in page and 'id="columns"' in page
    plain = step(editor, "add_field", first_group(), key="ten", label_vi="Tên", type="text")
    assert plain["Location"] == f"{BASE}#f-ten"


@pytest.mark.django_db
def test_the_page_that_publishes_reads_as_words(editor):
    step(editor, "add_field", first_group(), key="con", label_vi="Các con", type="repeat")
    step(editor, "add_field", first_group(), key="so_con", label_vi="Số con", type="integer")
    page = text(editor.get(f"{BASE}cong-bo/"))
    assert "Các con: Văn bản ngắn, bắt buộc" in page
    main = page[page.index("Sẽ thay đổi") :]
    assert not re.search(r"<code|- key:|label:|vi:|\{|form\.", main)
    assert "(so_con)" not in main and "Số con" in main


def field(kind, **more):
    return {"key": "mau", "label": {"vi": "Mẫu"}, "type": kind, **more}


def form_of(row):
    first = {"key": "truoc", "label": {"vi": "Câu trước"}, "type": row["type"]}
    pages = [("p", [first]), ("q", [row])]
    return {
        "pages": [{"key": key, "title": {"vi": key}, "groups": [{"key": "g", "fields": rows}]} for key, rows in pages],
        "lists": {},
    }


def opened(row):
    return FieldForm(beside=beside(form_of(row), "mau"))


@pytest.mark.parametrize(
    ("kind", "offered", "not_offered"),
    [
        ("text", {"identity.full_name", "organisation.name", "earlier.mau", "answer.truoc"}, {"identity.residence"}),
        ("date", {"identity.date_of_birth"}, {"identity.full_name"}),
        ("address", {"identity.residence", "organisation.head_office"}, {"identity.phone"}),
        ("agency", {"filing.agency"}, {"identity.full_name"}),
        ("phone", {"identity.phone", "organisation.phone"}, {"filing.agency"}),
    ],
)
def test_from_where_it_is_filled_in_is_chosen(kind, offered, not_offered):
    values = {
        value for _group, choices in opened(field(kind)).fields["prefill_from"].choices[1:] for value, _w in choices
    }
    assert offered <= values and not not_offered & values
    for value in sorted(offered):
        form = opened(field(kind))
        sent = FieldForm(as_posted(form) | {"prefill_from": value}, beside=beside(form_of(field(kind)), "mau"))
        assert sent.is_valid(), sent.errors
        made = sent.row(field(kind))
        assert made["prefill"] == value
        assert read_form(form_of(made))
        again = opened(made)
        assert again.initial["prefill_from"] == value and again.initial["prefill"] == ""


def test_a_source_that_is_not_listed_is_typed_and_stays_and_both_at_once_are_refused():
    row = field("text", prefill="vehicle.plate | earlier.mau")
    form = opened(row)
    assert form.initial["prefill"] == "vehicle.plate | earlier.mau" and not form.initial.get("prefill_from")
    here = beside(form_of(row), "mau")
    assert FieldForm(as_posted(form), beside=here).is_valid()
    both = FieldForm(as_posted(form) | {"prefill_from": "identity.full_name"}, beside=here)
    assert not both.is_valid() and "prefill" in both.errors


@pytest.mark.django_db
def test_an_empty_row_of_a_condition_does_not_say_of_each_control_that_it_may_stay_empty(editor):
    step(editor, "add_field", first_group(), key="so_xe", label_vi="Biển số xe", type="text")
    page = text(editor.get(f"{BASE}cau-hoi/so_xe/"))
    block = page[page.index('id="visible_if"') :]
    block = block[: block.index("</details>")]
    assert "Phép so sánh" in block and "(không bắt buộc)" not in block
    assert "(không bắt buộc)" in page, "of other questions it is said"
