"""PDF files that run, hide or lie, and what is no reason to refuse one."""

import hashlib
import io
import zlib
from collections.abc import Callable

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from datastore import pdf_safety
from datastore.models import TrustLevel
from tests.datastore.conftest import make_pdf, refusal_of
from tests.datastore.pdf_bytes import make_packed_pdf, pdf_of

pytestmark = pytest.mark.django_db

Change = Callable[[PdfWriter], None]


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


def with_a_film(writer: PdfWriter) -> None:
    film = DictionaryObject({NameObject("/Subtype"): NameObject("/3D")})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(film)])


@pytest.mark.parametrize("change", [with_javascript, with_open_action, with_page_launch, with_xfa, with_a_film])
def test_a_pdf_that_can_run_something_is_refused(deposit, change):
    assert "mã lệnh" in refusal_of(deposit, make_pdf(change=change))


def on_opening(started: DictionaryObject) -> Change:
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(started)

    return change


def on_turning_to_a_page(started: DictionaryObject) -> Change:
    def change(writer: PdfWriter) -> None:
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): started})

    return change


def after_a_place(started: DictionaryObject) -> Change:
    """What an action that only shows a page leads to."""
    first = action("/GoTo", "/D", "start")
    first[NameObject("/Next")] = ArrayObject([started])
    return on_opening(first)


def on_a_link_at_once(started: DictionaryObject) -> Change:
    def change(writer: PdfWriter) -> None:
        link = link_to(action("/GoTo", "/D", "start"))
        link[NameObject("/PA")] = started
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])

    return change


def within_events_of_their_own(started: DictionaryObject) -> Change:
    def change(writer: PdfWriter) -> None:
        events = writer._add_object(DictionaryObject({NameObject("/WC"): writer._add_object(started)}))
        writer.root_object[NameObject("/AA")] = events

    return change


@pytest.mark.parametrize(
    "when", [on_opening, on_turning_to_a_page, after_a_place, on_a_link_at_once, within_events_of_their_own]
)
@pytest.mark.parametrize("kind", ["/URI", "/GoToR", "/Thread", "/Launch", "/SubmitForm"])
def test_a_pdf_that_goes_elsewhere_by_itself_is_refused(deposit, when, kind):
    refused = refusal_of(deposit, make_pdf(change=when(action(kind, "/F", "https://a.vn/x.pdf"))))
    assert ("mã lệnh" if kind in {"/Launch", "/SubmitForm"} else "tự mở") in refused


def test_a_pdf_that_opens_at_a_place_of_its_own_is_taken(deposit):
    assert deposit(content=make_pdf(change=on_opening(action("/GoTo", "/D", "start"))))
    assert deposit(content=make_pdf(change=on_turning_to_a_page(action("/Named", "/N", "FirstPage"))))

    def at_a_page(writer: PdfWriter) -> None:
        place = ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])
        writer.root_object[NameObject("/OpenAction")] = place

    assert deposit(content=make_pdf(change=at_a_page))


@pytest.mark.parametrize("name", ["/AA", "/PA", "/OpenAction"])
def test_a_drawing_that_is_called_like_a_trigger_is_none(deposit, name):
    def drawn(writer: PdfWriter) -> None:
        drawing = StreamObject()
        drawing.set_data(b"0 0 m")
        drawing[NameObject("/Subtype")] = NameObject("/Form")
        drawing[NameObject("/BBox")] = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
        drawing[NameObject("/Group")] = DictionaryObject({NameObject("/S"): NameObject("/Transparency")})
        drawings = DictionaryObject({NameObject(name): writer._add_object(drawing)})
        writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawings})

    assert deposit(content=make_pdf(change=drawn))


def test_a_script_in_a_catalogue_without_a_number_is_found(deposit):
    root = b"/Root <</Type/Catalog/Pages 1 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
    plain = make_pdf()
    table, found = (
        plain.rindex(b"xref\n", 0, plain.rindex(b"startxref")),
        PdfReader(io.BytesIO(plain)).trailer.raw_get("/Root"),
    )
    named = b"/Root %d 0 R" % found.idnum
    assert named in plain[table:]
    pages = b"/Pages %d 0 R" % PdfReader(io.BytesIO(plain)).root_object.raw_get("/Pages").idnum
    hidden = plain[:table] + plain[table:].replace(named, root.replace(b"/Pages 1 0 R", pages))
    assert len(PdfReader(io.BytesIO(hidden)).pages) == 1
    assert "mã lệnh" in refusal_of(deposit, hidden)


@pytest.mark.parametrize("spelling", [(b"/Java#53cript", b"/J#53"), (b"/#4a#61vaScr#69pt", b"/#4A#53")])
def test_a_script_whose_names_are_written_in_figures_is_found(deposit, spelling):
    hidden = make_pdf(change=with_javascript).replace(b"/JavaScript", spelling[0]).replace(b"/JS", spelling[1])
    assert b"/JS" not in hidden and "mã lệnh" in refusal_of(deposit, hidden)


def with_a_launch_that_follows(writer: PdfWriter) -> None:
    first = action("/GoTo", "/D", "trang 1")
    first[NameObject("/Next")] = ArrayObject([action("/Launch", "/F", "calc.exe")])
    writer.root_object[NameObject("/OpenAction")] = first


def with_a_script_of_a_field(writer: PdfWriter) -> None:
    script = StreamObject()
    script.set_data(b"app.alert(1)")
    run = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): writer._add_object(script)})
    field = DictionaryObject({NameObject("/AA"): DictionaryObject({NameObject("/K"): writer._add_object(run)})})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(field)])


@pytest.mark.parametrize("change", [with_a_launch_that_follows, with_a_script_of_a_field])
def test_what_follows_an_action_and_what_a_field_runs_is_found(deposit, change):
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


@pytest.mark.parametrize("password", ["bí mật", ""])  # with the empty one every viewer opens it, locked all the same
def test_a_locked_pdf_is_refused(deposit, password):
    content = make_pdf(change=lambda writer: writer.encrypt(password, owner_password="x", algorithm="RC4-128"))
    assert "mật khẩu" in refusal_of(deposit, content)


def test_a_pdf_that_carries_files_is_refused_from_people_and_taken_from_agencies(deposit, ward):
    content = make_pdf(change=lambda writer: writer.add_attachment("data.xml", b"<data/>"))
    assert "đính kèm" in refusal_of(deposit, content)
    assert deposit(content=content, trust=TrustLevel.ISSUED, issuer=ward).files.get()


def test_a_file_pinned_to_a_page_is_found_whatever_it_calls_itself(deposit):
    def pinned(writer: PdfWriter) -> None:
        program = StreamObject()
        program.set_data(b"MZ")
        leads = DictionaryObject({NameObject("/UF"): writer._add_object(program)})
        file = DictionaryObject(
            {NameObject("/F"): TextStringObject("a.exe"), NameObject("/EF"): writer._add_object(leads)}
        )
        pin = DictionaryObject({NameObject("/Subtype"): NameObject("/FileAttachment"), NameObject("/FS"): file})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(pin)])

    content = make_pdf(change=pinned)
    assert b"EmbeddedFile" not in content
    assert "đính kèm" in refusal_of(deposit, content)


def test_a_pdf_with_too_many_pages_is_refused_by_its_own_count(deposit):
    content = make_pdf().replace(b"/Count 1", b"/Count 20000")
    assert "20000 trang" in refusal_of(deposit, content)


def test_twenty_thousand_pages_under_a_count_of_one_are_refused(deposit, monkeypatch):
    monkeypatch.setattr(pdf_safety, "MAX_SECONDS", 600.0)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 20_003))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[%s]>>" % kids, *[page] * 20_000]
    assert "tối đa 300 trang" in refusal_of(deposit, pdf_of(objects))


def test_a_few_nodes_that_lead_to_a_million_pages_are_refused(deposit, monkeypatch):
    twice = [b"<</Type/Pages/Count 1/Kids[%d 0 R %d 0 R]>>" % (number, number) for number in range(3, 33)]
    content = pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", *twice, b"<</Type/Page/MediaBox[0 0 9 9]>>"])
    monkeypatch.setattr(pdf_safety, "MAX_SECONDS", 600.0)
    assert len(content) < 3_000 and "hỏng" in refusal_of(deposit, content)


def test_a_pdf_that_takes_too_long_to_read_is_refused(deposit, monkeypatch):
    monkeypatch.setattr(pdf_safety, "MAX_SECONDS", 0.05)
    objects = 40_000
    head = b" ".join(b"%d %d" % (10 + number, 3 * number) for number in range(objects))
    packed = zlib.compress(head + b" " + b"1  " * objects)
    assert "phức tạp" in refusal_of(deposit, make_packed_pdf("ObjStm", packed, objects=objects, first=len(head) + 1))


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
