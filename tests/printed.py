"""A PDF as a reader sees it, by a renderer that had no part in drawing it: where letters stand, their size and face."""

import math
import re
from collections.abc import Iterator
from contextlib import closing
from ctypes import byref, c_char, c_double, c_int
from dataclasses import dataclass

import pypdfium2
from PIL.Image import Image
from pypdfium2 import raw

MM = 25.4 / 72
"""Millimetres of a point."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter on a page; places in mm from the top left corner of the page."""

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    baseline: float
    size_pt: float
    face: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where some words stand, on as many lines as they take."""

    letters: tuple[Letter, ...]

    @property
    def page(self) -> int:
        """The page of the first letter, from 0."""
        return self.letters[0].page

    @property
    def left(self) -> float:
        return min(letter.left for letter in self.letters)

    @property
    def right(self) -> float:
        return max(letter.right for letter in self.letters)

    @property
    def top(self) -> float:
        return min(letter.top for letter in self.letters)

    @property
    def bottom(self) -> float:
        return max(letter.bottom for letter in self.letters)

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def lines(self) -> int:
        """On how many lines they stand."""
        return len({round(letter.baseline) for letter in self.letters})

    @property
    def size_pt(self) -> float:
        """The one size they are printed in."""
        [size] = {round(letter.size_pt, 1) for letter in self.letters}
        return size

    @property
    def face(self) -> str:
        """The one face they are printed in."""
        [face] = {letter.face for letter in self.letters}
        return face


class Printed:
    """The pages of a PDF."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.sizes: list[tuple[float, float]] = []
        self.letters: list[Letter] = []
        """Every letter that leaves ink, page after page, in the order of the file."""
        with closing(pypdfium2.PdfDocument(pdf)) as document:
            for number, page in enumerate(document):
                width, height = page.get_size()
                self.sizes.append((round(width * MM, 1), round(height * MM, 1)))
                self.letters += _letters(page.get_textpage(), number, height)

    def find(self, words: str) -> Place:
        """The first place of some words, however they are broken over lines; raises ValueError where there is none."""
        wanted = re.sub(r"\s", "", words)
        at = "".join(letter.text for letter in self.letters).index(wanted)
        return Place(tuple(self.letters[at : at + len(wanted)]))

    def picture(self, page: int = 0, *, dpi: int = 200) -> Image:
        """A page as a grey picture."""
        with closing(pypdfium2.PdfDocument(self.pdf)) as document:
            return document[page].render(scale=dpi / 72).to_pil().convert("L")


def _letters(text: pypdfium2.PdfTextPage, number: int, height: float) -> Iterator[Letter]:
    for index in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text, index))
        if letter.isspace() or not letter.isprintable():
            continue
        left, bottom, right, top = text.get_charbox(index)
        matrix, x, y = raw.FS_MATRIX(), c_double(), c_double()
        raw.FPDFText_GetMatrix(text, index, byref(matrix))
        raw.FPDFText_GetCharOrigin(text, index, byref(x), byref(y))
        yield Letter(
            letter,
            number,
            left * MM,
            right * MM,
            (height - top) * MM,
            (height - bottom) * MM,
            (height - y.value) * MM,
            raw.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d),
            _face(text, index),
        )


def _face(text: pypdfium2.PdfTextPage, index: int) -> str:
    """The name of the letter's font, without the tag of its subset."""
    room = (c_char * 200)()
    length = raw.FPDFText_GetFontInfo(text, index, room, len(room), c_int())
    return bytes(room[: max(length - 1, 0)]).decode().rpartition("+")[2]
