"""Understanding what somebody typed: codes, fillers, concepts, words; small typing errors mended, Telex undone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.core.text import clean_line
from procedures.searching.lexicon import SAID, Lexicon
from procedures.searching.phrases import FOREIGN, Kind, parted
from procedures.searching.postings import Index, Key
from procedures.searching.spelling import LEAST_FINISHED, as_heard, finish, mend
from procedures.searching.words import Word, word, words

LONGEST = 200
"""Characters of a query that are looked at; nobody needs more to say what they want."""
MOST_WORDS = 40
MARKED_SHARE = 0.5
"""Somebody who marks so many words marks all that have a mark: about three words of four do."""
_CODE = re.compile(r"(?<!\d)(\d)[.,](\d{6})(?:\.\d+)?(?!\d)")
_CLAUSE = re.compile(r"[,;]")
DENIALS = frozenset({"khong", "ko", "hong", "chang", "kg"})
_AGE = re.compile(r"(?<!\w)(\d{1,2})t(?!\w)", re.IGNORECASE)
"""An age as the young write it; a lorry of five tons is written so, too."""
_LORRY = re.compile(r"(?<!\w)xe(?!\w)", re.IGNORECASE)
_CODE_START = re.compile(r"\d\.\d{1,6}")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing the query speaks of."""

    words: tuple[Word, ...]
    """None when several phrases together mean it."""
    concepts: tuple[tuple[int, float], ...] = ()
    """What it can mean, each with trust."""
    trust: float = 1.0
    is_faint: bool = False
    """Tells only where or about whom."""

    def speaks_of(self, named: frozenset[int]) -> bool:
        """Whether it says of what: neither what is to be done nor where nor what is said of everything."""
        return any(concept in named for concept, _trust in self.concepts)


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood."""

    text: str
    """Cleaned, as shown back."""
    codes: tuple[str, ...] = ()
    code_start: str = ""
    terms: tuple[Term, ...] = ()
    pairs: tuple[Key, ...] = ()
    """Neighbouring words."""
    corrected: str = ""
    """The query with typing errors mended, empty when there were none."""
    was_cut: bool = False
    is_bare: bool = False
    """Typed without any mark: each word may stand for several, and other things sound like what the State does."""
    unknown: int = 0
    """Words no procedure and no phrase knows."""
    meant: frozenset[int] = frozenset()
    """Every concept it can mean."""
    named: frozenset[int] = frozenset()
    """Those that say of what: neither an action nor a circumstance nor what is said of everything, and published here.

    What no procedure of this catalogue speaks of is not found by the words it is said with: they stand elsewhere for
    something else.
    """
    absent: frozenset[int] = frozenset()
    """Those that say of what, and that no procedure of this catalogue speaks of."""
    actions: frozenset[int] = frozenset()
    """Those that say what is to be done."""
    unwanted: tuple[Term, ...] = ()
    """What a clause of its own says is not meant: “…, không nhận cha mẹ con”."""
    expected: frozenset[str] = frozenset()
    """Folded words that the name of the right procedure may well have."""


def understand(typed: str, index: Index, lexicon: Lexicon, *, is_unfinished: bool = False) -> Query:
    """Read a query; never fails, whatever was typed. The last word of an unfinished one may be the beginning of one."""
    text = clean_line(typed[: LONGEST * 4])
    was_cut = len(text) > LONGEST or len(typed) > LONGEST * 4
    text = text[:LONGEST].strip()
    codes = tuple(dict.fromkeys(f"{one}.{rest}" for one, rest in _CODE.findall(text)))
    code_start = text if not codes and _CODE_START.fullmatch(text) else ""
    said = _CODE.sub(" ", text)
    if not _LORRY.search(said):
        said = _AGE.sub(r"\1 tuổi", said)
    said, unwanted = _without_denied(said, lexicon)
    typed_words = [lexicon.spellings.get(each.marked, each) for each in words(said)[:MOST_WORDS]]
    if is_unfinished and typed_words:
        last = typed_words[-1]
        if whole := finish(last, index):
            typed_words[-1] = word(whole)
        elif len(typed_words) > 1 and (len(last.folded) < LEAST_FINISHED or not _is_known(last, index, lexicon)):
            typed_words.pop()  # hardly begun: what stands before it is all that was said yet
    mended = _mended(typed_words, index, lexicon)
    terms, telling, idle, read = _terms(mended, lexicon)
    named = {concept for term in terms for concept, _trust in term.concepts}
    terms += [Term((), ((concept, SAID),)) for concept in lexicon.meant_together(mended, read) if concept not in named]
    meant = frozenset(concept for term in terms for concept, _trust in term.concepts).union(
        *(_actions_within(term, lexicon) for term in terms)
    )
    things = meant - lexicon.no_things - {FOREIGN}
    named_here = frozenset(concept for concept in things if concept in index.postings)
    pairs = tuple(
        f"{mended[at].folded} {mended[at + 1].folded}"
        for at in range(len(mended) - 1)
        if not (at in idle and at + 1 in idle)
    )
    before, after = " ".join(w.folded for w in typed_words), " ".join(w.folded for w in mended)
    return Query(
        text,
        codes,
        code_start,
        tuple(terms),
        pairs,
        corrected=after if after != before else "",
        was_cut=was_cut,
        is_bare=all(each.is_bare for each in words(text)),
        unknown=sum(not _is_known(each, index, lexicon) for each in telling),
        meant=meant,
        named=named_here,
        absent=things - named_here,
        actions=meant & lexicon.actions,
        unwanted=unwanted,
        expected=frozenset(each.folded for each in mended).union(*(lexicon.law_words[concept] for concept in meant)),
    )


def _without_denied(text: str, lexicon: Lexicon) -> tuple[str, tuple[Term, ...]]:
    """The text without clauses that only deny a concept, and what they deny."""
    first, *others = _CLAUSE.split(text)
    kept, unwanted = [first], []
    for clause in others:
        denied = words(clause)
        start = 1 if denied and denied[0].folded in DENIALS else 0
        if not start or any(lexicon.concepts_at(denied, 0, length) for length in range(2, len(denied) + 1)):
            kept.append(clause)  # “không có lương hưu” is a way of saying something
        elif concepts := lexicon.concepts_at(denied, start, len(denied) - start):
            unwanted.append(Term(tuple(denied[start:]), tuple(concepts.items())))
        else:
            kept.append(clause)
    return ", ".join(kept), tuple(unwanted)


def _is_known(each: Word, index: Index, lexicon: Lexicon) -> bool:
    return each.folded.isdigit() or index.known(each.folded) or each.folded in lexicon.vocabulary


def _mended(typed: Sequence[Word], index: Index, lexicon: Lexicon) -> list[Word]:
    """The words with typing errors mended; a word with marks nobody knows is what it sounds like, or its letters."""

    def is_spelt_so(marked: str) -> bool:
        return f"^{marked}" in index.postings or marked in lexicon.marked

    result: list[Word] = []
    for each in typed:
        if not each.is_bare and not _is_known(each, index, lexicon) and (meant := as_heard(each, is_spelt_so)):
            result.append(meant)
        elif not _is_known(each, index, lexicon):
            before = result[-1].folded if result else ""
            result.extend(word(part) for part in mend(each, index, lexicon, before=before) or [each.folded])
        elif not each.is_bare and not is_spelt_so(each.marked):
            result.append(as_heard(each, is_spelt_so) or word(each.folded))
        else:
            result.append(each)
    return result


def _terms(text: Sequence[Word], lexicon: Lexicon) -> tuple[list[Term], list[Word], set[int], list[set[str]]]:
    """The telling parts of a query; words outside of phrases; the places of fillers; how each place was read."""
    terms: list[Term] = []
    alone: list[Word] = []
    idle: set[int] = set()
    read: list[set[str]] = []
    is_marked = sum(not each.is_bare for each in text) >= MARKED_SHARE * len(text)
    position = 0
    for phrase in parted(text, lexicon, is_marked=is_marked):
        here = tuple(text[position : position + phrase.length])
        read += [lexicon.words_read(here) if phrase.length > 1 else set()] * phrase.length
        if phrase.concepts:
            terms.append(Term(here, tuple(phrase.concepts.items())))
        elif phrase.kind is Kind.FAINT:
            terms += [Term((each,), is_faint=True) for each in here]
        elif phrase.kind is Kind.IDLE:
            idle.update(range(position, position + phrase.length))
        else:
            terms.append(Term(here))
            alone += here
        position += phrase.length
    if not terms:
        terms = [Term((each,)) for each in text]
    return terms, alone, idle, read


def _actions_within(term: Term, lexicon: Lexicon) -> set[int]:
    """What a longer phrase begins with saying is to be done: in “cấp lại giấy chứng nhận”, to issue again."""
    return {
        concept
        for length in range(1, len(term.words))
        for concept, trust in lexicon.concepts_at(term.words, 0, length).items()
        if trust == 1.0 and concept in lexicon.actions
    }
