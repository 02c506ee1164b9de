"""An official tries a draft as a citizen would fill it in, and reads what became of each question; nothing is kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.models import Dossier
from procedures import drafting
from tests.backoffice.conftest import FORM_CODE, draft
from tests.backoffice.conftest import FORM_PAGES as BASE
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
TRY = f"{BASE}thu/"


def asked(key, label, kind, **more):
    return {"key": key, "label": {"vi": label, "en": label}, "type": kind, **more}


def a_form(form):
    """Two pages with what a form has: locked, chosen, conditional over pages, rows, computed, a file, a message."""
    short = {"messages": {"required": {"vi": "Hãy nói vì sao xin cấp lại.", "en": "Say why."}}}
    form["lists"] = {"loai": [{"value": "moi", "vi": "Mới", "en": "New"}, {"value": "lai", "vi": "Lại", "en": "Again"}]}
    again = {"field": "loai", "equals": "lai"}
    first = [
        asked("full_name", "Họ, chữ đệm, tên", "text", required=True, prefill="identity.full_name", locked=True),
        asked("loai", "Loại việc", "choice", required=True, choices="loai"),
    ]
    rows = [asked("ten", "Tên giấy", "text", required=True)]
    second = [
        asked("vi_sao", "Vì sao xin lại", "text", required=True, visible_if=again, **short),
        asked("giay", "Các giấy", "repeat", fields=rows, max_items=3, min_items=1),
        asked("so_giay", "Số giấy", "computed", compute={"function": "count", "of": "giay"}),
        asked("anh", "Ảnh chụp", "file"),
        asked("nguoi_viet", "Họ và tên người viết", "text", prefill="answer.full_name"),
    ]
    form["pages"] = [
        {"key": key, "title": {"vi": title, "en": title}, "groups": [{"key": "g", "fields": fields}]}
        for key, title, fields in (("nguoi", "Người nộp", first), ("lai", "Việc xin", second))
    ]


@pytest.fixture
def tried(editor):
    drafting.change(FORM_CODE, seen=1, user=draft().revisions.get().by, words="Biểu mẫu thử", edit=a_form)
    return editor


def told(response):
    """What became of each question, by its label."""
    return {row.label: row for _title, rows in response.context["trial"].pages for row in rows}


def sent(browser, query="", **changes):
    filled = {"loai": "moi", "giay__count": "1", "giay__0__ten": "Giấy khai sinh"}
    return browser.post(f"{TRY}{query}", filled | changes)


def test_the_form_itself_is_filled_in_with_words_of_people_and_json_is_folded(tried):
    page = text(tried.get(TRY))
    before, _details, folded = page.partition("Cho kỹ thuật viên")
    assert 'name="loai"' in before and 'name="giay__0__ten"' in before and 'name="full_name"' not in before
    assert "JSON" not in before and 'name="--answers"' in folded
    assert "Từng câu hỏi" in before and "VNeID" in before and "01A8000001" not in page


def test_each_question_is_told_as_shown_hidden_computed_or_filled_in(tried):
    draft().base.components.filter(kind="document").update(condition=None, channels=[])
    response = sent(tried)
    assert response.status_code == 200 and "Biểu mẫu nhận các câu trả lời này." in text(response)
    rows = told(response)
    assert {label: row.state for label, row in rows.items()} == {
        "Họ, chữ đệm, tên": "prefilled",
        "Loại việc": "asked",
        "Vì sao xin lại": "hidden",
        "Các giấy": "asked",
        "Số giấy": "computed",
        "Ảnh chụp": "asked" if rows["Ảnh chụp"].value else "empty",
        "Họ và tên người viết": "empty",
    }
    assert rows["Số giấy"].value == "1" and "“Loại việc” là “Mới”" not in rows["Vì sao xin lại"].value
    assert "Chỉ hỏi khi “Loại việc” là “Lại”" in rows["Vì sao xin lại"].value
    assert "VNeID" in rows["Họ, chữ đệm, tên"].source and rows["Loại việc"].value == "Mới"
    page = text(response)
    assert "Giấy khai sinh" in page.partition("Hồ sơ sẽ ghi")[2].partition("Giấy tiếp nhận")[0]
    assert (
        draft().base.components.filter(kind="document").first().name in page.partition("Giấy tiếp nhận sẽ liệt kê")[2]
    )
    assert not Dossier.objects.exists() and draft().revision == 2


def test_what_an_answer_on_an_earlier_page_asks_for_is_asked_with_the_forms_own_message(tried):
    refused = sent(tried, loai="lai")
    page = text(refused)
    assert refused.status_code == 422 and "Biểu mẫu không nhận" in page
    assert '<a href="#id_vi_sao">Hãy nói vì sao xin cấp lại.</a>' in page and 'value="Giấy khai sinh"' in page
    right = sent(tried, loai="lai", vi_sao="Bị mất khi chuyển nhà")
    assert right.status_code == 200 and told(right)["Vì sao xin lại"].value == "Bị mất khi chuyển nhà"


def test_rows_are_added_and_conditions_looked_at_without_a_verdict(tried):
    grown = sent(tried, _add="giay")
    page = text(grown)
    assert grown.status_code == 200 and 'name="giay__1__ten"' in page and "Kết quả thử" not in page
    assert sent(tried, _refresh="1").status_code == 200
    rows = {"giay__count": "2", "giay__1__ten": "Sổ hộ khẩu cũ"}
    assert told(sent(tried, **rows))["Số giấy"].value == "2"


def test_a_file_is_named_and_kept_nowhere(tried):
    picture = SimpleUploadedFile("anh-the.pdf", b"%PDF-1.4 gia", content_type="application/pdf")
    response = sent(tried, anh=picture)
    assert response.status_code == 200 and "anh-the.pdf" in told(response)["Ảnh chụp"].value


def test_another_applicant_an_empty_form_and_strange_numbers(tried):
    empty = tried.get(f"{TRY}?mau=0")
    page = text(empty).partition("Cho kỹ thuật viên")[0]
    assert "checked" not in page and empty.context["trial"] is None and "Kết quả thử" not in page
    assert told(sent(tried, "?mau=0"))["Họ, chữ đệm, tên"].state == "prefilled"
    names = {told(tried.get(f"{TRY}?mau={number}"))["Họ, chữ đệm, tên"].value for number in range(1, 9)}
    assert len(names) > 1
    for strange in ("?mau=-1", "?mau=x", "?mau=99999999999"):
        assert tried.get(f"{TRY}{strange}").status_code == 200


def test_json_of_any_shape_is_judged_and_shown_in_the_form_as_far_as_it_fits(tried):
    for answers in ('{"loai": {"a": 1}, "giay": "x", "anh": 3}', '{"giay": [1, null, {"ten": []}]}', "{}"):
        page = text(tried.post(TRY, {"--answers": answers}))
        assert "Biểu mẫu không nhận" in page and 'name="loai"' in page
    whole = '{"full_name": "Trần Thị Mẫu", "loai": "lai", "vi_sao": "Bị rách", "giay": [{"ten": "Bằng"}], "thua": 1}'
    page = text(tried.post(TRY, {"--answers": whole}))
    assert "Biểu mẫu nhận" in page and 'value="Bị rách"' in page and "Không được hỏi nên bỏ đi: thua" in page
