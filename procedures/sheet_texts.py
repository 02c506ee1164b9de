"""Long texts of a sheet: how long they are, and cut where one can read them (phần dài của bản công bố).

The longest published parts have 170,000 characters; such a part is folded and says how long it takes to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONG = 6_000
"""Characters from which on a part is folded: about three screens."""
LONGEST_PARAGRAPH = 900
WORDS_A_MINUTE = 200
"""Syllables of Vietnamese an adult reads in a minute (R)."""
_SENTENCE = re.compile(r"(?<=[.;:!?])\s+(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to read."""

    characters: int
    words: int

    @property
    def minutes(self) -> int:
        """How long reading takes, at least a minute."""
        return max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def is_long(self) -> bool:
        """Whether the part is folded."""
        return self.characters > LONG


def measure(texts: Iterable[str]) -> Size:
    """The size of a part."""
    characters = words = 0
    for text in texts:
        characters += len(text)
        words += len(text.split())
    return Size(characters, words)


def paragraphs(text: str) -> list[str]:
    """The lines of a text; a line that nobody broke is broken between sentences."""
    found: list[str] = []
    for line in text.splitlines():
        line = line.strip()
        if len(line) <= LONGEST_PARAGRAPH:
            found.extend([line] if line else [])
            continue
        piece = ""
        for sentence in _SENTENCE.split(line):
            if piece and len(piece) + len(sentence) > LONGEST_PARAGRAPH:
                found.append(piece)
                piece = ""
            piece = f"{piece} {sentence}" if piece else sentence
        if piece:
            found.append(piece)
    return found
