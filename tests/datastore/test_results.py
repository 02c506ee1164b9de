"""Issue a result: one valid document per reference, a paper that reads as written, a signature that holds."""

import asyncio
import io
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from datastore.models import Blob, Credential, Document, DocumentStatus, DocumentType, SigningKey, TrustLevel
from datastore.results import paper, rendering, service, signing
from portal.core.errors import ConflictError, NotFoundError
from tests.archives import archive_file
from tests.at_once import at_once
from tests.datastore.papers import bytes_of, text_of

pytestmark = pytest.mark.django_db


def test_the_document_says_what_was_approved(citizen, ward, birth_type, result):
    document = service.issue(owner=citizen, reference=result.dossier_code, result=result)
    assert (document.owner, document.type, document.trust) == (citizen, birth_type, TrustLevel.ISSUED)
    assert (document.title, document.number, document.issuer, document.issued_on) == (
        "Giấy khai sinh",
        "123/2026",
        ward,
        date(2026, 11, 20),
    )
    assert (document.dossier_code, document.procedure_code, document.is_listed) == (
        result.dossier_code,
        "1.001193",
        True,
    )
    assert document.files.get().name == "Giấy khai sinh 123-2026.pdf"


def test_every_word_of_the_paper_can_be_copied_and_every_font_is_inside(citizen, result):
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=result))
    text = text_of(pdf)
    words = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Tân Định, ngày 20 tháng 11 năm 2026",
        "GIẤY KHAI SINH",
        "Số: 123/2026",
        "Nguyễn Thị Ánh Dương",
        "Trần Thị Ngọc Hương",
        "Căn cứ hồ sơ số H29.126-261120-0001",
        *[part for row in result.fields for part in row],
    ]
    for word in words:
        assert word in text, word
    fonts = [font for page in PdfReader(io.BytesIO(pdf)).pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


EVERY_LETTER = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"


def test_every_vietnamese_letter_survives_in_both_families():
    sentence = f"{EVERY_LETTER} {EVERY_LETTER.upper()} 0123456789 ₫ – “”"
    html = "".join(
        f"<p style=\"font: {weight} 9pt '{family}'\">{sentence}</p>"
        for family in rendering.FACES
        for weight in (400, 700)
    )
    text = text_of(rendering.draw(f"<html lang=vi><title>x</title><body>{html}</body></html>"))
    assert text.replace(" ", "").count(sentence.replace(" ", "")) == 4


def test_a_paper_is_drawn_without_any_network(monkeypatch):
    pdf = rendering.draw(
        "<html><title>x</title><link rel=stylesheet href='http://127.0.0.1:1/a.css'>"
        "<img src='http://127.0.0.1:1/a.png'><img src='file:///etc/hostname'><p>còn chữ</p></html>"
    )
    assert "còn chữ" in text_of(pdf)


def test_markup_in_a_field_stays_text(citizen, result):
    hostile = replace(result, fields=[("Tên <b>in</b>", "<script>alert(1)</script> & <img src=x>")])
    text = text_of(bytes_of(service.issue(owner=citizen, reference="R", result=hostile)))
    assert "<script>alert(1)</script> & <img src=x>" in text


def test_a_field_without_a_value_heads_the_fields_after_it(citizen, result):
    fields = [("Người mẹ", ""), ("Dân tộc", "Tày"), ("Người cha", ""), ("Dân tộc", "Kinh")]
    text = text_of(bytes_of(service.issue(owner=citizen, reference="R", result=replace(result, fields=fields))))
    assert text.index("Người mẹ") < text.index("Tày") < text.index("Người cha") < text.index("Kinh")


def test_long_content_runs_over_pages_whole(citizen, result):
    long = replace(result, fields=[(f"Dòng {n}", "Một hai ba bốn năm " * 20) for n in range(40)])
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=long))
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 2
    assert text_of(pdf).replace(" ", "").count("Mộthaibabốnnăm") == 800


def test_the_pdf_is_an_archive_file_with_a_language(citizen, result):
    reader = archive_file(bytes_of(service.issue(owner=citizen, reference="R", result=result)))
    assert reader.metadata.title == "Giấy khai sinh"


# --- once -------------------------------------------------------------------------------------


def test_repeating_returns_the_same_document(citizen, result):
    first = service.issue(owner=citizen, reference="H29-1", result=result)
    again = service.issue(owner=citizen, reference="H29-1", result=replace(result, number="999/2026"))
    assert again == first
    assert Document.objects.count() == Credential.objects.count() == 1


def test_another_reference_is_another_result(citizen, result):
    first = service.issue(owner=citizen, reference="H29-1", result=result)
    second = service.issue(owner=citizen, reference="H29-2", result=result)
    assert first != second
    assert first.credential.public_id != second.credential.public_id


@pytest.mark.parametrize(
    "step",
    [
        "datastore.results.credential.sign",
        "datastore.results.rendering.render_pdf",
        "datastore.results.signing.sign_pdf",
        "datastore.results.keys.register",
        "datastore.services.keep",
        "datastore.models.Credential.objects.create",
    ],
)
def test_a_crash_at_any_step_ends_in_exactly_one_valid_result(step, citizen, result, monkeypatch):
    with monkeypatch.context() as broken:

        def crash(*args, **kwargs):
            raise SystemError("killed")

        broken.setattr(step, crash)
        with pytest.raises(SystemError):
            service.issue(owner=citizen, reference="H29-1", result=result)
    assert not Document.objects.exists()
    document = service.issue(owner=citizen, reference="H29-1", result=result)
    assert Document.objects.get() == document
    assert Blob.objects.count() == Credential.objects.count() == 1
    assert signing.check_pdf(bytes_of(document)).is_valid


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_result(citizen, result):
    service.issue(owner=citizen, reference="warm", result=result)
    made = at_once([lambda: service.issue(owner=citizen, reference="H29-1", result=result).pk] * 2)
    assert len(set(made)) == 1
    assert Document.objects.filter(credential__reference="H29-1").count() == 1
    assert Document.objects.count() == Blob.objects.count() == 2


def test_an_unknown_type_is_added_rather_than_the_result_lost(citizen, result):
    document = service.issue(owner=citizen, reference="R", result=replace(result, type_code="KQ.MOI", title="Giấy mới"))
    assert document.type == DocumentType.objects.get(code="KQ.MOI")
    assert document.type.name == "Giấy mới"


def test_a_result_that_runs_out_by_itself_says_so_everywhere(citizen, result, birth_type):
    birth_type.validity_months = 6
    birth_type.save()
    document = service.issue(owner=citizen, reference="R", result=result)
    assert document.valid_until == date(2027, 5, 20)
    assert "20/05/2027" in text_of(bytes_of(document))


# --- signature --------------------------------------------------------------------------------


def test_the_signature_holds_and_covers_the_whole_file(citizen, result):
    check = signing.check_pdf(bytes_of(service.issue(owner=citizen, reference="R", result=result)))
    assert check.is_valid
    assert check.signed_at is not None


def test_one_changed_byte_breaks_it(citizen, result):
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=result))
    hole = pdf.index(b"/Contents <")  # the signature's own place; what is changed there changes the digest
    for position in [*range(100, hole, hole // 12), len(pdf) - 200]:
        changed = bytearray(pdf)
        changed[position] ^= 0x01
        assert not signing.check_pdf(bytes(changed)).is_valid, position


def test_nothing_is_hidden_in_the_room_that_the_signature_leaves(citizen, result):
    pdf = bytearray(bytes_of(service.issue(owner=citizen, reference="R", result=result)))
    last = pdf.index(b">", pdf.index(b"/Contents <")) - 1
    assert pdf[last] == ord("0")
    pdf[last] = ord("8")
    assert not signing.check_pdf(bytes(pdf)).is_valid


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from one; the first is its catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return body + end % (len(objects) + 1, table, len(objects) + 1, len(body))


PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
TWICE_OVER = [b"<</T(a%d)/Kids[%d 0 R %d 0 R]>>" % (number, number + 1, number + 1) for number in range(4, 34)]


@pytest.mark.parametrize(
    "content",
    [
        pdf_of(
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", PAGES, PAGE, *TWICE_OVER, b"<</T(z)/FT/Tx>>"
        ),
        pdf_of(b"<</Type/Catalog/Pages 2 0 R/X %s>>" % (b"[" * 3000 + b"]" * 3000), PAGES, PAGE),
        b"/ByteRange [0 9 9 9]",
        b"/ByteRange [0 31 39 0]" + b" " * 9 + b"<303030>",
        b"/ByteRange [0 31 43 0]" + b" " * 9 + b"<30080601ff>",
    ],
    ids=["without end", "deep", "no hole", "no container", "odd container"],
)
def test_no_bytes_make_the_judge_stumble_or_wait(content):
    assert not signing.check_pdf(content).is_present


def test_a_file_that_speaks_of_a_hundred_thousand_signatures_takes_little_memory():
    content = b"/ByteRange [0 1 2 3]" * 100_000
    tracemalloc.start()
    try:
        assert not signing.check_pdf(content).is_present
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(content)


def test_signing_works_in_a_thread_that_runs_an_event_loop(citizen, result):
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=result))

    async def inside() -> bool:
        signed = signing.sign_pdf(rendering.draw("<title>x</title>x"), agency_name="x", location="")
        return bool(signed) and asyncio.get_running_loop().is_running()

    # In a thread of its own: the test process may itself be inside the loop of a browser.
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(asyncio.run, inside()).result()
    assert signing.check_pdf(pdf).is_valid


def test_something_added_after_signing_is_noticed(citizen, result):
    pdf = bytes_of(service.issue(owner=citizen, reference="R", result=result))
    check = signing.check_pdf(pdf + b"\n% more\n")
    assert not check.covers_whole_file
    assert not check.is_valid


def test_a_file_without_or_with_anothers_signature_is_not_trusted(citizen, result, settings, tmp_path, pdf):
    assert not signing.check_pdf(pdf()).is_present
    assert not signing.check_pdf(b"rubbish").is_present
    signed = bytes_of(service.issue(owner=citizen, reference="R", result=result))
    SigningKey.objects.filter(use="document").delete()
    check = signing.check_pdf(signed)
    assert (check.is_intact, check.is_trusted, check.is_valid) == (True, False, False)


# --- status -----------------------------------------------------------------------------------


def test_revoked_and_replaced(citizen, result):
    old = service.issue(owner=citizen, reference="1", result=result)
    new = service.issue(owner=citizen, reference="2", result=result)
    assert service.replace(old.pk, by=new, reason="Cải chính họ tên").replaced_by == new
    revoked = service.revoke(new.pk, reason="Cấp sai thẩm quyền")
    assert (revoked.status, revoked.status_reason) == (DocumentStatus.REVOKED, "Cấp sai thẩm quyền")
    changed_at = revoked.status_changed_at
    assert service.revoke(new.pk, reason="lần nữa").status_changed_at == changed_at
    with pytest.raises(ConflictError):
        service.replace(new.pk, by=old, reason="")


def test_only_results_are_revoked(deposit):
    with pytest.raises(NotFoundError):
        service.revoke(deposit().pk, reason="x")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Chủ tịch", ["CHỦ TỊCH"]),
        ("Phó Chủ tịch", ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        ("Phó Trưởng phòng", ["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"]),
        ("Phó", ["PHÓ"]),
        ("", []),
    ],
)
def test_a_deputy_signs_for_the_head(title, lines):
    assert paper.signature_lines(title) == lines
