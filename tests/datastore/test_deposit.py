"""Deposit, the only way in: what is kept, once, and what is refused with words that help."""

import hashlib
import io
import os
import zipfile
import zlib
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction

from datastore.models import Blob, Document, ScanState, TrustLevel
from portal.core.errors import InvalidInputError
from tests.at_once import at_once
from tests.datastore.conftest import make_image, make_pdf, refusal_of, stored_bytes

pytestmark = pytest.mark.django_db


def test_a_pdf_is_kept_byte_for_byte_with_its_digest(deposit, citizen, upload_type):
    content = make_pdf()
    document = deposit(content=content, title="Giấy chứng sinh của bé An", number="07/2026")
    file = document.files.get()
    assert (document.owner, document.type) == (citizen, upload_type)
    assert (document.title, document.number) == ("Giấy chứng sinh của bé An", "07/2026")
    assert file.blob.content_sha256 == hashlib.sha256(content).hexdigest()
    assert file.blob.size_bytes == len(content)
    assert stored_bytes(document) == content


def test_the_storage_key_is_random_and_the_file_is_private(deposit):
    blob = deposit().files.get().blob
    assert len(blob.storage_key.split("/")[-1]) == 40
    assert "giấy" not in blob.storage_key
    path = default_storage.path(blob.storage_key)
    assert oct(os.stat(path).st_mode & 0o777) == "0o600"


def test_a_title_is_taken_from_the_type_where_none_is_given(deposit):
    assert deposit().title == "Giấy chứng sinh"


def test_files_and_streams_come_in_as_bytes_do(deposit):
    content = make_pdf()
    digests = {
        deposit(content=source, name="a.pdf").files.get().blob.content_sha256
        for source in (content, io.BytesIO(content), ContentFile(content, name="a.pdf"))
    }
    assert digests == {hashlib.sha256(content).hexdigest()}


def test_the_same_bytes_lie_once_per_owner(deposit, stranger):
    content = make_pdf()
    mine, again, theirs = deposit(content=content), deposit(content=content), deposit(content=content, owner=stranger)
    assert mine.files.get().blob == again.files.get().blob
    assert mine.files.get().blob != theirs.files.get().blob
    assert Blob.objects.count() == 2


def test_a_form_sent_twice_makes_one_document(deposit):
    content = make_pdf()
    assert deposit(content=content, once=True) == deposit(content=content, once=True)
    assert Document.objects.count() == 1


def test_what_an_agency_vouches_for_is_not_the_upload_with_the_same_bytes(deposit):
    content = make_pdf()
    uploaded = deposit(content=content)
    vouched = deposit(content=content, trust=TrustLevel.DIGITISED, once=True)
    assert vouched != uploaded and vouched.trust == TrustLevel.DIGITISED
    assert deposit(content=content, trust=TrustLevel.DIGITISED, once=True) == vouched


@pytest.mark.django_db(transaction=True)
def test_two_deposits_of_the_same_bytes_at_once_share_one_blob_and_one_file(deposit, citizen):
    content = make_pdf()

    def bring():
        with transaction.atomic():
            return deposit(content=content)

    at_once([bring] * 2)
    assert Document.objects.filter(owner=citizen).count() == 2
    blob = Blob.objects.get()
    folders, _files = default_storage.listdir("")
    stored = [f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]]
    assert stored == [blob.storage_key]


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_makes_one_document(deposit):
    content = make_pdf()
    at_once([lambda: deposit(content=content, once=True)] * 3)
    assert Document.objects.count() == 1


def test_without_a_scanner_a_file_is_marked_as_not_scanned(deposit):
    blob = deposit().files.get().blob
    assert (blob.scan_state, blob.scanner) == (ScanState.UNSCANNED, "none")


# --- size -------------------------------------------------------------------------------------


def test_an_empty_file_is_refused(deposit):
    assert "rỗng" in refusal_of(deposit, io.BytesIO(b""))


def test_an_oversize_file_is_refused_while_it_is_read(deposit, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    read = []

    class Endless(io.RawIOBase):
        def read(self, size=-1):
            read.append(size)
            return b"%PDF-" + b"x" * (size - 5)

    assert "1 MB" in refusal_of(deposit, Endless())
    assert sum(read) < 2 * settings.UPLOAD_MAX_BYTES


# --- type -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "cure"),
    [
        ("ảnh.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64, "hỏng"),
        ("ảnh.avif", b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif" + b"\0" * 64, "thành JPG"),
        ("chuỗi.heif", b"\x00\x00\x00\x18ftypmsf1\x00\x00\x00\x00msf1hevc" + b"\0" * 64, "thành JPG"),
        ("giấy.heic", b"\x00\x01\x02\x03", "thành JPG"),
        ("đơn.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Lưu dưới dạng > PDF"),
        ("giấy tờ.rar", b"Rar!\x1a\x07\x00" + b"\0" * 64, "giải nén"),
        ("phim.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\0" * 64, "chụp ảnh"),
        ("chạy.pdf", b"MZ\x90\x00" + b"\0" * 600, "không phải ảnh hay PDF"),
        ("trang.html", b"<html><script>alert(1)</script></html>", "Chỉ nhận PDF"),
        ("hình.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Chỉ nhận PDF"),
        ("ghi chú.txt", "chữ thường".encode(), "Chỉ nhận PDF"),
        ("không-đuôi", b"\x00\x01\x02\x03", "Chỉ nhận PDF"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_to_do(deposit, name, content, cure):
    assert cure in refusal_of(deposit, content, name)


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.mark.parametrize("name", ["đơn.docx", "đơn.pdf", "đơn.jpg", "đơn"])
def test_an_office_file_is_never_unpacked_whatever_it_hides(deposit, monkeypatch, name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", bytes(20_000_000))
        packed.writestr("word/eicar.com", EICAR)
    monkeypatch.setattr(zlib, "decompressobj", None)
    assert "PDF" in refusal_of(deposit, out.getvalue(), name)
    assert not Document.objects.exists()


def test_word_files_are_refused_by_content_too(deposit):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    assert "Word" in refusal_of(deposit, out.getvalue(), "đơn.pdf.docx")
    assert "Word" in refusal_of(deposit, out.getvalue(), "không-đuôi")


@pytest.mark.parametrize(
    ("name", "content"), [("ảnh.pdf", make_image()), ("tờ.jpg", make_pdf()), ("ảnh.docx", make_image("PNG"))]
)
def test_a_name_that_lies_about_the_family_is_refused(deposit, name, content):
    assert "đuôi" in refusal_of(deposit, content, name)


def test_a_picture_with_another_pictures_extension_gets_the_honest_one(deposit):
    file = deposit(content=make_image("PNG"), name="ảnh.JPG").files.get()
    assert (file.name, file.blob.content_type) == ("ảnh.png", "image/png")


def test_a_pdf_behind_other_bytes_is_not_a_pdf(deposit):
    assert "không phải PDF" in refusal_of(deposit, b"GIF89a;" + make_pdf())


# --- facts ------------------------------------------------------------------------------------


def test_an_unknown_type_names_the_field(deposit):
    with pytest.raises(InvalidInputError) as caught:
        deposit(type_code="GT.KHONG-CO")
    assert list(caught.value.fields) == ["type"]


@pytest.mark.parametrize(("field", "value"), [("title", "x" * 401), ("number", "9" * 61)])
def test_overlong_facts_name_the_field(deposit, field, value):
    with pytest.raises(InvalidInputError) as caught:
        deposit(**{field: value})
    assert list(caught.value.fields) == [field]


def test_control_characters_and_nul_do_not_reach_the_database(deposit):
    assert deposit(title="Giấy\x00 \u202egnort\x07").title == "Giấy gnort"


def test_a_paper_that_runs_out_by_itself_gets_its_last_day(deposit, upload_type):
    upload_type.validity_months = 6
    upload_type.save()
    assert deposit(issued_on=date(2026, 8, 31)).valid_until == date(2027, 2, 28)
    assert deposit(issued_on=date(2026, 8, 31), valid_until=date(2026, 12, 1)).valid_until == date(2026, 12, 1)


def test_a_day_beyond_the_calendar_is_no_end(deposit, upload_type):
    upload_type.validity_months = 6
    upload_type.save()
    assert deposit(trust=TrustLevel.FETCHED, issued_on=date(9999, 12, 31)).valid_until is None


def test_an_end_before_the_beginning_names_the_field(deposit):
    with pytest.raises(InvalidInputError) as caught:
        deposit(issued_on=date(2026, 8, 31), valid_until=date(2026, 8, 30))
    assert list(caught.value.fields) == ["valid_until"]


def test_bytes_are_down_before_any_row_speaks_of_them(deposit, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(FileSystemStorage, "_save", broken)
    with pytest.raises(OSError, match="disk full"), transaction.atomic():
        deposit()
    assert not Document.objects.exists()
