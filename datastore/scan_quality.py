"""Whether a scan can be read (kiểm tra chất lượng bản quét): measured; a finding warns, an official decides."""

from collections.abc import Iterator
from typing import IO, Any, TypedDict

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFilter, ImageStat
from pypdf import PdfReader

from datastore.images import MAX_PIXELS
from datastore.pdf_safety import NONSENSE
from portal.core.time_bounds import OvertimeError, bounded

DPI_LEAST = 200
"""Resolution below which small print is lost (`K`: the archives' rule for black and white text)."""
PAGES_LOOKED_AT = 20
MAX_SECONDS = 10.0
"""For all of them; what is still unread then, an official looks at without the machine's help."""
SIDE_LOOKED_AT = 1000
BLANK_BELOW = 4.0
STRONGEST_EDGE_BELOW = 60
"""Of 255: print has at least some sharp edges, however little of it stands on the page."""
_BORDER = 4
POINTS_AN_INCH = 72

WORDS = {
    "coarse": _("Độ phân giải dưới 200 dpi: chữ nhỏ có thể không đọc được"),
    "blank": _("Trang trắng hoặc gần như trắng"),
    "blurred": _("Ảnh mờ, nét chữ nhòe"),
    "unread": _("Máy không mở được hình của trang để kiểm tra"),
}


class Finding(TypedDict):
    """What was found on a page, counted from one."""

    page: int
    code: str


def findings_of(stream: IO[bytes]) -> list[Finding]:
    """Look at the scanned pages of a PDF; pages of text and drawings have nothing to find."""
    found: list[Finding] = []
    looked_at: list[int] = []

    def look() -> None:
        for number, page in enumerate(PdfReader(stream, strict=False).pages[:PAGES_LOOKED_AT], 1):
            looked_at.append(number)
            found.extend([Finding(page=number, code=code) for code in _page(page)])

    stream.seek(0)
    try:
        bounded(look, seconds=MAX_SECONDS)
    except (*NONSENSE, Image.DecompressionBombError, OvertimeError):
        found.append(Finding(page=len(looked_at) or 1, code="unread"))
    return found


def words_of(findings: list[Any]) -> list[str]:
    """The findings as lines for the official."""
    return [
        str(_("Trang %(page)s: %(what)s") % {"page": item.get("page"), "what": WORDS.get(item.get("code"), "")})
        for item in findings
    ]


def _page(page: Any) -> Iterator[str]:
    pictures = list(page.images)
    if len(pictures) != 1:  # a scan is one picture a page
        return
    try:
        picture: Image.Image | None = pictures[0].image
        if picture is None or picture.width * picture.height > MAX_PIXELS["JPEG"]:
            yield "unread"
            return
        yield from _picture(picture, max(float(page.mediabox.width), float(page.mediabox.height)))
    except (*NONSENSE, Image.DecompressionBombError):
        yield "unread"


def _picture(picture: Image.Image, longest_points: float) -> Iterator[str]:
    if max(picture.size) / (longest_points / POINTS_AN_INCH) < DPI_LEAST:
        yield "coarse"
    grey = picture.convert("L")
    if min(grey.size) < 10 * _BORDER:
        return
    grey.thumbnail((SIDE_LOOKED_AT, SIDE_LOOKED_AT))
    if ImageStat.Stat(grey).stddev[0] < BLANK_BELOW:
        yield "blank"
    elif _strongest_edge(grey) < STRONGEST_EDGE_BELOW:
        yield "blurred"


def _strongest_edge(grey: Image.Image) -> float:
    edges = grey.filter(ImageFilter.FIND_EDGES)
    inner = edges.crop((_BORDER, _BORDER, edges.width - _BORDER, edges.height - _BORDER))  # the rim is no edge
    return float(inner.getextrema()[1])  # type: ignore[arg-type]  # of a grey picture: lowest and highest
