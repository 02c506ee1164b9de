"""PDFs whose bytes say something else than their list of contents: packed small, announced wrongly, a zip besides."""

import contextlib
import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from datastore import pdf_safety
from portal.core.errors import InvalidInputError
from tests.datastore.conftest import make_pdf, refusal_of
from tests.datastore.pdf_bytes import make_packed_pdf

pytestmark = pytest.mark.django_db


def test_a_pdf_with_a_zip_at_its_end_is_refused(deposit):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.exe", b"MZ" * 500)
    assert "dữ liệu lạ" in refusal_of(deposit, make_pdf() + out.getvalue()[:1500])
    assert refusal_of(deposit, make_pdf() + b"\0\n" + out.getvalue() * 5)


def test_a_pdf_that_opens_as_a_zip_too_is_refused(deposit):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.exe", b"MZ" * 500)
    plain = make_pdf()
    head, _break, rest = plain.partition(b"\n")
    rest = b"\n" + rest
    # A line of comment hides it from PDF readers, its own comment hides the PDF from those of ZIP files.
    hidden = out.getvalue()[:-2] + len(rest).to_bytes(2, "little")
    both = head + b"\n%" + hidden + rest
    assert zipfile.is_zipfile(io.BytesIO(both))
    assert "vừa là PDF vừa là tệp nén" in refusal_of(deposit, both)
    # A large archive says where its directory lies in a record of its own, before the end.
    end = hidden.index(pdf_safety.ZIP_END)
    directory = int.from_bytes(hidden[end + 12 : end + 16], "little")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, directory, end - directory)
    locator = struct.pack("<4sIQI", pdf_safety.ZIP64_LOCATOR, 0, end, 1)
    marked = hidden[end : end + 8] + b"\xff" * 12 + hidden[end + 20 :]
    large = head + b"\n%" + hidden[:end] + record + locator + marked + rest
    assert zipfile.ZipFile(io.BytesIO(large)).namelist() == ["payload.exe"]
    assert "vừa là PDF vừa là tệp nén" in refusal_of(deposit, large)


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


def test_a_list_of_more_objects_than_a_paper_has_is_not_read_to_its_end(deposit):
    pages = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
    ]
    body, places = b"%PDF-1.5\n", []
    for page in pages:
        places.append(len(body))
        body += page
    free = pdf_safety.MAX_OBJECTS + 1
    table = struct.pack(">BIH", 0, 0, 65535) + b"".join(struct.pack(">BIH", 1, place, 0) for place in places)
    packed = zlib.compress(table + struct.pack(">BIH", 0, 0, 0) * free, 9)
    head = b"4 0 obj<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n"
    end = b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    content = body + head % (4 + free, len(packed)) + packed + end
    assert len(content) < 5_000
    assert "hỏng" in refusal_of(deposit, content)
