"""Where one phrase of a query ends and the next begins: of all ways to part it, the one with the longest phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from procedures.searching.lexicon import Lexicon
from procedures.searching.words import Word

FOREIGN = -1
"""The concept of what no public service is: no procedure has it."""
OF_LAW, SAID_ONLY = 0.5, 0.25
"""Between ways equally long, a word of the law is more likely meant: in “xin con dấu”, “con dấu” and not “xin con”."""


class Kind(Enum):
    """What a phrase tells."""

    TELLING = "telling"
    IDLE = "idle"
    FAINT = "faint"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some neighbouring words of a query."""

    length: int
    kind: Kind = Kind.TELLING
    concepts: dict[int, float] = field(default_factory=dict)
    """What it can mean, with trust; nothing for a word that no phrase of ours has."""


def parted(text: Sequence[Word], lexicon: Lexicon, *, is_marked: bool) -> list[Phrase]:
    """The phrases of a text in order, single words between them."""
    worth = [0.0] * (len(text) + 1)
    chosen: list[Phrase] = [Phrase(1)] * len(text)
    folded = [each.folded for each in text]
    for position in range(len(text) - 1, -1, -1):
        best = worth[position + 1]
        for length in range(1, lexicon.lengths_from(text, position) + 1):
            if tuple(folded[position : position + length]) not in lexicon.phrases:
                continue
            phrase = _phrase(text, position, length, lexicon, is_marked=is_marked)
            if phrase is None:
                continue
            together = worth[position + length] + length**2 + _preference(phrase)
            if together >= best:
                best, chosen[position] = together, phrase
        worth[position] = best
    phrases, position = [], 0
    while position < len(text):
        phrases.append(chosen[position])
        position += chosen[position].length
    return phrases


def _preference(phrase: Phrase) -> float:
    if not phrase.concepts:
        return 0.0
    return OF_LAW if max(phrase.concepts.values()) == 1.0 else SAID_ONLY


def _phrase(text: Sequence[Word], position: int, length: int, lexicon: Lexicon, *, is_marked: bool) -> Phrase | None:
    concepts = lexicon.concepts_at(text, position, length, is_marked=is_marked)
    if concepts:
        return Phrase(length, concepts=concepts)
    if lexicon.is_foreign(text, position, length):
        return Phrase(length, concepts={FOREIGN: 1.0})
    if lexicon.is_filler(text, position, length):
        return Phrase(length, Kind.IDLE)
    if lexicon.is_faint(text, position, length):
        return Phrase(length, Kind.FAINT)
    return None
