"""The order of merit: what the words of a query find in the index, then the signs that tell near twins apart."""

from __future__ import annotations

from collections import defaultdict
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from procedures.searching.phrases import FOREIGN
from procedures.searching.postings import Index, Key
from procedures.searching.understanding import Query, Term
from procedures.searching.words import Word

PAIR = 0.65
"""What two neighbouring words count beside the two words alone."""
WORDS_OF_PHRASE = 0.7
FOREIGN_WEIGHT = 15.0
UNKNOWN = 9.0
"""What a word nobody knows weighs: as much as a rare one, so that a query about other things is not covered."""
FOLDED_ONLY = 0.5
"""What a word counts that fits by its letters but not by its marks."""
LEAST_STRENGTH, LEAST_STRENGTH_UNNAMED, LEAST_STRENGTH_OF_FOREIGN = 1.7, 7.0, 6.0
"""Score times coverage that the best hit needs: more when the query names nothing that the field knows, or speaks of
what no public service is."""
LEAST_STRENGTH_LOOSE = 14.0
"""The same of a question without marks in which no phrase is known and whose words stand together in no procedure: each
may be read as several words, and other things sound like what the State does."""
NATIONAL = 4_000
"""So many procedures those bounds are for; where there are fewer, the rarest word weighs less, and so do the bounds."""
WHOLE = 0.6
"""The share of a query that a document has to say for a weak query to be a search all the same."""
SHORT = 3
"""So few words are a search; more are a question, and have to name something."""
LEAST_OF_BEST = 0.3
"""A result much weaker than the best one is noise."""
MOST_JUDGED, LEAST_JUDGED = 80, 0.15
"""So many documents are judged, and only with such a share of the best score: the signs below change it by less."""
MOST_REMEMBERED = 1_500
"""Terms that a process keeps ready, some 25 kB each in a catalogue of 5,000: 40 MB at most. Three hundred queries say
about a thousand; where they do not fit, each is looked up again and again."""
FEW = 60
"""A phrase that fewer procedures have is also looked for word by word."""

ACTION_WEIGHT = 0.6
"""What is to be done counts less than what it is done to."""
TOGETHER = 2.0
"""What several phrases mean together counts more than each of them alone."""
FIGURES, FEW_FIGURES = 0.3, 3
"""Ages, storeys, square metres and counts of days tell little of which procedure is meant."""
FAINT = 0.25
"""Places and people tell little too."""
FIRST, TWINS = 6, 2

# Signs that tell near twins apart, as factors.
ACTION_MEANT, ACTION_OTHER, ACTION_MISSING, ACTION_UNASKED = 1.15, 0.88, 0.94, 0.7
QUALIFIER_UNASKED = 0.88
UNWANTED = 0.5
NAME_SHARE = 0.3
COVERAGE_SHARE = 0.15
OBJECT_SHARE = 0.3
"""What speaks of another thing than the one that was named is held back, however well the action fits."""


class Match(NamedTuple):
    """What a term finds: how telling it is, and what it gives each document."""

    weight: float
    numbers: NDArray[np.uint32]
    gains: NDArray[np.float32]
    """Who gets how much: what the term gives times how much it counts beside the others."""
    covered: NDArray[np.float32]
    """How much of the term each document of the index has, at most its weight."""


class Hit(NamedTuple):
    """A document that fits."""

    number: int
    score: float
    coverage: float
    """The share of what the query says that this document covers."""


def fitting(query: Query, index: Index) -> list[Hit]:
    """What is worth showing of the order of merit: nothing when the best hardly speaks of what was asked."""
    hits = rank(query, index)
    if not hits:
        return []
    best = max(hit.score for hit in hits)
    strength = max(hit.score * hit.coverage for hit in hits[:FIRST])
    coverage = max(hit.coverage for hit in hits[:FIRST])
    is_foreign = FOREIGN in query.meant
    is_short = len(query.text.split()) <= SHORT
    least = LEAST_STRENGTH if query.named else LEAST_STRENGTH_UNNAMED
    if is_foreign:
        least = max(least, LEAST_STRENGTH_OF_FOREIGN)
    if query.is_bare and not query.meant and not is_short and _share_of_pairs(query, index, hits[:FIRST]) < WHOLE:
        least = LEAST_STRENGTH_LOOSE
    if strength < least * log(1 + len(index.documents)) / log(1 + NATIONAL):
        # A word that nearly all procedures have is weak, and yet all that was asked for.
        is_said = not is_foreign and not query.unknown and (query.named or is_short) and coverage >= WHOLE
        # What no procedure speaks of is found by words that stand elsewhere for something else.
        is_beside = query.absent and not any(_is_about(query, index, hit.number) for hit in hits[:FIRST])
        if is_beside or not is_said:
            return []
    return [hit for hit in hits if hit.score >= best * LEAST_OF_BEST]


def _is_about(query: Query, index: Index, number: int) -> bool:
    """Whether the name of a document says what was named, or most of the words that were typed."""
    typed = {each.folded for term in query.terms for each in term.words}
    said = typed.intersection(index.name_words[number])
    return bool(query.named & index.things[number]) or len(said) >= WHOLE * len(typed)


def _share_of_pairs(query: Query, index: Index, hits: list[Hit]) -> float:
    """How much of what stands side by side in a query stands so in one of these documents; 1.0 of a single word."""
    counts = dict.fromkeys((hit.number for hit in hits), 0)
    for pair in query.pairs:
        if pair in index.postings:
            for number in counts.keys() & set(index.postings[pair][0]):
                counts[number] += 1
    return max(counts.values()) / len(query.pairs) if query.pairs else 1.0


def rank(query: Query, index: Index) -> list[Hit]:
    """Documents that fit, best first."""
    scores = np.zeros(len(index.documents))
    matches = [_remembered(term, index) for term in query.terms]
    total = 0.001 + sum(match.weight for match in matches)
    for match in matches:
        scores[match.numbers] += match.gains
    for pair in query.pairs:
        if pair in index.postings:
            numbers, weights = _posted(pair, index)
            scores[numbers] += PAIR * weights * (scores[numbers] > 0)
    objects = [at for at, term in enumerate(query.terms) if term.speaks_of(query.named)]
    # a circumstance that several phrases tell, as a husband from abroad, is not yet the thing that is asked for
    together = [
        at
        for at, term in enumerate(query.terms)
        if not term.words and any(concept not in index.qualifier_concepts for concept, _trust in term.concepts)
    ]
    whole = sum([matches[at].weight for at in objects])
    able = _strongest(scores)
    unwanted = [_remembered(term, index).covered[able].tolist() for term in query.unwanted]
    covers = zip(*[match.covered[able].tolist() for match in matches], strict=True)
    hits = []
    for at, (number, given, covered) in enumerate(zip(able.tolist(), scores[able].tolist(), covers, strict=True)):
        coverage = sum(covered) / total
        score = _judged(query, index, number, given, coverage)
        # what several phrases mean together is the very thing
        if whole and not (together and any(covered[term] for term in together)):
            score *= 1 - OBJECT_SHARE + OBJECT_SHARE * sum([covered[term] for term in objects]) / whole
        if unwanted and any(cover[at] for cover in unwanted):
            score *= UNWANTED
        hits.append(Hit(number, score, coverage))
    hits.sort(key=lambda hit: (-hit.score, index.documents[hit.number].code))
    return _spread(hits, index)


def _strongest(scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """The documents worth judging: what has a small share of the best score cannot come near it any more."""
    able = np.flatnonzero(scores > scores.max(initial=0.0) * LEAST_JUDGED)
    if len(able) > MOST_JUDGED:
        given = scores[able]
        able = able[given >= np.partition(given, -MOST_JUDGED)[-MOST_JUDGED]]
        able = able[np.argsort(-scores[able], kind="stable")[:MOST_JUDGED]]  # of equal ones the common first
    return able


def _remembered(term: Term, index: Index) -> Match:
    """What a term finds, remembered with the index: people say the same few hundred things."""
    key = (term.words, term.concepts, term.is_faint)
    known = index.matches.get(key)
    if known is None:
        weight, found = _matches(term, index)
        is_action = bool(term.concepts) and all(concept in index.action_concepts for concept, _trust in term.concepts)
        counts = (ACTION_WEIGHT if is_action else 1.0) if term.words else TOGETHER
        if term.is_faint:
            weight, found = weight * FAINT, {number: value * FAINT for number, value in found.items()}
        numbers = np.fromiter(found, np.uint32, len(found))
        values = np.fromiter(found.values(), np.float64, len(found))
        covered = np.zeros(len(index.documents), np.float32)
        covered[numbers] = np.minimum(values, weight)
        known = Match(weight, numbers, (counts * values).astype(np.float32), covered)
        if len(index.matches) >= MOST_REMEMBERED:
            index.matches.clear()
        index.matches[key] = known
    return known


def _posted(key: Key, index: Index) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Who has it and how strongly, without a copy."""
    ids, weights = index.postings[key]
    return np.frombuffer(ids, np.uint32), np.frombuffer(weights, np.float32)


def _spread(hits: list[Hit], index: Index) -> list[Hit]:
    """Among the first, one copy of what several provinces publish and two levels of one name; the others follow."""
    first: list[Hit] = []
    later: list[Hit] = []
    seen: dict[tuple[str, ...], int] = defaultdict(int)
    for hit in hits:
        name = index.name_words[hit.number]
        allowed = 1 if index.documents[hit.number].province_code else TWINS
        if len(first) < FIRST and seen[name] < allowed:
            seen[name] += 1
            first.append(hit)
        else:
            later.append(hit)
    return first + later


def _matches(term: Term, index: Index) -> tuple[float, dict[int, float]]:
    """How telling a term is, and what it gives each document."""
    best: dict[int, float] = {}
    weight = 0.0
    if term.concepts and term.concepts[0][0] == FOREIGN:
        return FOREIGN_WEIGHT, best
    for concept, trust in term.concepts:
        if concept in index.postings:
            ids, weights = index.postings[concept]
            weight = max(weight, index.rarity[concept] * trust)
            for number, value in zip(ids, weights, strict=True):
                value *= trust
                if value > best.get(number, 0.0):
                    best[number] = value
    if len(term.words) == 1 or not term.concepts:
        rarity, found = _word(term.words[0], index)
        weight = weight or rarity
        for number, value in found.items():
            if value > best.get(number, 0.0):
                best[number] = value
    elif term.words and len(best) < FEW:
        together: dict[int, float] = defaultdict(float)
        for each in term.words:
            for number, value in _word(each, index)[1].items():
                together[number] += value
        share = WORDS_OF_PHRASE / len(term.words)
        for number, value in together.items():
            if value * share > best.get(number, 0.0):
                best[number] = value * share
    if not term.concepts and term.words[0].folded.isdigit() and len(term.words[0].folded) <= FEW_FIGURES:
        return weight * FIGURES, {number: value * FIGURES for number, value in best.items()}
    return weight or 1.0, best


def _word(each: Word, index: Index) -> tuple[float, dict[int, float]]:
    key: Key = each.folded
    if key not in index.postings:
        return UNKNOWN, {}
    ids, weights = index.postings[key]
    if each.is_bare or f"^{each.marked}" not in index.postings:
        return index.rarity[key], dict(zip(ids, weights, strict=True))
    found = {number: value * FOLDED_ONLY for number, value in zip(ids, weights, strict=True)}
    marked = f"^{each.marked}"
    found.update(zip(*index.postings[marked], strict=True))
    return index.rarity[marked], found


def _judged(query: Query, index: Index, number: int, score: float, coverage: float) -> float:
    actions, meant = index.actions[number], query.actions
    if meant:
        score *= ACTION_MEANT if actions & meant else (ACTION_OTHER if actions else ACTION_MISSING)
    elif actions:
        score *= ACTION_UNASKED
    qualifiers = index.qualifiers[number]
    if qualifiers:
        score *= QUALIFIER_UNASKED ** min(2, len(qualifiers - query.meant))
    expected = query.expected
    # quicker than a set made of both
    said = sum([rarity for each, rarity in index.name_rarity[number].items() if each in expected])
    score *= 1 - NAME_SHARE + NAME_SHARE * said / index.name_weights[number]
    return score * (1 - COVERAGE_SHARE + COVERAGE_SHARE * coverage) * index.standing[number]
