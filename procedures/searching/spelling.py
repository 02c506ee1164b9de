"""Small typing errors: one letter wrong, Telex keys left in, two words run together, written as it is heard."""

from __future__ import annotations

import re
from collections.abc import Callable

from portal.core.text import fold
from procedures.searching.lexicon import Lexicon
from procedures.searching.postings import Index
from procedures.searching.words import Word

LEAST_MENDED, LEAST_MENDED_ALONE = 3, 4
"""Shorter words differ by one letter from dozens of others: mending them would be guessing without a neighbour."""
LEAST_FINISHED, LONGEST_WORD = 2, 7
"""Vietnamese syllables have at most seven letters."""
_TELEX_TONE = re.compile(r"[sfrxj]")
_TELEX_LETTERS = (("aa", "a"), ("aw", "a"), ("ee", "e"), ("oo", "o"), ("ow", "o"), ("uw", "u"), ("dd", "d"), ("w", "u"))


_INITIALS = (
    ("ngh", "ng"), ("ng", "ngh"), ("gh", "g"), ("g", "gh"), ("gi", "d"), ("gi", "r"), ("tr", "ch"), ("ch", "tr"),
    ("s", "x"), ("x", "s"), ("d", "gi"), ("d", "r"), ("d", "v"), ("r", "d"), ("r", "gi"), ("v", "d"), ("v", "gi"),
    ("l", "n"), ("n", "l"), ("k", "c"), ("c", "k"), ("f", "ph"), ("ph", "f"), ("j", "gi"), ("j", "ch"), ("w", "qu"),
    ("z", "d"), ("z", "gi"), ("z", "v"),
)  # fmt: skip
"""Beginnings of syllables that some region speaks alike, with what is meant; f, j, w, z are spellings of the young."""
_ALIKE_TONES = {"2": "3", "3": "2"}
"""Hỏi and ngã: one tone in the South."""


def as_heard(typed: Word, is_known: Callable[[str], bool]) -> Word | None:
    """The word with marks that a typed one sounds like in some region: “dấy” is “giấy”."""
    letters, tone = (typed.marked[:-1], typed.marked[-1]) if typed.marked[-1:].isdigit() else (typed.marked, "")
    begun = [letters, *(meant + letters[len(said) :] for said, meant in _INITIALS if letters.startswith(said))]
    for spelt in begun:
        for tone_meant in (tone, _ALIKE_TONES.get(tone, tone)):
            if spelt + tone_meant != typed.marked and is_known(spelt + tone_meant):
                return Word(fold(spelt), spelt + tone_meant, is_bare=False)
    return None


def mend(typed: Word, index: Index, lexicon: Lexicon, *, before: str = "") -> list[str]:
    """The known folded words a typed one most likely stands for; empty when there is none.

    The word before tells which: after “khai”, “sin” is “sinh”.
    """

    def is_known(folded: str) -> bool:
        return index.known(folded) or folded in lexicon.vocabulary

    word = typed.folded
    telex = _without_telex(word)
    if telex != word and is_known(telex):
        return [telex]
    if len(word) < LEAST_MENDED or word.isdigit():
        return []

    def fits(known: str) -> bool:
        return bool(before) and f"{before} {known}" in index.postings

    for at in range(2, len(word) - 1):
        first, second = word[:at], word[at:]
        if f"{first} {second}" in index.postings:
            return [first, second]
    near = [
        known
        for length in (len(word) - 1, len(word), len(word) + 1)
        for known in index.by_length.get(length, ())
        if known[0] == word[0] and one_error_apart(word, known) and (len(word) >= LEAST_MENDED_ALONE or fits(known))
    ]
    best = max(near, key=lambda known: (fits(known), len(index.postings[known][0]), known), default="")
    return [best] if best else []


def finish(typed: Word, index: Index) -> str:
    """The most frequent known word that begins like an unfinished one; empty when the word is whole or hopeless."""
    if typed.folded in index.postings or len(typed.folded) < LEAST_FINISHED:
        return ""
    begun = [
        known
        for length in range(len(typed.folded) + 1, LONGEST_WORD + 1)
        for known in index.by_length.get(length, ())
        if known.startswith(typed.folded)
    ]
    return max(begun, key=lambda known: (len(index.postings[known][0]), known), default="")


def _without_telex(word: str) -> str:
    """The letters without Telex keys that were never turned into marks: ``chieeus`` → ``chieu``."""
    for keys, letter in _TELEX_LETTERS:
        word = word.replace(keys, letter)
    return word[:1] + _TELEX_TONE.sub("", word[1:])


def one_error_apart(first: str, second: str) -> bool:
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
