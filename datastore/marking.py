"""Where a paper is wrong, drawn on its page (đánh dấu trên giấy): a box on a photo, or on a page that is a scan."""

import io
import warnings
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError
from pypdf import PageObject, PdfReader, apply_configuration
from pypdf.generic import DictionaryObject, StreamObject

from datastore.pdf_safety import MAX_OBJECTS, NONSENSE, READ_AT_MOST, UNPACKED_AT_MOST
from portal.core.errors import InvalidInputError
from portal.core.time_bounds import OvertimeError, bounded

WHOLE = 1000
"""A box is told in per mille of the page's width and height, from its top left."""
LEAST = 5
LONGEST_SIDE = 2000
MAX_SECONDS = 5.0
MAX_PIXELS = 40_000_000
"""Of the picture of a page, asked before it is unpacked: an A4 page at 600 dpi has 35 million."""
FORMS_DEEP = 4
"""So many drawings within drawings (ISO 32000-1, 8.10) a scan lies in at most."""
SAME_SHAPE = 0.05
"""How far the sides of a scan may differ from those of its page."""
NO_PICTURE = _("Trang này không phải ảnh chụp nên không đánh dấu được. Hãy chụp màn hình rồi tải ảnh lên.")
RED, HALO = (179, 38, 30), (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in per mille of its sides; it lies on the page and has some size."""

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        """Raise ValueError for one that does not lie on the page."""
        fits = self.left + self.width <= WHOLE and self.top + self.height <= WHOLE
        if min(self.left, self.top) < 0 or min(self.width, self.height) < LEAST or not fits:
            raise ValueError("a box lies on its page")


def page_picture(stream: IO[bytes], content_type: str, page: int) -> Image.Image:
    """The picture of a page, counted from 1, as it is looked at; a photo has one page.

    Raises InvalidInputError with field "page" for a page that there is not, or that is no scan.
    """
    try:
        if page < 1 or (page > 1 and content_type != "application/pdf"):
            raise IndexError
        read = _scanned if content_type == "application/pdf" else _photo
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return bounded(lambda: read(stream, page), seconds=MAX_SECONDS)
    except (
        *NONSENSE,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OvertimeError,
        UnidentifiedImageError,
    ) as error:  # whatever a stranger's file makes the readers say: it is no page to draw on
        raise InvalidInputError(NO_PICTURE, fields={"page": [NO_PICTURE]}) from error


def _photo(stream: IO[bytes], _page: int) -> Image.Image:
    with Image.open(stream, formats=["JPEG", "PNG"]) as opened:
        _require_size(opened.width, opened.height)
        return _small(ImageOps.exif_transpose(opened))


def _scanned(stream: IO[bytes], page: int) -> Image.Image:
    with apply_configuration(**READ_AT_MOST):
        reader = PdfReader(stream, strict=False, xref_stream_maximum_entries=MAX_OBJECTS)
        return _scan(reader.pages[page - 1])


def _scan(page: PageObject) -> Image.Image:
    """The one picture that fills a page, turned as the page is; raises ValueError for a page that is something else.

    What the page draws is not read: a few kilobytes may unpack to an hour's work. Nor is a picture unpacked before its
    size was asked, or further than that size goes.
    """
    found = _pictures_of(page, FORMS_DEEP)
    if len(found) != 1:
        raise ValueError("no scan")
    width, height = (int(str(found[0][name])) for name in ("/Width", "/Height"))
    _require_size(width, height)
    shape = float(page.mediabox.width) / float(page.mediabox.height)
    if abs(width / height / shape - 1) > SAME_SHAPE:
        raise ValueError("a picture on a page")
    at_most: dict[str, Any] = dict.fromkeys(UNPACKED_AT_MOST, height * (4 * width + 1))
    with apply_configuration(**at_most):
        picture = found[0].decode_as_image()
    if picture is None:
        raise ValueError("no scan")
    _require_size(picture.width, picture.height)  # of a JPEG in it, which says its own
    return _small(picture).rotate(-(page.rotation or 0), expand=True)


def _pictures_of(drawing: DictionaryObject, deep: int) -> list[StreamObject]:
    """The pictures that a page names, or a drawing within it; raises ValueError for more than one."""
    resources = drawing.get("/Resources", DictionaryObject()).get_object()
    named = resources.get("/XObject", DictionaryObject()).get_object() if deep else DictionaryObject()
    found: list[StreamObject] = []
    for name in named:
        entry = named[name]
        if isinstance(entry, StreamObject):
            found += [entry] if entry.get("/Subtype") == "/Image" else _pictures_of(entry, deep - 1)
        if len(found) > 1:
            raise ValueError("no scan")
    return found


def _require_size(width: int, height: int) -> None:
    if min(width, height) < 1 or width * height > MAX_PIXELS:
        raise ValueError("no size of a page")


def _small(picture: Image.Image) -> Image.Image:
    """In colours, and no side longer than is drawn: whoever turns and copies it copies little."""
    coloured = picture if picture.mode == "RGB" else picture.convert("RGB")
    coloured.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return coloured


def as_jpeg(picture: Image.Image, box: Box | None = None) -> bytes:
    """The picture as JPEG, no side longer than LONGEST_SIDE, with the box drawn on it."""
    drawn = picture.copy()
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if box is not None:
        pen = max(2, max(drawn.size) // 250)
        x, y = drawn.width * box.left // WHOLE, drawn.height * box.top // WHOLE
        right, bottom = x + drawn.width * box.width // WHOLE, y + drawn.height * box.height // WHOLE
        frame = ImageDraw.Draw(drawn)
        frame.rectangle((x - pen, y - pen, right + pen, bottom + pen), outline=HALO, width=pen)
        frame.rectangle((x, y, max(right, x + pen), max(bottom, y + pen)), outline=RED, width=pen)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return out.getvalue()
