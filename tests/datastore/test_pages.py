"""Pages of the store, as their owner sees them."""

import html
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from datastore import access, grants, pages, reuse
from datastore.models import Document, DocumentStatus, DocumentType, TrustLevel
from datastore.results import service
from portal.agencies.models import Agency
from tests.datastore.conftest import make_image, make_pdf

pytestmark = pytest.mark.django_db


def text_of(response):
    return html.unescape(response.content.decode())


@pytest.fixture
def browser(citizen, signed_in):
    return signed_in(citizen)


# --- list -------------------------------------------------------------------------------------


def test_an_empty_store_offers_the_first_step(browser):
    text = text_of(browser.get(reverse("datastore:list")))
    assert "Kho của bạn còn trống" in text
    assert reverse("datastore:upload") in text


def test_it_lists_my_papers_and_nobody_elses(browser, deposit, stranger):
    deposit(title="Giấy của tôi", number="07/2026")
    deposit(title="Giấy của người khác", owner=stranger)
    deposit(title="Thư của hồ sơ", is_listed=False)
    text = text_of(browser.get(reverse("datastore:list")))
    assert "Giấy của tôi" in text
    assert "07/2026" in text
    assert "Giấy của người khác" not in text
    assert "Thư của hồ sơ" not in text


@pytest.mark.parametrize("query", ["bé an", "BE AN", "be  an", "07/2026", "cua be"])
def test_search_needs_no_tone_marks(browser, deposit, query):
    deposit(title="Giấy chứng sinh của bé An", number="07/2026")
    deposit(title="Ảnh chân dung")
    text = text_of(browser.get(reverse("datastore:list"), {"q": query}))
    assert "của bé An" in text
    assert "Ảnh chân dung" not in text


def test_filter_by_type_offers_only_types_i_have(browser, deposit, birth_type, upload_type):
    DocumentType.objects.create(code="GT.HO-CHIEU", name="Hộ chiếu")
    deposit(title="Chứng sinh A")
    deposit(title="Khai sinh B", type_code=birth_type.code)
    text = text_of(browser.get(reverse("datastore:list"), {"loai": birth_type.code}))
    assert "Khai sinh B" in text
    assert "Chứng sinh A" not in text
    assert "Hộ chiếu" not in text


def test_filter_by_what_a_paper_is_worth_today(browser, deposit):
    today = timezone.localdate()
    ends = {"Còn lâu": 90, "Sắp tới": 5, "Đã qua": -5}
    for title, days in ends.items():
        deposit(title=title, trust=TrustLevel.DIGITISED, valid_until=today + timedelta(days=days))
    deposit(title="Không hạn", trust=TrustLevel.DIGITISED)
    deposit(title="Tự tải")
    Document.objects.filter(pk=deposit(title="Bỏ rồi").pk).update(status=DocumentStatus.REVOKED)
    for standing, titles in {
        "con": {"Còn lâu", "Sắp tới", "Không hạn"},
        "sap-het": {"Sắp tới"},
        "het": {"Đã qua"},
        "chua-kiem-tra": {"Tự tải"},
        "thu-hoi": {"Bỏ rồi"},
        "thay-the": set(),
        "x": {*ends, "Không hạn", "Tự tải", "Bỏ rồi"},
    }.items():
        rows = browser.get(f"/kho-du-lieu/?tinh-trang={standing}").context["rows"]
        assert {row["document"].title for row in rows} == titles, standing


def test_nothing_found_says_so_and_leads_back(browser, deposit):
    deposit()
    text = text_of(browser.get(reverse("datastore:list"), {"q": "không có đâu"}))
    assert "Không thấy giấy tờ nào như vậy" in text


def test_pages_follow_one_another_without_gaps_or_doubles(browser, deposit, citizen):
    first = deposit()
    now = timezone.now()
    Document.objects.bulk_create(
        Document(
            owner=citizen, type=first.type, title=f"Giấy {n:02}", trust="D", created_at=now - timedelta(minutes=n // 3)
        )
        for n in range(45)
    )
    seen, address = [], reverse("datastore:list")
    while address:
        response = browser.get(address)
        seen += [row["document"].pk for row in response.context["rows"]]
        address = response.context["next_url"] and reverse("datastore:list") + response.context["next_url"]
    assert len(seen) == len(set(seen)) == 46


def test_in_english_a_paper_called_like_its_type_has_the_types_english_name(
    browser, deposit, upload_type, ward, django_assert_num_queries, citizen
):
    ward.name_en = "People’s Committee of Tân Định ward"
    ward.save()
    named = deposit(type_code=upload_type.code, title=upload_type.name)
    Document.objects.filter(pk=named.pk).update(issuer=ward, issuer_name=ward.name)
    own = deposit(type_code=upload_type.code, title="Giấy chứng sinh của bé An")
    address = reverse("datastore:list")  # an English page leaves its language behind
    english = text_of(browser.get(f"/en{address}"))
    assert "Notice of birth" in english and own.title in english and ward.name_en in english
    detail = text_of(browser.get(f"/en{address}{named.pk}/"))
    assert "Notice of birth" in detail and ward.name_en in detail and upload_type.name not in detail
    assert upload_type.name in text_of(browser.get(address))
    with translation.override("en"), django_assert_num_queries(1):
        assert [row.shown_title for row in pages.documents(citizen).rows] == [own.title, "Notice of birth"]


@pytest.mark.parametrize("mark", ["x", "%00", "AAAA", "MjAyNi0wMS0wMVQwMDowMDowMCAx", "2" * 300])
def test_a_mark_that_is_not_ours_is_the_first_page(browser, deposit, mark):
    deposit(title="Giấy của tôi")
    assert "Giấy của tôi" in text_of(browser.get(reverse("datastore:list"), {"sau": mark}))


def test_ten_thousand_papers_cost_the_queries_of_ten(browser, deposit, citizen, django_assert_num_queries):
    first = deposit()
    with django_assert_num_queries(1):
        pages.documents(citizen)
    Document.objects.bulk_create(
        Document(owner=citizen, type=first.type, title=f"Giấy {n}", trust="D") for n in range(300)
    )
    with django_assert_num_queries(1):
        assert len(pages.documents(citizen).rows) == pages.PAGE_SIZE


def test_a_later_page_says_where_its_index_begins(deposit, citizen):
    """Without a bound of its own, what came before would be read and thrown away, page after page."""
    first = deposit()
    Document.objects.bulk_create(
        Document(owner=citizen, type=first.type, title=f"Giấy {n}", trust="D") for n in range(pages.PAGE_SIZE)
    )
    with CaptureQueriesContext(connection) as asked:
        assert pages.documents(citizen, after=pages.documents(citizen).next_mark).rows == [first]
    assert '"created_at" <=' in asked[-1]["sql"].partition(" OR ")[0]


# --- adding -----------------------------------------------------------------------------------


def post(browser, content, name="giấy.pdf", **facts):
    file = SimpleUploadedFile(name, content)
    return browser.post(reverse("datastore:upload"), {"file": file, "type": "GT.CHUNG-SINH", **facts})


def test_a_paper_is_added_and_shown(browser, citizen, upload_type):
    response = post(browser, make_pdf(), title="Giấy chứng sinh của bé An", number="07/2026", issued_on="2026-11-05")
    document = Document.objects.get(owner=citizen)
    assert response["Location"] == reverse("datastore:detail", args=[document.pk])
    assert (document.title, document.issued_on, document.trust) == ("Giấy chứng sinh của bé An", date(2026, 11, 5), "D")
    text = text_of(browser.get(response["Location"]))
    assert "Đã thêm vào kho" in text
    assert "chưa quét mã độc" in text


def test_sending_the_form_twice_makes_one_document(browser, upload_type):
    content = make_image()
    assert post(browser, content, "ảnh.jpg")["Location"] == post(browser, content, "ảnh.jpg")["Location"]
    assert Document.objects.count() == 1


def test_every_error_stands_at_its_field_and_on_top(browser, upload_type):
    response = post(browser, b"MZ rubbish", "chạy.exe", type="GT.KHONG-CO", title="x" * 401, issued_on="hôm qua")
    text = text_of(response)
    assert response.status_code == 422
    assert "Loại giấy tờ này không có trong danh sách" in text
    assert "Nhập ngày cấp theo dạng" in text
    assert 'href="#id_type"' in text
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"content": b""}, "rỗng"),
        ({"content": b"<html>"}, "Chỉ nhận PDF"),
        ({"content": make_pdf(), "issued_on": "2099-01-01"}, "tương lai"),
        ({"content": make_pdf(), "issued_on": "2026-01-02", "valid_until": "2026-01-01"}, "sau ngày cấp"),
        ({"content": make_pdf(), "title": "a\x00b"}, "ký tự rỗng"),
    ],
)
def test_bad_input_is_answered_in_words(browser, upload_type, facts, words):
    response = post(browser, name="giấy" if facts["content"] == b"<html>" else "giấy.pdf", **facts)
    assert response.status_code == 422
    assert words.lower() in text_of(response).lower()
    assert not Document.objects.exists()


def test_a_form_without_a_file_says_so(browser, upload_type):
    response = browser.post(reverse("datastore:upload"), {"type": "GT.CHUNG-SINH"})
    assert "Chọn tệp cần thêm" in text_of(response)


def test_our_own_letters_are_not_offered_as_types(browser, upload_type):
    DocumentType.objects.create(code="KQ.BIEN-LAI", name="Biên lai điện tử", group="letter")
    text = text_of(browser.get(reverse("datastore:upload")))
    assert "Giấy chứng sinh" in text
    assert "Biên lai điện tử" not in text


# --- one document -----------------------------------------------------------------------------


def test_the_page_tells_worth_use_and_readers(browser, deposit, ward, official_of):
    paper = deposit(title="Giấy chứng sinh của bé An")
    reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    grants.grant([paper], agency=ward, dossier_code="H29-2", purpose="Giải quyết hồ sơ đăng ký khai sinh")
    access.get_document(paper.pk, actor=official_of(ward), purpose="")
    text = text_of(browser.get(reverse("datastore:detail", args=[paper.pk])))
    for words in (
        "Bạn tự tải lên",
        "H29-",
        "được mở giấy này để giải quyết",
        "Trần Văn Bình",
        "Giải quyết hồ sơ đăng ký khai sinh",
    ):
        assert words in text
    assert reverse("datastore:delete", args=[paper.pk]) not in text


def test_an_issued_result_shows_its_qr_and_no_deletion(browser, citizen, result, ward):
    document = service.issue(owner=citizen, reference="R", result=result)
    grants.grant([document], agency=ward, dossier_code=document.dossier_code, purpose="In bản giấy")
    text = text_of(browser.get(reverse("datastore:detail", args=[document.pk])))
    assert "<svg" in text
    assert "Chưa dùng cho hồ sơ nào." in text, "the dossier that made it is no use of it"
    assert document.credential.public_id in text
    assert f"{reverse('datastore:verify', args=[document.credential.public_id])}#{document.credential.token}" in text
    assert "Xóa khỏi kho" not in text


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"valid_until": date(2020, 1, 1)}, "Đã hết hiệu lực"),
        ({"status": DocumentStatus.REVOKED, "status_reason": "Cấp sai thẩm quyền"}, "Cấp sai thẩm quyền"),
        ({"status": DocumentStatus.REPLACED}, "Đã được thay thế"),
    ],
)
def test_what_no_longer_counts_says_so(browser, deposit, facts, words):
    paper = deposit()
    Document.objects.filter(pk=paper.pk).update(**facts)
    assert words in text_of(browser.get(reverse("datastore:detail", args=[paper.pk])))


def test_deleting_asks_first(browser, deposit):
    paper = deposit(title="Giấy cũ")
    address = reverse("datastore:delete", args=[paper.pk])
    assert "không lấy lại được" in text_of(browser.get(address))
    assert Document.objects.get().status == DocumentStatus.VALID
    response = browser.post(address, follow=True)
    assert "Đã xóa khỏi kho: Giấy cũ" in text_of(response)
    assert Document.objects.get().status == DocumentStatus.DELETED
    assert browser.get(reverse("datastore:detail", args=[paper.pk])).status_code == 404


def test_deleting_what_a_dossier_needs_is_refused_in_words(browser, deposit):
    paper = deposit()
    reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    response = browser.post(reverse("datastore:delete", args=[paper.pk]))
    assert response.status_code == 409
    assert "đang nằm trong một hồ sơ" in text_of(response)


# --- who looked -------------------------------------------------------------------------------


def test_who_looked_is_said_in_plain_words(browser, deposit, ward, official_of):
    paper = deposit(title="Giấy chứng sinh của bé An")
    grants.grant([paper], agency=ward, dossier_code="H29-2", purpose="Giải quyết hồ sơ đăng ký khai sinh")
    access.open_file(paper.files.get().pk, actor=official_of(ward), purpose="")[1].close()
    text = text_of(browser.get(reverse("datastore:access_log")))
    for words in (
        ward.name,
        "mở tệp",
        "Giấy chứng sinh của bé An",
        "Bộ phận một cửa",
        "Giải quyết hồ sơ đăng ký khai sinh",
    ):
        assert words in text


def test_nobody_looked_yet(browser):
    assert "Chưa ai ngoài bạn xem" in text_of(browser.get(reverse("datastore:access_log")))


def test_others_readings_are_not_mine(browser, deposit, stranger, ward, official_of):
    paper = deposit(owner=stranger, title="Giấy của người khác")
    grants.grant([paper], agency=ward, dossier_code="H29-2", purpose="x")
    access.get_document(paper.pk, actor=official_of(ward), purpose="")
    assert "Giấy của người khác" not in text_of(browser.get(reverse("datastore:access_log")))


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list", "upload", "access_log", "detail", "delete", "download"])
def test_every_page_asks_to_sign_in(client, deposit, name):
    paper = deposit()
    arguments = [paper.pk] if name in {"detail", "delete", "download"} else []
    response = client.get(reverse(f"datastore:{name}", args=arguments))
    assert response.status_code == 302
    assert reverse("accounts:sign_in") in response["Location"]


@pytest.mark.parametrize("name", ["detail", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_documents_do_not_exist(deposit, stranger, signed_in, name, method):
    paper = deposit(title="Giấy kín", trust=TrustLevel.UPLOADED)
    response = getattr(signed_in(stranger), method)(reverse(f"datastore:{name}", args=[paper.pk]))
    assert response.status_code in {404, 405}
    assert "Giấy kín" not in text_of(response)
    paper.refresh_from_db()
    assert paper.status == DocumentStatus.VALID


def test_pages_speak_english_too(browser, deposit, upload_type):
    deposit()
    response = browser.get("/en" + reverse("datastore:list"))
    assert response.status_code == 200
    assert "Notice of birth" in text_of(response)


def test_who_looked_is_an_agency_in_the_readers_language_while_it_has_that_name(browser, deposit, ward, official_of):
    Agency.objects.filter(pk=ward.pk).update(name_en="People’s Committee of Tân Định ward")
    paper = deposit()
    grants.grant([paper], agency=ward, dossier_code="H29-2", purpose="Giải quyết hồ sơ")
    access.open_file(paper.files.get().pk, actor=official_of(ward), purpose="")[1].close()
    log, detail = reverse("datastore:access_log"), reverse("datastore:detail", args=[paper.pk])
    for address in (log, detail):
        shown = text_of(browser.get(f"/en{address}"))
        assert "People’s Committee of Tân Định ward" in shown and ward.name not in shown
    Agency.objects.filter(pk=ward.pk).update(
        name="Ủy ban nhân dân phường Mới", name_en="People’s Committee of New ward"
    )
    later = text_of(browser.get(f"/en{log}"))
    assert ward.name in later and "New ward" not in later, "the log keeps what the agency was called then"
