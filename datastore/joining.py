"""Several photographed pages as one paper: each page clean, straightened, in the given order, in one PDF.

What Pillow alone can do, and no more: a page that lies up to TURN_MOST degrees askew is turned so that its lines run
level. A page photographed from the side keeps its perspective, and the table around it stays: the form says how to
take a photo that needs neither (docs/assumptions.md).
"""

import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, cast

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageChops, ImageFilter
from pypdf import PdfWriter

from datastore import intake
from portal.core.errors import InvalidInputError

PAGES_MOST = 30
PAGE_SIDE = 2400  # an A4 page at 205 dpi: small print stays readable, thirty pages fit into one file
PAGE_QUALITY = 80
A4_LONG_INCHES = 297 / 25.4

TURN_MOST = 8.0
"""Degrees; what lies more askew was photographed so on purpose, or is no page of text."""
TURN_LEAST = 0.3
CLEARLY_BETTER = 1.06
"""How much sharper the lines must become before a page is turned: a picture without lines is left alone."""
_LOOKED_AT = 640

TOO_MANY = _("Bạn chọn %(count)d ảnh; mỗi giấy tờ nhận tối đa %(limit)d trang. Hãy tách thành nhiều giấy tờ.")


def join(photos: Sequence[tuple[str, IO[bytes]]]) -> IO[bytes]:
    """Return one PDF of these photos (name and bytes), a page each; raises InvalidInputError naming the page at fault.

    Each photo passes the same inspection as a file of its own. The same photos give the same bytes, so that a form
    sent twice makes one document.
    """
    if len(photos) > PAGES_MOST:
        raise intake.refusal(TOO_MANY % {"count": len(photos), "limit": PAGES_MOST})
    writer = PdfWriter()
    for number, (name, photo) in enumerate(photos, 1):
        try:
            with intake.inspected(photo, name) as clean, Image.open(clean.stream) as opened:
                writer.append(_page(opened))
        except InvalidInputError as error:
            raise intake.refusal(_("Trang %(number)d: %(why)s") % {"number": number, "why": error.message}) from error
    target = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=intake.IN_MEMORY_BYTES))  # noqa: SIM115 - handed to the caller
    writer.write(target)
    target.seek(0)
    return target


def straightened(image: Image.Image) -> Image.Image:
    """The page with its lines level, where they can be told; else the page as it is."""
    angle = skew_of(image)
    if abs(angle) < TURN_LEAST:
        return image
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def skew_of(image: Image.Image) -> float:
    """By how many degrees to turn a page (counter-clockwise) until its lines run level; 0.0 where none are seen.

    Lines of print make dark and light rows: the angle at which the rows differ most is the one at which they are level.
    """
    ink = _ink(image)
    as_it_is = _contrast(ink)
    coarse = _sharpest(ink, (step * 1.0 for step in range(-int(TURN_MOST), int(TURN_MOST) + 1)))
    best, score = _sharpest(ink, (coarse[0] + step * 0.2 for step in range(-5, 6)))
    return best if score > as_it_is * CLEARLY_BETTER and abs(best) <= TURN_MOST else 0.0


def _page(image: Image.Image) -> IO[bytes]:
    image.thumbnail((PAGE_SIDE, PAGE_SIDE))
    plain = straightened(image if image.mode in {"L", "RGB"} else image.convert("RGB"))
    out = io.BytesIO()
    plain.save(out, "PDF", quality=PAGE_QUALITY, resolution=max(plain.size) / A4_LONG_INCHES)
    out.seek(0)
    return out


def _ink(image: Image.Image) -> Image.Image:
    """What is darker than its surroundings, white on black: shadows and the table's colour drop out."""
    small = image.convert("L")
    small.thumbnail((_LOOKED_AT, _LOOKED_AT))
    return ImageChops.subtract(small.filter(ImageFilter.BoxBlur(12)), small, scale=0.5)


def _sharpest(ink: Image.Image, angles: Iterable[float]) -> tuple[float, float]:
    scores = ((angle, _contrast(ink.rotate(angle, Image.Resampling.BILINEAR))) for angle in angles)
    return max(scores, key=lambda pair: (pair[1], -abs(pair[0])))


def _contrast(ink: Image.Image) -> float:
    """How much neighbouring rows differ, within the middle that a turn does not cut off."""
    width, height = ink.size
    middle = ink.crop((width // 8, height // 8, width - width // 8, height - height // 8))
    rows = middle.resize((1, middle.height), Image.Resampling.BOX).tobytes()
    return float(sum((one - two) ** 2 for one, two in zip(rows, rows[1:], strict=False)))
