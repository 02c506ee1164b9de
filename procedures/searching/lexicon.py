"""Words of the street beside words of the law: the curated lexicon of ``procedures/reference/lexicon``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from procedures.searching.words import Word, words

FOLDER = Path(__file__).parent.parent / "reference" / "lexicon"
SAID = 0.9
"""How far a word of the street is trusted to mean the word of the law; it may mean something else."""
_SET = re.compile(r"\{(\w+)\}")
NOTHING = "-"
"""The member of a set that may as well be missing."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of saying a concept."""

    concept: int
    spelling: tuple[Word, ...]
    is_law: bool
    """Stands so in procedures; others are only said."""


@dataclass(slots=True)
class Lexicon:
    """Concepts by phrase, and the phrases that tell nothing."""

    ways: dict[tuple[str, ...], list[Way]] = field(default_factory=dict)
    clues: dict[tuple[str, ...], list[tuple[tuple[Word, ...], int, int]]] = field(default_factory=dict)
    """By phrase: its spelling, the concept it is a clue to, and which of the clues."""
    clues_needed: dict[int, int] = field(default_factory=dict)
    """Concepts that nobody names but that clues together mean, and how many it takes."""
    fillers: dict[tuple[str, ...], list[tuple[Word, ...]]] = field(default_factory=dict)
    spellings: dict[str, Word] = field(default_factory=dict)
    """By how a word is written in some region, the word as the law writes it."""
    bare_fillers: set[str] = field(default_factory=set)
    """Fillers that look, without their marks, like a word that tells something; typed so they are idle."""
    faint: dict[tuple[str, ...], list[tuple[Word, ...]]] = field(default_factory=dict)
    """Phrases that tell where or about whom: they part what is alike, and are no reason to find nothing."""
    foreign: set[tuple[str, ...]] = field(default_factory=set)
    """Folded phrases of what no public service is."""
    starts: dict[str, list[Way]] = field(default_factory=dict)
    """Ways of the law by their first word."""
    names: list[str] = field(default_factory=list)
    """Each concept by its first way."""
    law_words: list[set[str]] = field(default_factory=list)
    """The folded words of each concept's ways of the law."""
    actions: set[int] = field(default_factory=set)
    qualifiers: set[int] = field(default_factory=set)
    """Concepts that tell what is done, and special circumstances: they part near twins."""
    general: set[int] = field(default_factory=set)
    """Concepts that nearly everything is said with: alone they name no procedure."""
    phrases: set[tuple[str, ...]] = field(default_factory=set)
    """Every phrase of any kind, folded: most words of a query begin none."""
    reach: dict[str, int] = field(default_factory=dict)
    """How many words the longest phrase has that begins with a folded word."""
    vocabulary: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    """Single words of all phrases, folded and with marks."""
    edition: str = ""
    """Another one whenever a word changes: the numbers of concepts hold for one edition only."""

    @property
    def no_things(self) -> set[int]:
        """Concepts that do not say of what: what is to be done, special circumstances, what is said of everything."""
        return self.actions | self.qualifiers | self.general

    def lengths_from(self, text: Sequence[Word], position: int) -> int:
        """How many words a phrase that begins at a position can have at most."""
        return min(self.reach.get(text[position].folded, 0), len(text) - position)

    def concepts_at(
        self, text: Sequence[Word], position: int, length: int, *, is_marked: bool = False
    ) -> dict[int, float]:
        """What the words from a position can mean, with trust; empty when they are no phrase of ours.

        In a text that ``is_marked`` a single word without a mark has none to be added: “cho” is not “chó”.
        """
        span = text[position : position + length]
        found: dict[int, float] = {}
        if length == 1 and not is_marked and span[0].is_bare and span[0].folded in self.bare_fillers:
            return found
        for way in self.ways.get(tuple(each.folded for each in span), ()):
            if length == 1 and is_marked and span[0].marked != way.spelling[0].marked:
                continue
            if all(typed.may_be(meant) for typed, meant in zip(span, way.spelling, strict=True)):
                trust = 1.0 if way.is_law else SAID
                found[way.concept] = max(trust, found.get(way.concept, 0.0))
        return found

    def words_read(self, text: Sequence[Word]) -> set[str]:
        """The words with marks of phrases that are typed so: “nha 2 tang” has “tầng” and no “tặng”."""
        folded = tuple(each.folded for each in text)
        spellings = [way.spelling for way in self.ways.get(folded, ())]
        spellings += [*self.fillers.get(folded, ()), *self.faint.get(folded, ())]
        return {each.marked for spelling in spellings for each in spelling}

    def meant_together(self, text: Sequence[Word], read: Sequence[set[str]]) -> list[int]:
        """Concepts that several phrases of a query mean together, wherever in it they stand.

        A word that was typed without marks is none that the longer phrase around it has otherwise: for each place,
        ``read`` has the words with marks of that phrase; nothing where there is none.
        """
        found: dict[int, set[int]] = {}
        folded = [each.folded for each in text]
        for position in range(len(text)):
            for length in range(1, self.lengths_from(text, position) + 1):
                clues = self.clues.get(tuple(folded[position : position + length]))
                if not clues:
                    continue
                span = text[position : position + length]
                for spelling, concept, part in clues:
                    if all(typed.may_be(meant) for typed, meant in zip(span, spelling, strict=True)) and all(
                        not known or meant.marked in known
                        for known, meant in zip(read[position : position + length], spelling, strict=True)
                    ):
                        found.setdefault(concept, set()).add(part)
        return [concept for concept, parts in found.items() if len(parts) == self.clues_needed[concept]]

    def is_filler(self, text: Sequence[Word], position: int, length: int) -> bool:
        """Whether the words from a position tell nothing of which procedure is meant."""
        span = text[position : position + length]
        return any(
            all(typed.may_be(meant) for typed, meant in zip(span, spelling, strict=True))
            for spelling in self.fillers.get(tuple(each.folded for each in span), ())
        )

    def is_faint(self, text: Sequence[Word], position: int, length: int) -> bool:
        """Whether the words from a position tell only where somebody is or about whom they speak."""
        span = text[position : position + length]
        return any(
            all(typed.may_be(meant) for typed, meant in zip(span, spelling, strict=True))
            for spelling in self.faint.get(tuple(each.folded for each in span), ())
        )

    def is_foreign(self, text: Sequence[Word], position: int, length: int) -> bool:
        """Whether the words from a position speak of what no public service is."""
        return tuple(each.marked for each in text[position : position + length]) in self.foreign

    def law_at(self, text: Sequence[Word], position: int) -> list[int]:
        """Concepts that a text of the law names from a position on."""
        found = []
        for way in self.starts.get(text[position].folded, ()):
            end = position + len(way.spelling)
            if end <= len(text) and all(
                here.marked == meant.marked for here, meant in zip(text[position:end], way.spelling, strict=True)
            ):
                found.append(way.concept)
        return found


def read(folder: Path = FOLDER) -> Lexicon:
    """The lexicon of a folder of YAML files: ``groups`` of ``law`` and ``said`` phrases, ``together``, ``fillers``."""
    paths = sorted(folder.glob("*.yaml"))
    lexicon = Lexicon(edition=sha256(b"\n".join(path.read_bytes() for path in paths)).hexdigest()[:16])
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = [
        yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 a safe loader
        for path in paths
    ]
    sets = {name: [str(each) for each in members] for data in files for name, members in data.get("sets", {}).items()}
    for data in files:
        for group in (*data.get("groups", ()), *data.get("together", ())):
            _add_group(lexicon, group, sets)
        for phrase in data.get("foreign", ()):
            spelling = tuple(words(str(phrase)))
            lexicon.foreign.add(tuple(each.marked for each in spelling))
            lexicon.foreign.add(tuple(each.folded for each in spelling))
            _learn(lexicon, spelling)
        for written, meant in data.get("spellings", {}).items():
            lexicon.spellings[words(written)[0].marked] = words(meant)[0]
        lexicon.bare_fillers.update(data.get("bare_fillers", ()))
        for kind, phrases in ((lexicon.fillers, data.get("fillers", ())), (lexicon.faint, data.get("faint", ()))):
            for phrase in phrases:
                spelling = tuple(words(str(phrase)))
                kind.setdefault(tuple(each.folded for each in spelling), []).append(spelling)
                _learn(lexicon, spelling)
    return lexicon


def _add_group(lexicon: Lexicon, group: Mapping[str, Any], sets: Mapping[str, Sequence[str]]) -> None:
    concept = len(lexicon.names)
    lexicon.names.append(str(group["law"][0]))
    lexicon.law_words.append(set())
    if group.get("role"):
        roles = {"action": lexicon.actions, "qualifier": lexicon.qualifiers, "general": lexicon.general}
        roles[group["role"]].add(concept)
    for phrase in group["law"]:
        _add(lexicon, str(phrase), concept, is_law=True)
    for phrase in group.get("said", ()):
        for each in _expanded(str(phrase), sets):
            _add(lexicon, each, concept, is_law=False)
    if group.get("when"):
        lexicon.clues_needed[concept] = len(group["when"])
    for part, phrases in enumerate(group.get("when", ())):
        for phrase in phrases:
            for each in _expanded(str(phrase), sets):
                spelling = tuple(words(each))
                key = tuple(word.folded for word in spelling)
                lexicon.clues.setdefault(key, []).append((spelling, concept, part))
                _learn(lexicon, spelling)


def _expanded(phrase: str, sets: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The phrase with each set in braces replaced by each of its members."""
    pieces = _SET.split(phrase)
    choices = [sets[piece] if at % 2 else [piece] for at, piece in enumerate(pieces)]
    for chosen in product(*choices):
        yield " ".join("".join("" if piece == NOTHING else piece for piece in chosen).split())


def _add(lexicon: Lexicon, phrase: str, concept: int, *, is_law: bool) -> None:
    spelling = tuple(words(phrase))
    key = tuple(each.folded for each in spelling)
    way = Way(concept, spelling, is_law)
    lexicon.ways.setdefault(key, []).append(way)
    if is_law:
        lexicon.law_words[concept].update(key)
        lexicon.starts.setdefault(key[0], []).append(way)
    _learn(lexicon, spelling)


def _learn(lexicon: Lexicon, spelling: tuple[Word, ...]) -> None:
    if spelling:
        lexicon.phrases.add(tuple(each.folded for each in spelling))
        first = spelling[0].folded
        lexicon.reach[first] = max(lexicon.reach.get(first, 0), len(spelling))
    lexicon.vocabulary.update(each.folded for each in spelling)
    lexicon.marked.update(each.marked for each in spelling)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon that ships with the portal."""
    return read()
