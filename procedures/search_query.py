"""Understanding what somebody typed: folded words, ways of saying the same, small typing errors, codes."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import log

import yaml

from portal.core.text import clean_line, fold, nfc
from procedures.packs import REFERENCE

LONGEST = 200
"""Characters of a query that are looked at; nobody needs more to say what they want."""
MOST_WORDS = 30
_WORD = re.compile(r"[a-z0-9]+")
_MARKED_WORD = re.compile(r"\w+")
_CODE = re.compile(r"(?<!\d)(\d)[.,](\d{6})(?:\.\d+)?(?!\d)")
_CODE_START = re.compile(r"\d\.\d{1,6}")
FILLER_WEIGHT = 0.05
LEAST_MENDED = 4
"""Shorter words differ by one letter from dozens of others: mending them would be guessing."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing the query speaks of: ways of saying it, and how telling it is."""

    ways: tuple[tuple[str, ...], ...]
    """Each way is a sequence of words; the first is what was typed."""
    weight: float
    trust: float = 1.0
    """Less than one for a corrected or unfinished word."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood."""

    text: str
    """Cleaned, as shown back."""
    folded: str = ""
    codes: tuple[str, ...] = ()
    code_start: str = ""
    terms: tuple[Term, ...] = ()
    corrected: str = ""
    """The query with typing errors mended, empty when there were none."""
    was_cut: bool = False

    @property
    def weight(self) -> float:
        """How much the whole query says."""
        return sum(term.weight for term in self.terms)


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Groups of phrases by phrase, and the fillers."""

    groups: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]
    fillers: frozenset[tuple[str, ...]]
    fillers_with_marks: frozenset[str]
    longest: int


@dataclass(slots=True)
class Vocabulary:
    """How many procedures use each folded word."""

    documents: int
    counts: Mapping[str, int]
    _by_length: dict[int, list[str]] = field(default_factory=dict)

    def weight(self, word: str) -> float:
        """Inverse document frequency; an unknown word says as much as a rare one."""
        return log(1 + (self.documents + 1) / (self.counts.get(word, 0) + 0.5))

    def nearest(self, word: str) -> str:
        """The known word one typing error away that most procedures use; empty when there is none."""
        if len(word) < LEAST_MENDED or word.isdigit():
            return ""
        if not self._by_length:
            for known in self.counts:
                self._by_length.setdefault(len(known), []).append(known)
        near = [
            known
            for length in (len(word) - 1, len(word), len(word) + 1)
            for known in self._by_length.get(length, ())
            if known[0] == word[0] and _one_error_apart(word, known)
        ]
        return max(near, key=lambda known: (self.counts[known], known), default="")


def _one_error_apart(first: str, second: str) -> bool:
    """Whether one letter more, less, other, or two swapped turn one word into the other."""
    if len(first) > len(second):
        first, second = second, first
    start = 0
    while start < len(first) and first[start] == second[start]:
        start += 1
    if len(first) == len(second):
        swapped = first[start + 1 : start + 2] + first[start : start + 1] == second[start : start + 2]
        return first[start + 1 :] == second[start + 1 :] or (swapped and first[start + 2 :] == second[start + 2 :])
    return len(second) - len(first) == 1 and first[start:] == second[start + 1 :]


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text."""
    return tuple(_WORD.findall(fold(text)))


@lru_cache(maxsize=1)
def synonyms() -> Synonyms:
    """The curated synonyms of ``procedures/reference/synonyms.yaml``."""
    data = yaml.safe_load((REFERENCE / "synonyms.yaml").read_text(encoding="utf-8"))
    groups: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for group in data["groups"]:
        phrases = tuple(dict.fromkeys(words_of(phrase) for phrase in group))
        for phrase in phrases:
            groups[phrase] = groups.get(phrase, ()) + phrases
    fillers = frozenset(words_of(phrase) for phrase in data["fillers"])
    with_marks = frozenset(nfc(word) for word in data["fillers_with_marks"])
    return Synonyms(groups, fillers, with_marks, max(map(len, [*groups, *fillers])))


def understand(typed: str, vocabulary: Vocabulary) -> Query:
    """Read a query; never fails, whatever was typed."""
    text = clean_line(typed[: LONGEST * 4])
    was_cut = len(text) > LONGEST or len(typed) > LONGEST * 4
    text = text[:LONGEST].strip()
    codes = tuple(dict.fromkeys(f"{one}.{rest}" for one, rest in _CODE.findall(text)))
    code_start = text if not codes and _CODE_START.fullmatch(text) else ""
    known = synonyms()
    said = [word for word in _MARKED_WORD.findall(_CODE.sub(" ", text).lower()) if word not in known.fillers_with_marks]
    typed_words = [folded for word in said for folded in words_of(word)][:MOST_WORDS]
    terms: list[Term] = []
    mended: list[str] = []
    position = 0
    while position < len(typed_words):
        idle = _longest(typed_words, position, known.longest, known.fillers)
        length = _longest(typed_words, position, known.longest, known.groups)
        if idle > length:
            phrase = tuple(typed_words[position : position + idle])
            terms.append(Term((phrase,), FILLER_WEIGHT))
            mended.extend(phrase)
            position += idle
            continue
        if length:
            phrase = tuple(typed_words[position : position + length])
            ways = (phrase, *(way for way in known.groups[phrase] if way != phrase))
            weight = max(sum(vocabulary.weight(word) for word in way) / len(way) ** 0.5 for way in (phrase, ways[-1]))
            terms.append(Term(ways, weight))
            mended.extend(phrase)
            position += length
            continue
        word = typed_words[position]
        position += 1
        term = _single(word, vocabulary, is_last=position == len(typed_words))
        terms.append(term)
        mended.append(term.ways[-1][0] if term.trust < 1 and len(term.ways) > 1 else word)
    folded = " ".join(typed_words)
    corrected = " ".join(mended)
    return Query(text, folded, codes, code_start, tuple(terms), corrected if corrected != folded else "", was_cut)


def _longest(words: list[str], position: int, longest: int, phrases: Container[tuple[str, ...]]) -> int:
    """How many words from a position make the longest known phrase."""
    for length in range(min(longest, len(words) - position), 0, -1):
        if tuple(words[position : position + length]) in phrases:
            return length
    return 0


def _single(word: str, vocabulary: Vocabulary, *, is_last: bool) -> Term:
    if word in vocabulary.counts:
        return Term(((word,),), vocabulary.weight(word))
    nearest = vocabulary.nearest(word)
    if nearest:
        return Term(((word,), (nearest,)), vocabulary.weight(nearest), trust=0.8)
    # A word nobody knows still counts, so that a query about something else does not look like a hit.
    return Term(((word,),), vocabulary.weight(word) * (0.5 if is_last else 0.7))
