"""Columns of a repeat and parts of a person: added, edited, moved and taken out by plain forms."""

import pytest

from procedures.models import FormRevision
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.backoffice.conftest import browser_of, condition_data, draft, field_data, first_group, keys, step
from tests.dossiers.filing_pages import text
from tests.factories import make_agency

pytestmark = pytest.mark.django_db
HERE = f"{BASE}cau-hoi/con/"


def found(key="con"):
    rows = [row for page in draft().form["pages"] for group in page["groups"] for row in group["fields"]]
    return next(row for row in rows if row["key"] == key)


def columns(key="con"):
    return [part["key"] for part in found(key)["fields"]]


def press(browser, do, what="", of="con", **more):
    sent = {"do": do, "what": what, "revision": draft().revision, **more}
    return browser.post(f"{BASE}cau-hoi/{of}/sua/", sent)


@pytest.fixture
def builder(editor):
    """An editor whose form has a repeat of two columns."""
    assert step(editor, "add_field", first_group(), key="con", label_vi="Các con", type="repeat").status_code == 302
    added = press(editor, "add", label_vi="Ngày sinh của con", type="date")
    assert added.status_code == 302 and added["Location"] == f"{HERE}#p-ngay_sinh_cua_con"
    return editor


def test_columns_stand_below_their_question_in_order(builder):
    assert columns() == ["muc", "ngay_sinh_cua_con"]
    page = text(builder.get(HERE))
    assert page.index('id="p-muc"') < page.index('id="p-ngay_sinh_cua_con"') and "Các cột của mỗi dòng" in page
    assert press(builder, "up", "ngay_sinh_cua_con").status_code == 302
    assert columns() == ["ngay_sinh_cua_con", "muc"]
    assert press(builder, "down", "ngay_sinh_cua_con").status_code == 302
    assert press(builder, "remove", "muc").status_code == 302
    assert columns() == ["ngay_sinh_cua_con"]
    assert FormRevision.objects.filter(draft=draft(), change__contains="Các con: Xóa phần “Các con”").exists()


def test_a_column_has_a_page_with_all_that_a_column_can_have(builder):
    address = "con/phan/muc"
    page = text(builder.get(f"{BASE}cau-hoi/{address}/"))
    assert "Về câu “Các con”" in page and f'href="{HERE}"' in page
    assert '<option value="repeat">' not in page and '<option value="computed">' not in page
    tests = condition_data("visible_if", ("ngay_sinh_cua_con", "filled", "", ""))
    sent = field_data(builder, address, label_vi="Tên con", max_length="50", **tests)
    assert builder.post(f"{BASE}cau-hoi/{address}/", sent).status_code == 302
    made = found()["fields"][0]
    assert made["label"]["vi"] == "Tên con" and made["max_length"] == 50
    assert made["visible_if"] == {"field": "ngay_sinh_cua_con", "filled": True}
    assert "có điều kiện" in text(builder.get(HERE))
    needed = press(builder, "remove", "ngay_sinh_cua_con")
    assert needed.status_code == 422 and "còn phụ thuộc vào ô này" in text(needed)


def test_a_choice_in_a_column_has_answers_of_its_own(builder):
    assert press(builder, "add", label_vi="Giới tính", type="choice", key="gioi").status_code == 302
    address = "con/phan/gioi"
    sent = field_data(builder, address, options="nam | Nam | Male\nnu | Nữ | Female")
    assert builder.post(f"{BASE}cau-hoi/{address}/", sent).status_code == 302
    name = found()["fields"][-1]["choices"]
    assert [item["value"] for item in draft().form["lists"][name]] == ["nam", "nu"]
    assert step(builder, "add_field", first_group(), key="gioi", label_vi="Giới", type="choice").status_code == 302
    lists = draft().form["lists"]
    assert [item["value"] for item in lists[found("gioi")["choices"]]] == ["co", "khong"]
    assert [item["value"] for item in lists[name]] == ["nam", "nu"], "each keeps its own"
    press(builder, "remove", "gioi")
    assert name not in draft().form["lists"]


def test_another_type_brings_the_page_back_with_its_controls(builder):
    address = "con/phan/muc"
    changed = builder.post(f"{BASE}cau-hoi/{address}/", field_data(builder, address, type="choice"))
    assert changed.status_code == 302 and changed["Location"] == f"{BASE}cau-hoi/{address}/"
    assert 'name="options"' in text(builder.get(changed["Location"]))
    assert found()["fields"][0]["type"] == "choice"


def test_what_cannot_be_is_refused_at_its_control_and_nothing_typed_is_lost(builder):
    taken = press(builder, "add", key="muc", label_vi="Vừa gõ", type="money")
    page = text(taken)
    assert taken.status_code == 422 and 'href="#new_key"' in page and 'value="Vừa gõ"' in page
    assert f'<form method="post" action="{HERE}"' in page, "the form above still keeps the question"
    wrong = press(builder, "add", key="Tên", label_vi="Vừa gõ", type="text")
    assert wrong.status_code == 422 and 'href="#new_key"' in text(wrong)
    assert press(builder, "add", label_vi="x", type="file").status_code == 422
    press(builder, "remove", "muc")
    last = press(builder, "remove", "ngay_sinh_cua_con")
    assert last.status_code == 422 and "cần ít nhất một phần" in text(last)
    assert columns() == ["ngay_sinh_cua_con"]


def test_the_slower_of_two_editors_is_told(builder, ministry):
    before = draft().revision
    assert press(browser_of(ministry, "Người Khác"), "up", "ngay_sinh_cua_con").status_code == 302
    late = builder.post(f"{HERE}sua/", {"do": "remove", "what": "muc", "revision": before})
    assert late.status_code == 409 and "Người Khác vừa sửa" in text(late) and len(columns()) == 2


def test_parts_of_a_person_are_rows_too(editor):
    assert step(editor, "add_field", first_group(), key="nguoi", label_vi="Người", type="person").status_code == 302
    added = press(editor, "add", of="nguoi", label_vi="Số giấy tờ", type="personal_id")
    assert added.status_code == 302
    assert columns("nguoi") == ["muc", "so_giay_to"] and "Các phần được hỏi" in text(
        editor.get(f"{BASE}cau-hoi/nguoi/")
    )


def test_only_what_has_parts_and_only_hers(builder):
    plain, before = keys()[0], draft().revision
    for do, key, what in (("up", plain, "x"), ("add", plain, ""), ("up", "khong_co", "x"), ("nhay", "con", "muc")):
        sent = press(builder, do, what, key, label_vi="Thêm", type="text")
        assert sent.status_code in {404, 422}, (do, key)
    assert builder.get(f"{BASE}cau-hoi/{plain}/phan/x/").status_code == 404
    assert builder.get(f"{HERE}phan/khong_co/").status_code == 404
    stranger = browser_of(make_agency())
    assert stranger.get(f"{HERE}phan/muc/").status_code == 404 and press(stranger, "remove", "muc").status_code == 404
    assert draft().revision == before
