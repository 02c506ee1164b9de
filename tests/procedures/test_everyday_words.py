"""Everyday words, written without a look at the lexicon, find our own procedures: mostly at once, nearly always soon.

``everyday_words.jsonl`` has the shape that `make bench-search QUERIES=` reads. It measures; it is not to be tuned to:
add to the lexicon what people say of a field, never a phrase for the sake of one line of that file.
"""

import json
from pathlib import Path

import pytest

from procedures import search

pytestmark = pytest.mark.django_db
QUERIES = [
    json.loads(line)
    for line in (Path(__file__).parent / "everyday_words.jsonl").read_text(encoding="utf-8").splitlines()
]
FIRST, AMONG_FIVE = 0.85, 0.9


def _rank(query):
    codes = [hit.code for hit in search.search(query["query"]).hits]
    if not query["accept_codes"]:
        return 0 if codes else 1
    return next((at for at, code in enumerate(codes, start=1) if code in query["accept_codes"]), 0)


@pytest.mark.parametrize("kind", ["colloquial", "no_diacritics", "dialect"])
def test_everyday_words_find_what_is_meant(everything, kind):
    ranks = {query["query"]: _rank(query) for query in QUERIES if query["kind"] == kind}
    missed = {query: rank for query, rank in ranks.items() if rank != 1}
    assert sum(rank == 1 for rank in ranks.values()) >= FIRST * len(ranks), missed
    assert sum(0 < rank <= 5 for rank in ranks.values()) >= AMONG_FIVE * len(ranks), missed


def test_talk_of_other_things_finds_nothing_in_most_cases(everything):
    ranks = {query["query"]: _rank(query) for query in QUERIES if query["kind"] == "out_of_scope"}
    assert sum(ranks.values()) >= 0.6 * len(ranks), ranks
