"""Digitising at the counter: a scan waits unseen, is checked, and is certified with a signature, or sent back."""

import io
import struct
from datetime import date

import pytest
from PIL import Image, ImageDraw, ImageFilter
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from datastore import (
    access,
    digitising,
    exporting,
    file_verifier,
    marking,
    scan_quality,
    services,
    sharing,
    sweeping,
)
from datastore.models import (
    AccessLog,
    Blob,
    Digitisation,
    DigitisationState,
    Document,
    DocumentStatus,
    TrustLevel,
)
from datastore.results import signing
from portal.accounts.models import CitizenProfile
from portal.agencies.actors import Actor, ActorKind
from portal.core.encryption import blind_index
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, UpstreamError
from portal.notifications import services as notifications
from tests.datastore.conftest import make_pdf, stored_bytes

pytestmark = pytest.mark.django_db
ALL = tuple(digitising.CHECKS)


def page(side: int = 2400, *, blank: bool = False, blurred: bool = False) -> bytes:
    """A photographed A4 page of so many points on its long side."""
    image = Image.new("L", (side * 210 // 297, side), 250)
    if not blank:
        draw = ImageDraw.Draw(image)
        for top in range(side // 10, side * 9 // 10, side // 40):
            draw.rectangle((side // 12, top, side // 2, top + side // 110), fill=15)
    if blurred:
        image = image.filter(ImageFilter.GaussianBlur(side // 40))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def desk(official_of, ward):
    return official_of(ward)


@pytest.fixture
def leader(official_of, ward):
    return official_of(ward, ActorKind.LEADER)


@pytest.fixture
def scan(desk, citizen, upload_type):
    """Scan a paper of the citizen."""

    def make(*contents: bytes, actor: Actor = desk, **facts):
        files = [(f"{number}", io.BytesIO(content)) for number, content in enumerate(contents or [make_pdf()])]
        known = {"number": "12/2019", "about": "Nguyễn Minh An", "issued_on": date(2019, 5, 6), **facts}
        return digitising.scan(actor=actor, owner=citizen, files=files, type_code=upload_type.code, **known)

    return make


def test_a_scan_waits_unseen_by_its_owner(scan, citizen):
    made = scan()
    paper, owner = made.document, Actor.citizen(citizen)
    assert made.state == DigitisationState.SCANNED
    assert not Document.objects.listed(citizen).exists()
    for deed in (
        lambda: access.get_document(paper.pk, actor=owner, purpose=""),
        lambda: access.open_file(paper.files.get().pk, actor=owner, purpose=""),
        lambda: sharing.create(paper.pk, actor=owner, purpose="Vay vốn", days=1, views=1, with_code=False),
        lambda: services.delete(paper.pk, owner),
    ):
        with pytest.raises(NotFoundError):  # whoever shows it would show it as certified
            deed()
    packed = b"".join(exporting.archive(citizen))
    assert b"giay-to/" not in packed.replace("giay-to/        các tệp".encode(), b"")


def test_a_certified_scan_is_signed_shown_and_told_of(scan, desk, citizen, ward):
    made = digitising.certify(scan().pk, actor=desk, checks=ALL)
    document = Document.objects.listed(citizen).get()
    assert (document.trust, document.about_name, document.number) == (TrustLevel.DIGITISED, "Nguyễn Minh An", "12/2019")
    check = signing.check_pdf(stored_bytes(document))
    assert check.is_valid
    assert (made.state, made.checks, made.decided_by) == (DigitisationState.CERTIFIED, list(ALL), desk.user)
    (message,) = notifications.inbox(citizen)
    assert ward.name in message.body and "Nguyễn Minh An" not in message.subject + message.body


def test_a_leader_who_certifies_anothers_scan_makes_a_certified_copy(scan, leader, desk):
    assert digitising.certify(scan().pk, actor=leader, checks=ALL).document.trust == TrustLevel.CERTIFIED
    assert digitising.certify(scan(actor=leader).pk, actor=leader, checks=ALL).document.trust == TrustLevel.DIGITISED


def test_photographed_pages_are_one_signed_paper(scan, desk):
    made = digitising.certify(scan(page(), page()).pk, actor=desk, checks=ALL)
    content = stored_bytes(made.document)
    assert content.startswith(b"%PDF") and signing.check_pdf(content).is_valid
    assert Blob.objects.filter(owner=made.document.owner).count() == 1  # the unsigned bytes are gone


@pytest.mark.parametrize("missing", ALL)
def test_nothing_is_certified_while_a_check_is_missing(scan, desk, citizen, missing):
    made = scan()
    with pytest.raises(InvalidInputError) as caught:
        digitising.certify(made.pk, actor=desk, checks=[name for name in ALL if name != missing])
    assert str(digitising.CHECKS[missing]) in str(caught.value.fields["checks"][0])
    assert not Document.objects.listed(citizen).exists()


def test_certifying_twice_signs_once(scan, desk):
    made = scan()
    digitising.certify(made.pk, actor=desk, checks=ALL)
    first = stored_bytes(Document.objects.get())
    digitising.certify(made.pk, actor=desk, checks=ALL)
    assert stored_bytes(Document.objects.get()) == first


def test_a_rejected_scan_loses_its_bytes_and_keeps_its_reason(scan, desk, citizen):
    made = scan()
    with pytest.raises(InvalidInputError):
        digitising.reject(made.pk, actor=desk, reason=" ")
    digitising.reject(made.pk, actor=desk, reason="Thiếu mặt sau")
    made.refresh_from_db()
    assert (made.state, made.reason) == (DigitisationState.REJECTED, "Thiếu mặt sau")
    assert Document.objects.get().status == DocumentStatus.DELETED and not Blob.objects.exists()
    with pytest.raises(ConflictError):
        digitising.certify(made.pk, actor=desk, checks=ALL)


def test_what_was_certified_is_not_taken_back(scan, desk):
    made = digitising.certify(scan().pk, actor=desk, checks=ALL)
    with pytest.raises(ConflictError):
        digitising.reject(made.pk, actor=desk, reason="Nhầm người")


def test_another_agency_neither_sees_nor_decides(scan, official_of, other_ward, ward):
    made = scan()
    foreign = official_of(other_ward)
    for deed in (
        lambda: digitising.get(made.pk, paths=[other_ward.path]),
        lambda: digitising.certify(made.pk, actor=foreign, checks=ALL),
        lambda: digitising.reject(made.pk, actor=foreign, reason="x"),
        lambda: access.open_file(made.document.files.get().pk, actor=foreign, purpose=""),
    ):
        with pytest.raises(NotFoundError):
            deed()
    assert digitising.get(made.pk, paths=[ward.path]) == made


def test_who_checks_reads_until_it_is_decided_and_leaves_a_row(scan, desk):
    made = scan()
    file = made.document.files.get()
    _file, stream = access.open_file(file.pk, actor=desk, purpose="")
    stream.close()
    row = AccessLog.objects.get()
    assert (row.purpose, row.dossier_code) == ("Kiểm tra bản số hóa", "")
    digitising.certify(made.pk, actor=desk, checks=ALL)
    with pytest.raises(NotFoundError):
        access.open_file(file.pk, actor=desk, purpose="")


@pytest.mark.parametrize("kind", [ActorKind.CITIZEN, ActorKind.PARTNER, ActorKind.SYSTEM])
def test_only_officials_at_work_digitise(scan, citizen, ward, kind):
    with pytest.raises(NotAllowedError):
        scan(actor=Actor(kind=kind, user=citizen, agency=ward))


def test_the_owner_is_found_by_the_number_and_an_unknown_one_says_what_to_do(citizen):
    CitizenProfile.objects.create(
        user=citizen,
        full_name="Nguyễn Thị Ánh Dương",
        personal_id="079326000123",
        personal_id_index=blind_index("079326000123"),
        confirmed_at="2026-11-01T00:00:00+07:00",
    )
    assert digitising.owner_of("079326000123") == citizen
    with pytest.raises(InvalidInputError) as caught:
        digitising.owner_of("079326000124")
    assert "VNeID" in str(caught.value.fields["personal_id"][0])


def test_a_waiting_scan_is_nobodys_leftover(scan, citizen):
    made = scan()
    Document.objects.update(created_at="2026-01-01T00:00:00+07:00")
    assert sweeping.drop_abandoned() == 0
    assert Digitisation.objects.get() == made


def test_the_owner_may_delete_what_was_digitised(scan, desk, citizen):
    made = digitising.certify(scan().pk, actor=desk, checks=ALL)
    services.delete(made.document_id, Actor.citizen(citizen))
    assert Document.objects.get().status == DocumentStatus.DELETED


def test_the_page_says_who_digitised_it(scan, desk, citizen, ward, signed_in):
    made = digitising.certify(scan().pk, actor=desk, checks=ALL)
    words = signed_in(citizen).get(f"/kho-du-lieu/{made.document_id}/").content.decode()
    assert f"{ward.name} số hóa từ Bản chính" in words


@pytest.mark.parametrize(
    ("facts", "codes"),
    [({}, set()), ({"side": 1400}, {"coarse"}), ({"blank": True}, {"blank"}), ({"blurred": True}, {"blurred"})],
)
def test_the_automatic_check_finds_what_cannot_be_read(scan, facts, codes):
    findings = scan(page(**facts), page()).findings
    assert {item["code"] for item in findings if item["page"] == 1} == codes
    assert not [item for item in findings if item["page"] == 2]
    assert len(scan_quality.words_of(findings)) == len(codes)


def test_pages_of_text_have_nothing_to_find():
    assert scan_quality.findings_of(io.BytesIO(make_pdf(pages=3))) == []


def test_a_scan_that_takes_too_long_to_look_at_is_left_to_the_official(monkeypatch):
    def drawn_at_length(writer: PdfWriter) -> None:
        drawing = StreamObject()
        drawing.set_data(b"q Q " * 200_000)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(drawing)

    content = io.BytesIO(make_pdf(change=drawn_at_length))
    monkeypatch.setattr(scan_quality, "MAX_SECONDS", 0.05)
    assert scan_quality.findings_of(content) == [{"page": 1, "code": "unread"}]


def a_jpeg_that_says_it_is_enormous() -> bytes:
    photo = io.BytesIO()
    Image.new("L", (64, 64)).save(photo, "JPEG")
    before, sizes, after = photo.getvalue().partition(b"\xff\xc0\x00\x0b\x08")
    assert sizes, "the photo tells its size"
    return before + sizes + struct.pack(">HH", 30_000, 30_000) + after[4:]


@pytest.mark.parametrize(
    ("packed", "content", "side"),
    [("/DCTDecode", a_jpeg_that_says_it_is_enormous(), 30_000), ("/JBIG2Decode", b"\x00\x00\x00\x00", 64)],
)
def test_a_picture_that_the_machine_cannot_open_is_left_to_the_official(packed, content, side):
    """Scanners that write JBIG2 are common; what opens it is a program that need not be there."""

    def with_picture(writer: PdfWriter) -> None:
        picture = StreamObject()
        picture._data = content
        facts = {"/Type": "/XObject", "/Subtype": "/Image", "/Filter": packed, "/ColorSpace": "/DeviceGray"}
        picture.update({NameObject(name): NameObject(value) for name, value in facts.items()})
        sides = {"/Width": side, "/Height": side, "/BitsPerComponent": 8}
        picture.update({NameObject(name): NumberObject(value) for name, value in sides.items()})
        drawn = DictionaryObject({NameObject("/Im0"): writer._add_object(picture)})
        writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})

    scanned = make_pdf(change=with_picture)
    assert scan_quality.findings_of(io.BytesIO(scanned)) == [{"page": 1, "code": "unread"}]
    with pytest.raises(InvalidInputError):
        marking.page_picture(io.BytesIO(scanned), "application/pdf", 1)


PROOF = "HTTPS://DICHVUCONG.GOV.VN/XM/AEAQCAIBAEAQCAIB#2KCEXIQBE4CEMFWSF34V"


def told_in_info(writer):
    writer.add_metadata({"/Keywords": PROOF})


def told_in_xmp(writer):
    stream = StreamObject()
    stream.set_data(f"<x:xmpmeta pdf:Keywords='{PROOF}'/> /Keywords ({PROOF})".encode())
    writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)


def told_on_a_page(writer):
    hidden = DictionaryObject({NameObject("/Keywords"): TextStringObject(PROOF)})
    writer.pages[0][NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): writer._add_object(hidden)})
    writer.pages[0][NameObject("/Keywords")] = TextStringObject(PROOF)


@pytest.mark.parametrize("change", [told_in_info, told_in_xmp, told_on_a_page])
def test_a_scan_is_signed_without_what_its_file_tells_beside_its_pages(scan, desk, change):
    """The QR's text of somebody's result among it would be signed by the key that signs results."""
    content = make_pdf(2, change)
    made = digitising.certify(scan(content).pk, actor=desk, checks=ALL)
    signed = stored_bytes(made.document)
    assert signing.check_pdf(signed).is_valid and len(PdfReader(io.BytesIO(signed)).pages) == 2
    assert b"AEAQCAIBAEAQCAIB" in content and b"AEAQCAIBAEAQCAIB" not in signed
    assert file_verifier.credential_of(content) or change is told_on_a_page
    assert file_verifier.credential_of(signed) == ""


def test_what_an_earlier_revision_told_is_not_signed_either(scan, desk):
    writer = PdfWriter(io.BytesIO(make_pdf(1, told_in_info)), incremental=True)
    writer.add_metadata({"/Keywords": "x"})
    out = io.BytesIO()
    writer.write(out)
    assert b"AEAQCAIBAEAQCAIB" in out.getvalue()
    made = digitising.certify(scan(out.getvalue()).pk, actor=desk, checks=ALL)
    assert b"AEAQCAIBAEAQCAIB" not in stored_bytes(made.document)


def test_a_scan_that_tells_a_results_text_within_its_drawing_is_not_signed(scan, desk):
    def draw(writer):
        stream = StreamObject()
        stream.set_data(f"% /Keywords ({PROOF})\n".encode())
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    made = scan(make_pdf(1, draw))
    with pytest.raises(UpstreamError):
        digitising.certify(made.pk, actor=desk, checks=ALL)
    made.refresh_from_db()
    assert made.state == DigitisationState.SCANNED
