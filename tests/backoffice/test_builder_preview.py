"""The builder's preview has a life in it: a made-up applicant, what the state knows of her, what was typed before."""

import pytest

from procedures import drafting
from tests.backoffice.conftest import FORM_CODE, browser_of, draft
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db


def two_pages(form):
    """A form of three pages: who, a choice, and what is asked only of some."""
    who = {
        "key": "full_name",
        "label": {"vi": "Họ tên", "en": "Name"},
        "type": "text",
        "required": True,
        "prefill": "identity.full_name",
        "locked": True,
    }
    number = {
        "key": "so_the",
        "label": {"vi": "Số thẻ cũ", "en": "Number"},
        "type": "integer",
        "prefill": "health.card",
        "locked": True,
        "max": 99,
    }
    kind = {"key": "loai", "label": {"vi": "Loại", "en": "Kind"}, "type": "choice", "required": True, "choices": "loai"}
    why = {"key": "vi_sao", "label": {"vi": "Vì sao xin lại", "en": "Why"}, "type": "text", "required": True}
    never = {"key": "khong", "label": {"vi": "Không ai thấy", "en": "Never"}, "type": "text"}
    pages = (
        ("nguoi", "Người nộp", [who, number], None),
        ("chon", "Chọn", [kind], None),
        ("lai", "Xin lại", [why], {"field": "loai", "equals": "lai"}),
        ("rieng", "Riêng", [never], {"field": "loai", "equals": "khac"}),
        ("cuoi", "Cuối", [{"key": "ghi", "label": {"vi": "Ghi thêm", "en": "More"}, "type": "text"}], None),
    )
    form["lists"] = {"loai": [{"value": "moi", "vi": "Mới", "en": "New"}, {"value": "lai", "vi": "Lại", "en": "Again"}]}
    form["pages"] = [
        {
            "key": key,
            "title": {"vi": title, "en": title},
            "groups": [{"key": key, "fields": fields, **({"visible_if": when} if when else {})}],
        }
        for key, title, fields, when in pages
    ]


@pytest.fixture
def previewed(editor):
    drafting.change(FORM_CODE, seen=1, user=draft().revisions.get().by, words="Biểu mẫu thử", edit=two_pages)
    return editor


def frame(browser, page, query=""):
    return text(browser.get(f"{BASE}xem-truoc/{page}/{query}"))


def test_what_the_state_knows_is_seen_with_where_it_came_from(previewed):
    page = frame(previewed, "nguoi")
    assert "VNeID" in page and 'name="full_name"' not in page, "locked, so nobody types it"
    assert "Cơ sở dữ liệu y tế" in page and 'name="so_the"' not in page


def test_a_page_behind_an_answer_is_drawn_by_whoever_reaches_it(previewed):
    assert 'name="vi_sao"' in frame(previewed, "lai")
    empty = frame(previewed, "rieng")
    assert "trang này không hỏi gì" in empty and 'name="khong"' not in empty


def test_a_sample_is_chosen_and_answers_every_page(previewed):
    assert " selected" not in frame(previewed, "chon").partition('name="loai"')[2].partition("</fieldset>")[0]
    assert "checked" not in frame(previewed, "chon")
    shown = [frame(previewed, "chon", f"?mau={number}") for number in range(1, 9)]
    assert all("checked" in page for page in shown)
    chosen = {page.partition("checked")[0].rpartition('value="')[2].partition('"')[0] for page in shown}
    assert chosen == {"moi", "lai"}
    outer = text(previewed.get(f"{BASE}xem-truoc/?trang=chon&mau=3"))
    assert outer.count(f'src="{BASE}xem-truoc/chon/?mau=3"') == 2
    assert "?trang=chon&amp;mau=4" in outer and "Người nộp mẫu số 3" in outer


def test_what_was_typed_on_a_page_leads_the_pages_behind_it(previewed):
    sent = previewed.post(f"{BASE}xem-truoc/chon/", {"loai": "lai"})
    assert "Trang này hợp lệ" in text(sent) and f'href="{BASE}xem-truoc/lai/"' in text(sent)
    assert 'name="vi_sao"' in frame(previewed, "lai", "?mau=1") and 'name="vi_sao"' in frame(previewed, "lai", "?mau=2")
    sent = previewed.post(f"{BASE}xem-truoc/chon/?mau=2", {"loai": "moi"})
    assert f'href="{BASE}xem-truoc/cuoi/?mau=2"' in text(sent), "the page that asks nothing is passed over"
    assert all("trang này không hỏi gì" in frame(previewed, "lai", f"?mau={number}") for number in range(1, 5))
    assert "Quên những gì đã gõ" in text(previewed.get(f"{BASE}xem-truoc/"))
    assert previewed.post(f"{BASE}xem-truoc/").status_code == 302
    assert "Quên những gì đã gõ" not in text(previewed.get(f"{BASE}xem-truoc/"))
    assert 'name="vi_sao"' in frame(previewed, "lai")


def test_what_is_wrong_is_kept_for_no_other_page(previewed):
    wrong = previewed.post(f"{BASE}xem-truoc/chon/", {"loai": ""})
    assert "Trang này hợp lệ" not in text(wrong) and "form_preview" not in previewed.session


def test_another_editor_sees_nothing_of_it_and_nothing_is_filed(previewed, ministry):
    previewed.post(f"{BASE}xem-truoc/chon/", {"loai": "moi"})
    other = browser_of(ministry, "Người Khác")
    assert "Quên những gì đã gõ" not in text(other.get(f"{BASE}xem-truoc/")) and 'name="vi_sao"' in frame(other, "lai")


def test_what_was_typed_before_a_question_was_changed_is_forgotten(previewed):
    previewed.post(f"{BASE}xem-truoc/cuoi/", {"ghi": "vài chữ"})
    assert "vài chữ" in frame(previewed, "cuoi")

    def to_rows(form):
        row = form["pages"][-1]["groups"][0]["fields"][0]
        row |= {"type": "repeat", "fields": [{"key": "dong", "label": {"vi": "Dòng", "en": "Row"}, "type": "text"}]}

    drafting.change(FORM_CODE, seen=2, user=draft().revisions.first().by, words="Thành nhiều dòng", edit=to_rows)
    for strange in ("", "?mau=3"):
        assert "vài chữ" not in frame(previewed, "cuoi", strange)
    assert previewed.get(f"{BASE}xem-truoc/cuoi/").status_code == 200
    assert "Quên những gì đã gõ" not in text(previewed.get(f"{BASE}xem-truoc/"))


def test_a_great_deal_typed_is_not_kept(previewed):
    previewed.post(f"{BASE}xem-truoc/cuoi/", {"ghi": "x" * 150})
    assert previewed.session["form_preview"]["answers"] == {"ghi": "x" * 150}
    for strange in ("?mau=0", "?mau=-1", "?mau=99999999999", "?mau=x", "?trang=khong-co"):
        assert previewed.get(f"{BASE}xem-truoc/cuoi/{strange}").status_code == 200
