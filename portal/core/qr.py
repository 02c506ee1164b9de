"""The QR on a paper (mã QR, ISO/IEC 18004): drawn from the library's modules as one small SVG path."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode import QRCode, constants
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

QUIET_ZONE = 4
# Any of the eight masks decodes. Trying all costs 40 ms a paper, and a signed text has no large plain areas to avoid.
MASK = 3
LETTERS_OF_VERSION_9 = 262
"""Letters, of the densest kind, that version 9 holds at M (ISO/IEC 18004, table 7): its lengths are written shorter
than those of the versions above, so that the library, beginning at version 1, encodes a longer text twice."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn QR: the picture, its version (1 to 40) and how many modules a side has, quiet zone included."""

    svg: SafeString
    version: int
    side: int


def draw(text: str, *, label: str, mask: int | None = MASK) -> Drawing:
    """Draw a text at error correction M; runs of capitals, figures and `$%*+-./:` take alphanumeric mode."""
    least = 10 if len(text) > LETTERS_OF_VERSION_9 else None
    code = QRCode(least, error_correction=constants.ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=mask)
    for part, mode in _runs(text):
        code.add_data(QRData(part, mode=mode))
    code.make(fit=True)
    rows = code.get_matrix()
    svg = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"'
        ' shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"/><path stroke="#000" d="{2}"/></svg>',
        len(rows),
        label,
        _path(rows),
    )
    return Drawing(svg, code.version, len(rows))


def _runs(text: str) -> list[tuple[bytes, int]]:
    """An address in capitals and its token are alphanumeric; the # between them, alone, needs a byte."""
    runs = []
    head, mark, tail = text.partition("#")
    for part in (head, mark, tail):
        if part:
            runs.append((part.encode(), MODE_ALPHA_NUM if _is_alphanumeric(part) else MODE_8BIT_BYTE))
    return runs


def _is_alphanumeric(part: str) -> bool:
    return all(character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" for character in part)


def _path(rows: list[list[bool]]) -> str:
    """One stroke, a module wide, for each run of dark modules in a row: half the drawing time of a rectangle each."""
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            parts.append(f"M{start} {y}.5h{x - start}")
    return "".join(parts)
