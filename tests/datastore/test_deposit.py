"""Deposit, the only way in: what is kept, once, and what is refused with words that help."""

import contextlib
import hashlib
import io
import os
import struct
import threading
import tracemalloc
import zipfile
import zlib
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from datastore import pdf_safety
from datastore.models import Blob, Document, ScanState, TrustLevel
from portal.core.errors import InvalidInputError
from tests.datastore.conftest import make_image, make_pdf

pytestmark = pytest.mark.django_db


def refusal_of(deposit, content, name="giấy.pdf"):
    """The words with which a file is refused; nothing of it may stay."""
    before = Document.objects.count(), Blob.objects.count()
    with pytest.raises(InvalidInputError) as caught:
        deposit(content=content, name=name)
    assert list(caught.value.fields) == ["file"]
    assert (Document.objects.count(), Blob.objects.count()) == before
    return str(caught.value.fields["file"][0])


def stored_bytes(document):
    with default_storage.open(document.files.get().blob.storage_key) as file:
        return file.read()


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


@pytest.mark.django_db(transaction=True)
def test_two_deposits_of_the_same_bytes_at_once_share_one_blob_and_one_file(deposit, citizen):
    content = make_pdf()
    both_ready, failures = threading.Barrier(2), []

    def run():
        try:
            with transaction.atomic():
                both_ready.wait(10)
                deposit(content=content)
        except Exception as error:  # shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert Document.objects.filter(owner=citizen).count() == 2
    blob = Blob.objects.get()
    folders, _files = default_storage.listdir("")
    stored = [f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]]
    assert stored == [blob.storage_key]


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
        ("ảnh.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64, "HEIC"),
        ("đơn.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Lưu dưới dạng > PDF"),
        ("giấy tờ.rar", b"Rar!\x1a\x07\x00" + b"\0" * 64, "giải nén"),
        ("phim.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\0" * 64, "chụp ảnh"),
        ("chạy.pdf", b"MZ\x90\x00" + b"\0" * 600, "không phải PDF"),
        ("trang.html", b"<html><script>alert(1)</script></html>", "Chỉ nhận PDF"),
        ("hình.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Chỉ nhận PDF"),
        ("ghi chú.txt", "chữ thường".encode(), "Chỉ nhận PDF"),
        ("không-đuôi", b"\x00\x01\x02\x03", "Chỉ nhận PDF"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_to_do(deposit, name, content, cure):
    assert cure in refusal_of(deposit, content, name)


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


# --- PDF --------------------------------------------------------------------------------------


def action(kind: str, key: str, value: str) -> DictionaryObject:
    """An action of a PDF, such as running a script or opening a link."""
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject(key): TextStringObject(value)})


def link_to(target: DictionaryObject) -> DictionaryObject:
    """A link on a page."""
    corners = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
    return DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Link"), NameObject("/Rect"): corners, NameObject("/A"): target}
    )


def with_javascript(writer: PdfWriter) -> None:
    script = action("/JavaScript", "/JS", "app.alert(1)")
    names = ArrayObject([TextStringObject("start"), writer._add_object(script)])
    writer.root_object[NameObject("/Names")] = DictionaryObject(
        {NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): names})}
    )


def with_open_action(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = action("/JavaScript", "/JS", "x")


def with_page_launch(writer: PdfWriter) -> None:
    launch = writer._add_object(action("/Launch", "/F", "calc.exe"))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link_to(launch))])


def with_xfa(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})


@pytest.mark.parametrize("change", [with_javascript, with_open_action, with_page_launch, with_xfa])
def test_a_pdf_that_can_run_something_is_refused(deposit, change):
    assert "mã lệnh" in refusal_of(deposit, make_pdf(change=change))


def test_scripts_hidden_in_compressed_objects_are_found(deposit):
    writer = PdfFileWriter(stream_xrefs=True)
    packed = writer.prepare_object_stream()
    script = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("x")}
    )
    writer.root[pdf_name("/OpenAction")] = writer.add_object(script, obj_stream=packed)
    blank = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=blank, media_box=(0, 0, 300, 400)))
    out = io.BytesIO()
    writer.write(out)
    assert b"/JavaScript" not in out.getvalue()
    assert "mã lệnh" in refusal_of(deposit, out.getvalue())


def test_a_locked_pdf_is_refused(deposit):
    content = make_pdf(change=lambda writer: writer.encrypt("bí mật", algorithm="RC4-128"))
    assert "mật khẩu" in refusal_of(deposit, content)


def test_a_pdf_that_carries_files_is_refused_from_people_and_taken_from_agencies(deposit, ward):
    content = make_pdf(change=lambda writer: writer.add_attachment("data.xml", b"<data/>"))
    assert "đính kèm" in refusal_of(deposit, content)
    assert deposit(content=content, trust=TrustLevel.ISSUED, issuer=ward).files.get()


def test_a_pdf_with_too_many_pages_is_refused_by_its_own_count(deposit):
    content = make_pdf().replace(b"/Count 1", b"/Count 20000")
    assert "20000 trang" in refusal_of(deposit, content)


def test_a_pdf_with_a_zip_at_its_end_is_refused(deposit):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.exe", b"MZ" * 500)
    assert "dữ liệu lạ" in refusal_of(deposit, make_pdf() + out.getvalue()[:1500])
    assert refusal_of(deposit, make_pdf() + b"\0\n" + out.getvalue() * 5)


@pytest.mark.parametrize("cut", [20, 200, -40])
def test_a_truncated_pdf_is_refused(deposit, cut):
    content = make_pdf()
    assert "PDF" in refusal_of(deposit, content[:cut])


def test_links_and_plain_forms_are_no_reason_to_refuse(deposit):
    def link(writer: PdfWriter) -> None:
        writer.pages[0][NameObject("/Annots")] = ArrayObject([link_to(action("/URI", "/URI", "https://a.vn"))])

    assert deposit(content=make_pdf(pages=3, change=link))


def test_arbitrary_rubbish_after_a_pdf_header_never_crashes():
    for seed in range(40):
        body = hashlib.sha512(str(seed).encode()).digest() * 20
        with pytest.raises(ValueError, match="PDF"):
            pdf_safety.check_pdf(io.BytesIO(b"%PDF-1.7\n" + body + b"\n%%EOF"))


# --- photos -----------------------------------------------------------------------------------


def picture_of(document):
    return Image.open(io.BytesIO(stored_bytes(document)))


def test_a_photo_loses_its_metadata_and_is_turned_upright(deposit):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned right
    exif[0x010F] = "Máy ảnh của tôi"
    exif.get_ifd(0x8825)[2] = (10.0, 46.0, 12.0)
    document = deposit(content=make_image(exif=exif), name="IMG_0001.jpeg")
    picture = picture_of(document)
    assert not picture.getexif()
    assert picture.size == (48, 64)
    assert picture.getpixel((24, 5))[0] > 200  # red is on top now
    assert document.files.get().name == "IMG_0001.jpg"


def test_bytes_glued_to_a_photo_do_not_survive(deposit):
    document = deposit(content=make_image() + b"PK\x03\x04 payload", name="ảnh.jpg")
    assert b"payload" not in stored_bytes(document)


def test_webp_becomes_jpeg_and_transparency_becomes_white(deposit):
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "WEBP", lossless=True)
    document = deposit(content=out.getvalue(), name="ảnh.webp")
    assert document.files.get().blob.content_type == "image/jpeg"
    assert picture_of(document).getpixel((10, 10)) == (255, 255, 255)


def test_a_huge_photo_becomes_a_readable_one(deposit):
    picture = picture_of(deposit(content=make_image(size=(9000, 6000)), name="ảnh.jpg"))
    assert max(picture.size) == 4000


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
def test_every_kind_of_png_is_taken(deposit, mode):
    out = io.BytesIO()
    Image.new(mode, (12, 9)).save(out, "PNG")
    assert picture_of(deposit(content=out.getvalue(), name="quét.png")).size == (12, 9)


def test_a_decompression_bomb_is_refused_by_its_header(deposit):
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    assert "quá nhiều điểm" in refusal_of(deposit, out.getvalue(), "bom.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused(deposit, kind):
    content = make_image(kind, size=(800, 600), **({"quality": 95} if kind != "PNG" else {}))
    assert "hỏng" in refusal_of(deposit, content[: len(content) // 2], f"ảnh.{kind.lower().replace('jpeg', 'jpg')}")


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


# --- files made to hurt -----------------------------------------------------------------------


def make_packed_pdf(kind: str, packed: bytes) -> bytes:
    """A PDF whose objects are announced to lie in a packed list of this kind."""
    parts = [
        b"%PDF-1.5\n",
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
        b"4 0 obj<</Type/%s/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
        % (kind.encode(), len(packed), packed),
    ]
    body = b"".join(parts)
    rows = [(0, 0, 65535), *((1, body.find(b"%d 0 obj" % number), 0) for number in (1, 2, 3, 4)), (2, 4, 0)]
    rows.append((1, len(body), 0))
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = b"6 0 obj<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + head + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def test_an_object_that_is_not_what_it_was_announced_as_is_no_error_of_ours(deposit):
    content = make_packed_pdf("X", zlib.compress(b"5 0 <<>>"))
    try:
        assert deposit(content=content).files.get().blob.content_type == "application/pdf"
    except InvalidInputError as refused:
        assert "hỏng" in str(refused.fields["file"][0])


def test_a_small_file_does_not_unpack_to_hundreds_of_megabytes(deposit):
    bomb = make_packed_pdf("ObjStm", zlib.compress(b"5 0 <<>>" + b" " * 60 * 1024 * 1024, 9))
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with contextlib.suppress(InvalidInputError):
            deposit(content=bomb)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * pdf_safety.MAX_UNPACKED_BYTES
