"""The pages of digitising at the counter, from the scan to the person's store."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from datastore import digitising
from datastore.models import Digitisation, DigitisationState, Document, DocumentType
from portal.backoffice import views_digitising
from tests import factories
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db
NEW = "/quan-tri/so-hoa/moi/"


@pytest.fixture
def owner():
    DocumentType.objects.get_or_create(code="GT.KHAC", defaults={"name": "Giấy tờ khác", "group": "upload"})
    return factories.make_citizen()


@pytest.fixture
def send(office, owner):
    """Send the form of a scan as the desk."""
    number = owner.citizen.personal_id

    def post(content: bytes | None = None, **changes: str):
        facts = {
            "personal_id": number,
            "original": "original",
            "type": "GT.KHAC",
            "about": "Nguyễn Minh An",
            "number": "12/2019",
            "issued_on": "2019-05-06",
            **changes,
        }
        facts["file"] = SimpleUploadedFile("quet.pdf", make_pdf() if content is None else content)
        return office.browser("desk").post(NEW, facts)

    return post


def test_from_the_desk_to_the_persons_store(office, owner, send):
    answer = send()
    made = Digitisation.objects.get()
    assert answer["Location"] == f"/quan-tri/so-hoa/{made.pk}/"
    desk = office.browser("desk")
    page = desk.get(answer["Location"]).content.decode()
    assert f"/kho-du-lieu/tep/{made.document.files.get().pk}/?xem=1" in page and "Nguyễn Minh An" in page
    shown = desk.get(f"/kho-du-lieu/tep/{made.document.files.get().pk}/?xem=1")
    assert b"".join(shown.streaming_content).startswith(b"%PDF")
    assert f"/quan-tri/so-hoa/{made.pk}/" in desk.get("/quan-tri/so-hoa/").content.decode()
    answer = desk.post(answer["Location"], {"certify": "1", "checks": list(digitising.CHECKS)})
    assert answer["Location"] == "/quan-tri/so-hoa/"
    assert Document.objects.listed(owner).get().about_name == "Nguyễn Minh An"
    assert f"/quan-tri/so-hoa/{made.pk}/" not in desk.get("/quan-tri/so-hoa/").content.decode()
    assert f"/quan-tri/so-hoa/{made.pk}/" in desk.get("/quan-tri/so-hoa/?xong=1").content.decode()


def test_asking_for_number_after_number_is_stopped(office, send, monkeypatch):
    monkeypatch.setattr(views_digitising, "SCANS", 2)
    asked = [send(personal_id="079326000999").status_code for _number in range(3)]
    assert asked == [422, 422, 429]


def test_certifying_without_comparing_says_what_is_missing(office, send):
    send()
    made = Digitisation.objects.get()
    answer = office.browser("desk").post(f"/quan-tri/so-hoa/{made.pk}/", {"certify": "1", "checks": ["same"]})
    assert answer.status_code == 422 and "Đủ trang" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == DigitisationState.SCANNED


def test_sending_back_needs_a_reason(office, send):
    send()
    made = Digitisation.objects.get()
    address = f"/quan-tri/so-hoa/{made.pk}/"
    assert office.browser("desk").post(address, {"reject": "1", "reason": ""}).status_code == 422
    assert office.browser("leader").post(address, {"reject": "1", "reason": "Mờ"}).status_code == 302
    assert "Mờ" in office.browser("desk").get(address).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"personal_id": "079326000999"}, "đăng nhập một lần bằng VNeID"),
        ({"personal_id": "12"}, "govuk-error-summary"),
        ({"valid_until": "2020-01-01"}, "đã hết hiệu lực"),
        ({"issued_on": "2999-01-01"}, "không thể ở tương lai"),
        ({"about": ""}, "Nhập tên ghi trên giấy"),
        ({"number": ""}, "Nhập số ghi trên giấy"),
        ({"original": "x"}, "govuk-error-summary"),
        ({"content": b"MZ\x90\x00"}, "không phải ảnh hay PDF"),
        ({"content": b""}, "rỗng"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(send, changes, words):
    answer = send(**changes)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Digitisation.objects.exists()


def test_without_a_file_it_says_so(office, owner):
    answer = office.browser("desk").post(NEW, {"personal_id": owner.citizen.personal_id})
    assert answer.status_code == 422 and "Chọn tệp đã quét" in answer.content.decode()


def test_another_agency_and_citizens_stay_out(office, owner, send):
    send()
    address = f"/quan-tri/so-hoa/{Digitisation.objects.get().pk}/"
    assert office.browser("foreign_desk").get(address).status_code == 404
    assert office.browser("foreign_desk").post(address, {"reject": "1", "reason": "x"}).status_code == 404
    assert address not in office.browser("foreign_desk").get("/quan-tri/so-hoa/?xong=1").content.decode()
    assert office.browser("administrator").get("/quan-tri/so-hoa/").status_code == 404
