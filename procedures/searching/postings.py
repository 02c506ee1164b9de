"""The index in memory: for each word, pair of words and concept, the procedures that have it and how strongly."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

from procedures.searching.documents import ZONES, Document, bare_name, count_values, short_name, standing
from procedures.searching.lexicon import Lexicon
from procedures.searching.words import Word, words

SATURATION, LENGTH_SHARE = 1.2, 0.55
"""k1 and b of BM25: how fast repetition stops counting, and how much long texts are held back."""
CONCEPT_LENGTH_SHARE = 0.25
"""A concept is surer than a word: a long name that has it is held back less."""
HEAD = 6
"""So many words into its name a procedure has said what it does."""
Key = str | int
"""A folded word, ``^`` and a marked word, two folded words, or the number of a concept."""


@dataclass(slots=True)
class Index:
    """Postings, and for each document what the order of merit looks at."""

    documents: list[Document]
    postings: dict[Key, tuple[array[int], array[float]]] = field(default_factory=dict)
    """Numbers of documents and the weight of the key in each, its rarity included."""
    rarity: dict[Key, float] = field(default_factory=dict)
    name_words: list[tuple[str, ...]] = field(default_factory=list)
    """Folded words of the name."""
    name_rarity: list[dict[str, float]] = field(default_factory=list)
    """How telling each word of the name is, as often as it stands there."""
    name_weights: list[float] = field(default_factory=list)
    """How telling all words of the name are together."""
    actions: list[frozenset[int]] = field(default_factory=list)
    qualifiers: list[frozenset[int]] = field(default_factory=list)
    """Concepts of the name by role."""
    things: list[frozenset[int]] = field(default_factory=list)
    """Concepts of the name that say of what."""
    action_concepts: frozenset[int] = frozenset()
    qualifier_concepts: frozenset[int] = frozenset()
    standing: list[float] = field(default_factory=list)
    """What each document is worth beside its twins, whatever is asked."""
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    """How many documents have each value of each facet."""
    by_length: dict[int, list[str]] = field(default_factory=dict)
    by_code: dict[str, int] = field(default_factory=dict)
    matches: dict[Any, Any] = field(default_factory=dict, compare=False)
    """What terms of queries found, remembered by the ranking; not shared with other processes."""

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "matches"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.matches = {}

    def known(self, word: str) -> bool:
        """Whether any procedure has the folded word."""
        return word in self.postings


def build(documents: Sequence[Document], lexicon: Lexicon) -> Index:
    """The index of these documents."""
    counts: list[dict[Key, float]] = []
    index = Index(
        list(documents),
        action_concepts=frozenset(lexicon.actions),
        qualifier_concepts=frozenset(lexicon.qualifiers),
        standing=[standing(document) for document in documents],
    )
    told: list[list[str]] = []
    for document in documents:
        keys: dict[Key, float] = {}
        for zone, weight in ZONES.items():
            text = words(bare_name(document.name) if zone == "name" else getattr(document, zone))
            found = _keys(text, lexicon)
            for key, count in found.items():
                keys[key] = keys.get(key, 0.0) + weight * min(count, 2)
            if zone == "name":
                index.name_words.append(tuple(each.folded for each in text))
                told.append([each.folded for each in words(short_name(bare_name(document.name)))])
                head = {concept for at in range(min(HEAD, len(text))) for concept in lexicon.law_at(text, at)}
                index.actions.append(frozenset(head & lexicon.actions))
                index.qualifiers.append(frozenset(lexicon.qualifiers.intersection(keys)))
                index.things.append(frozenset(key for key in found if isinstance(key, int)) - lexicon.no_things)
        counts.append(keys)
    _weigh(index, counts, told)
    index.counts = count_values(index.documents)
    return index


def _keys(text: list[Word], lexicon: Lexicon) -> dict[Key, int]:
    found: dict[Key, int] = {}
    before = ""
    for at, each in enumerate(text):
        folded = each.folded
        found[folded] = found.get(folded, 0) + 1
        if not each.is_bare:
            key = f"^{each.marked}"
            found[key] = found.get(key, 0) + 1
        if before:
            pair = f"{before} {folded}"
            found[pair] = found.get(pair, 0) + 1
        before = folded
        if folded in lexicon.starts:
            for concept in lexicon.law_at(text, at):
                found[concept] = found.get(concept, 0) + 1
    return found


def _weigh(index: Index, counts: list[dict[Key, float]], told: list[list[str]]) -> None:
    total = len(counts) or 1
    spread: Counter[Key] = Counter()
    for keys in counts:
        spread.update(keys.keys())
    mean = sum(map(len, told)) / total or 1.0
    index.rarity.update((key, log(1 + (total - having + 0.5) / (having + 0.5))) for key, having in spread.items())
    rarity = index.rarity
    for name in told:
        telling: dict[str, float] = {}
        for each in name:
            telling[each] = telling.get(each, 0.0) + rarity.get(each, 0.0)
        index.name_rarity.append(telling)
        index.name_weights.append(sum(telling.values()) or 1.0)
    for number, keys in enumerate(counts):
        length = len(told[number]) / mean
        held_word = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
        held_concept = SATURATION * (1 - CONCEPT_LENGTH_SHARE + CONCEPT_LENGTH_SHARE * length)
        for key, count in keys.items():
            ids, weights = index.postings.setdefault(key, (array("I"), array("f")))
            held = held_concept if isinstance(key, int) else held_word
            ids.append(number)
            weights.append(index.rarity[key] * count * (SATURATION + 1) / (count + held))
    index.by_code.update((document.code, number) for number, document in enumerate(index.documents))
    for key in index.postings:
        if isinstance(key, str) and key[0] != "^" and " " not in key:
            index.by_length.setdefault(len(key), []).append(key)
