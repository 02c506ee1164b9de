"""A copy that says what it is for (bản sao có dấu chìm): for identity papers that leave one's hands.

A photo of an identity paper is what loans are taken out with in somebody else's name. The copy carries its purpose, its
day and its number of the store across every page; it is a picture of the paper, so a digital signature does not hold on
it, which the page says.
"""

import io
from functools import lru_cache
from html import escape
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject, StreamObject

from datastore.pdf_safety import NONSENSE
from datastore.results import rendering
from portal.core.errors import InvalidInputError
from portal.core.time_bounds import OvertimeError, bounded

MAX_SECONDS = 8.0
"""Three hundred scanned pages take two."""
A4_LONG_POINTS = 842.0
SIDE_MOST = 2000
QUALITY = 80
REPEATS = 40
LETTERS = 22
"""Points on an A4 page."""
PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Dấu chìm</title><style>
@page {{ size: {page}pt {page}pt; margin: 0; background: none; }}
html, body {{ background: none; margin: 0; }}
div {{ position: absolute; left: -{half}pt; top: -{half}pt; width: {side}pt; height: {side}pt; overflow: hidden;
  transform: rotate(-30deg); font: 600 {size}pt/{line}pt "Be Vietnam Pro"; color: rgba(160, 20, 40, .28); }}
</style></head><body><div>{text}</div></body></html>"""

BROKEN = _("Không làm được bản có dấu chìm từ tệp này. Hãy tải bản thường và tự ghi mục đích lên đó.")
MARK = "/DauChimCuaCong"
"""The mark's name among what a page draws with: one that no other program gives."""


def stamped(stream: IO[bytes], content_type: str, *, words: str) -> bytes:
    """Return a PDF of a stored file with these words across every page; raises InvalidInputError where it cannot be.

    What a page draws is not read, only set between two other parts: a few kilobytes may unpack to an hour's work.
    """
    drawn = _mark(words)
    try:
        paper = stream if content_type == "application/pdf" else _as_pdf(stream)
        return bounded(lambda: _marked(paper, drawn), seconds=MAX_SECONDS)
    except (*NONSENSE, OvertimeError) as error:
        raise InvalidInputError(BROKEN) from error


def _marked(paper: IO[bytes], drawn: bytes) -> bytes:
    reader, writer = PdfReader(paper, strict=False), PdfWriter()
    # Drawn once: three hundred pages of as many sizes would hold up everybody's papers for a minute.
    mark = _as_form_xobject(PdfReader(io.BytesIO(drawn)).pages[0], writer)
    before = writer._add_object(_drawing(b"q\n"))
    for original in reader.pages:
        _cover(writer.add_page(original), mark, before, writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _cover(page: PageObject, mark: IndirectObject, before: IndirectObject, writer: PdfWriter) -> None:
    """Draw the mark over a page, upright however the page is turned when it is shown."""
    box = page.mediabox
    larger = max(float(box.width), float(box.height), 1.0) / A4_LONG_POINTS
    half = A4_LONG_POINTS / 2
    place = (
        Transformation()
        .translate(-half, -half)
        .rotate(page.rotation)
        .translate(half, half)
        .scale(larger, larger)
        .translate(float(box.left), float(box.bottom))
    )
    numbers = " ".join(f"{number:.4f}" for number in place.ctm)
    after = writer._add_object(_drawing(f"\nQ\nq {numbers} cm {MARK} Do Q\n".encode()))
    drawn = page.get("/Contents", ArrayObject()).get_object()
    parts = list(drawn) if isinstance(drawn, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([before, *parts, after])
    _inner(_inner(page, "/Resources"), "/XObject")[NameObject(MARK)] = mark


def _as_form_xobject(page: PageObject, writer: PdfWriter) -> IndirectObject:
    """A page as something that other pages draw (ISO 32000-1, 8.10)."""
    contents = page.get_contents()
    picture = _drawing(contents.get_data() if contents is not None else b"")
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(page.mediabox),
            NameObject("/Resources"): page["/Resources"].clone(writer),
        }
    )
    return writer._add_object(picture)


def _drawing(data: bytes) -> StreamObject:
    made = StreamObject()
    made.set_data(data)
    return made


def _inner(outer: DictionaryObject, name: str) -> DictionaryObject:
    """A dictionary within another one, made where it is missing."""
    found = outer.get(name, NullObject()).get_object()
    if not isinstance(found, DictionaryObject):
        found = outer[NameObject(name)] = DictionaryObject()
    return found


def _as_pdf(stream: IO[bytes]) -> IO[bytes]:
    with Image.open(stream) as opened:
        opened.thumbnail((SIDE_MOST, SIDE_MOST))
        picture: Any = opened.convert("RGB")
    out = io.BytesIO()
    picture.save(out, "PDF", quality=QUALITY, resolution=max(picture.size) * 72 / A4_LONG_POINTS)
    out.seek(0)
    return out


@lru_cache(maxsize=16)
def _mark(words: str) -> bytes:
    """One square page of nothing but the words, again and again, aslant; as wide as an A4 page is long."""
    side = 4 * round(A4_LONG_POINTS)
    text = "".join(f"<p>{_line(words, number)}</p>" for number in range(REPEATS))
    return rendering.draw(
        PAGE.format(page=A4_LONG_POINTS, side=side, half=side // 4, size=LETTERS, line=LETTERS * 4, text=text)
    )


def _line(words: str, number: int) -> str:
    """A line of the words; every second one begins elsewhere, so that no crop is without them."""
    shift = "&nbsp;" * (0, 9, 4)[number % 3]
    return shift + "&nbsp;&nbsp;•&nbsp;&nbsp;".join([escape(words).replace(" ", "&nbsp;")] * 6)
