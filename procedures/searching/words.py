"""Words of Vietnamese text: folded for those who type without marks, with marks in one spelling else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from portal.core.text import fold

_TOKEN = re.compile(r"[^\W_]+")
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word as typed."""

    folded: str
    marked: str
    """Letters with their own marks and the tone at the end, so that ``hoà`` and ``hòa`` are the same word."""
    is_bare: bool
    """Typed without any mark: may stand for every word that folds to it."""

    def may_be(self, other: Word) -> bool:
        """Whether what was typed can mean the other word: the same marks, or none at all."""
        return self.marked == other.marked or (self.is_bare and self.folded == other.folded)


@lru_cache(maxsize=60_000)
def word(text: str) -> Word:
    """A word by its spelling."""
    folded = fold(text)
    letters: list[str] = []
    tone = ""
    for character in unicodedata.normalize("NFD", text.casefold()):
        if character in _TONES:
            tone = _TONES[character]
        else:
            letters.append(character)
    marked = unicodedata.normalize("NFC", "".join(letters)) + tone
    return Word(folded, marked, marked == folded)


def words(text: str) -> list[Word]:
    """The words of a text in order; punctuation only separates."""
    return [word(token) for token in _TOKEN.findall(unicodedata.normalize("NFC", text).casefold())]
