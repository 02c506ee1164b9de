"""Pages of the document store: list, search, one paper and its deletion, other people's papers."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from datastore import access, grants, pages, reuse
from datastore.models import Document, DocumentStatus, DocumentType, TrustLevel
from datastore.results import service
from procedures import publication
from tests import factories
from tests.datastore.conftest import text_of

pytestmark = pytest.mark.django_db


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


def test_in_english_a_paper_has_the_name_of_what_it_was_handed_in_for(
    browser, deposit, upload_type, django_capture_on_commit_callbacks
):
    version = factories.make_version()
    version.components.update(name="Văn bản đồng ý của chủ hộ", name_en="Consent of the householder")
    version.procedure.current = version
    version.procedure.save(update_fields=["current"])
    with django_capture_on_commit_callbacks(execute=True):
        publication.announce()
    deposit(type_code=upload_type.code, title="Văn bản đồng ý của chủ hộ")
    address = reverse("datastore:list")
    assert "Consent of the householder" in text_of(browser.get(f"/en{address}"))
    assert "Văn bản đồng ý của chủ hộ" in text_of(browser.get(address))


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


def test_a_paper_that_a_dossier_uses_says_why_it_cannot_be_deleted(browser, deposit):
    paper = deposit()
    address = reverse("datastore:detail", args=[paper.pk])
    assert "Xóa khỏi kho" in (free := text_of(browser.get(address))) and "nên chưa xóa được" not in free
    reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    used = text_of(browser.get(address))
    assert "Xóa khỏi kho" not in used and "đang nằm trong một hồ sơ hoặc bản nháp nên chưa xóa được" in used
    assert "part of a dossier or a draft" in text_of(browser.get(f"/en{address}"))


def test_deleting_what_a_dossier_needs_is_refused_in_words(browser, deposit):
    paper = deposit()
    reuse.record_reuse(paper, "H29-1", "GIAY", ["0" * 64])
    response = browser.post(reverse("datastore:delete", args=[paper.pk]))
    assert response.status_code == 409
    assert "đang nằm trong một hồ sơ" in text_of(response)


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
