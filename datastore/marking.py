"""Where a paper is wrong, drawn on its page (đánh dấu trên giấy): a box on a photo, or on a page that is a scan."""

import io
import warnings
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError
from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from datastore.images import MAX_PIXELS
from portal.core.errors import InvalidInputError

WHOLE = 1000
"""A box is told in per mille of the page's width and height, from its top left."""
LEAST = 5
LONGEST_SIDE = 2000
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
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if page < 1 or (page > 1 and content_type != "application/pdf"):
                raise IndexError
            if content_type == "application/pdf":
                return _scan(PdfReader(stream).pages[page - 1])
            with Image.open(stream, formats=["JPEG", "PNG"]) as opened:
                return ImageOps.exif_transpose(opened).convert("RGB")
    except (
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        PyPdfError,
        UnidentifiedImageError,
        ArithmeticError,
        AttributeError,
        LookupError,
        NotImplementedError,
        OSError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:  # whatever a stranger's file makes the readers say: it is no page to draw on
        raise InvalidInputError(NO_PICTURE, fields={"page": [NO_PICTURE]}) from error


def _scan(page: PageObject) -> Image.Image:
    """The one picture that fills a page, turned as the page is; raises ValueError for a page that is something else."""
    if len(page.images) != 1:
        raise ValueError("no scan")
    picture = page.images[0].image
    if picture is None or picture.width * picture.height > MAX_PIXELS["JPEG"]:
        raise ValueError("no scan")
    shape = float(page.mediabox.width) / float(page.mediabox.height)
    if abs(picture.width / picture.height / shape - 1) > SAME_SHAPE:
        raise ValueError("a picture on a page")
    return picture.convert("RGB").rotate(-(page.rotation or 0), expand=True)


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
