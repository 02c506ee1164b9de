"""The page that adds a paper: what it takes, what it refuses and where it says so."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from datastore.models import Document, DocumentType
from tests.datastore.conftest import make_image, make_pdf, text_of

pytestmark = pytest.mark.django_db


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


def test_a_paper_that_was_there_already_says_so_and_what_was_typed_is_not_gone(browser, upload_type):
    content = make_image()
    first = post(browser, content, "ảnh.jpg", title="Giấy chứng sinh", issued_on="2026-11-05")
    assert "đã có trong kho" not in text_of(browser.get(first["Location"]))
    again = post(browser, content, "ảnh.jpg", title="Chứng sinh bé Nhiên", number="07/2026", issued_on="2026-11-06")
    assert again["Location"] == first["Location"]
    text = text_of(browser.get(again["Location"]))
    assert "tên là “Giấy chứng sinh”. Cổng không thêm bản thứ hai." in text and "Đã thêm vào kho" not in text
    assert "chưa được lưu vào giấy ấy: “Chứng sinh bé Nhiên”, “07/2026”, “06/11/2026”." in text
    assert Document.objects.get().title == "Giấy chứng sinh"
    same = post(browser, content, "ảnh.jpg", title="Giấy chứng sinh", issued_on="2026-11-05")
    text = text_of(browser.get(same["Location"]))
    assert "đã có trong kho" in text and "chưa được lưu" not in text, "nothing typed was left out"


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
