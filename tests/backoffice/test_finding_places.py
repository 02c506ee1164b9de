"""What the linter reminds of names the page, the question and the text it is about, with the way to it."""

import pytest

from portal.backoffice.finding_places import MOST_NAMED, Places
from procedures import drafting, sheet_drafting
from procedures.linting.findings import Finding, Severity
from procedures.linting.rules_form import MOST_FIELDS
from tests.backoffice.conftest import FORM_CODE, browser_of, draft
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.dossiers.filing_pages import text

FORM = {
    "lists": {"loai": [{"value": "a.b", "vi": "Bản giấy", "en": ""}]},
    "pages": [
        {
            "key": "p",
            "title": {"vi": "Người nộp"},
            "groups": [
                {
                    "key": "g",
                    "title": {"vi": "Địa chỉ"},
                    "fields": [
                        {"key": "loai", "label": {"vi": "Loại bản"}, "type": "choice", "choices": "loai"},
                        {
                            "key": "con",
                            "label": {"vi": "Các con"},
                            "type": "repeat",
                            "fields": [{"key": "ten", "label": {"vi": "Tên con"}, "type": "text"}],
                        },
                    ],
                }
            ],
        }
    ],
}
FACTS = {
    "fees": [{"key": "le", "name": {"vi": "Lệ phí"}, "when": {"vi": "nộp tại quầy"}}],
    "components": [{"key": "don", "name": {"vi": "Đơn đề nghị"}}],
}
HERE = "/quan-tri/bieu-mau/1.000001/"


@pytest.mark.parametrize(
    ("place", "words", "url"),
    [
        ("form", "", HERE),
        ("form.p.title", "Trang “Người nộp”: tiêu đề", f"{HERE}trang/p/"),
        ("form.p.intro", "Trang “Người nộp”: lời dẫn", f"{HERE}trang/p/"),
        ("form.p.g.title", "Trang “Người nộp”, mục “Địa chỉ”: tiêu đề", f"{HERE}muc/p/g/"),
        ("form.p.g.loai.label", "“Loại bản”", f"{HERE}cau-hoi/loai/"),
        ("form.p.g.loai.help", "“Loại bản”: hướng dẫn", f"{HERE}cau-hoi/loai/"),
        ("form.p.g.loai.choices.a.b", "“Loại bản”: “Bản giấy”", f"{HERE}cau-hoi/loai/"),
        ("form.p.g.loai.messages.required", "“Loại bản”: lời báo khi bỏ trống", f"{HERE}cau-hoi/loai/"),
        ("form.p.g.con.ten.label", "“Các con”, “Tên con”", f"{HERE}cau-hoi/con/phan/ten/"),
        ("form.gone.g.x", "", HERE),
        ("fees.le", "Lệ phí: nộp tại quầy", f"{HERE}noi-dung/#dong-fees.le"),
        ("components.don.name", "Đơn đề nghị", f"{HERE}noi-dung/#dong-components.don"),
        ("components.gone", "Giấy tờ cần nộp", f"{HERE}noi-dung/#components"),
        ("legal_basis", "Căn cứ pháp lý", f"{HERE}noi-dung/#id_legal_basis"),
        ("processing", "Thời hạn giải quyết", f"{HERE}noi-dung/#id_time_vi"),
        ("waivers[0]", "", f"{HERE}noi-dung/"),
    ],
)
def test_each_place_is_named_and_leads_to_where_it_is_mended(place, words, url):
    spot = Places("1.000001", FORM, FACTS).spot(place)
    assert (spot.words, spot.url) == (words, url)


def test_a_paragraph_is_counted_and_the_english_has_its_own_control():
    spot = Places("1.000001", FORM, FACTS).spot("steps[2]", "english-missing")
    assert (spot.words, spot.more, spot.url) == ("Các bước", "đoạn 3", f"{HERE}noi-dung/#id_steps_en")


def test_beside_no_open_draft_questions_lead_to_the_outline():
    assert Places("1.000001", FORM, FACTS, has_form_draft=False).spot("form.p.g.loai.label").url == HERE


def test_a_place_is_named_once_and_the_rest_is_folded():
    found = [Finding("1", "english-missing", Severity.WARNING, f"steps[{n}]", "") for n in range(7)]
    found += [Finding("1", "english-missing", Severity.WARNING, "form.p.g.loai.label", "")] * 2
    (listed,) = Places("1.000001", FORM, FACTS).listed(found)
    assert listed.title == "Chưa có bản tiếng Anh."
    assert len(listed.named()) == MOST_NAMED and [spot.words for spot in listed.folded()][-1] == "“Loại bản”"


@pytest.mark.django_db
def test_a_page_that_asks_too_much_says_which_and_how_much_before_publishing(editor):
    def crowd(form):
        group = form["pages"][0]["groups"][0]
        group["fields"] += [
            {"key": f"so_{n}", "label": {"vi": f"Số thứ {n}"}, "type": "integer"} for n in range(MOST_FIELDS + 1)
        ]

    drafting.change(FORM_CODE, seen=1, user=draft().revisions.get().by, words="Thêm", edit=crowd)
    page, main = draft().form["pages"][0], text(editor.get(f"{BASE}cong-bo/"))
    link = f'<a href="{BASE}#page-{page["key"]}">Trang “{page["title"]["vi"]}”</a>'
    assert (
        "Một trang hỏi quá nhiều. <a href=" in main
        and link in main
        and f"câu hỏi, nên có nhiều nhất {MOST_FIELDS})" in main
    )
    assert f'<a href="{BASE}cau-hoi/so_0/">“Số thứ 0”</a>' in main
    assert f'id="page-{page["key"]}"' in text(editor.get(BASE))


@pytest.mark.django_db
def test_what_the_sheet_lacks_leads_to_its_row(version, ministry):
    browser = browser_of(ministry)
    here = f"{BASE}noi-dung/"
    assert browser.post(here).status_code == 302
    sheet = sheet_drafting.open_draft(FORM_CODE)
    facts = sheet.facts | {"steps": [{"vi": "Nộp hồ sơ."}]}
    sheet_drafting.save(FORM_CODE, facts, seen=sheet.revision, user=sheet.by)
    page = text(browser.get(f"{here}cong-bo/"))
    assert f'<a href="{here}#id_steps_en">Các bước</a> <span class="soft">(đoạn 1)</span>' in page
    assert 'id="id_steps_en"' in text(browser.get(here))
