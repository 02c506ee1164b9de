"""Finding the right procedure in a citizen's own words (tìm thủ tục), with filters and how many each would leave."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from procedures import search_memory
from procedures.searching.documents import FACETS, Document, Filters, count_values
from procedures.searching.lexicon import lexicon
from procedures.searching.postings import Index
from procedures.searching.ranking import fitting
from procedures.searching.understanding import Query, understand

__all__ = ["FACETS", "Filters", "Found", "search", "suggest"]


@dataclass(slots=True)
class Found:
    """The outcome of a search: documents in order, and how many each filter would leave."""

    query: Query
    hits: list[Document] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    closed: tuple[str, ...] = ()
    """Codes that were asked for and are no open procedure's: the page says what became of them."""


def search(typed: str, filters: Filters | None = None) -> Found:
    """Procedures that fit what was typed, best first; without words, all open ones, the common first."""
    filters = filters or Filters()
    index = search_memory.index()
    query = understand(typed, index, lexicon())
    documents = _found(query, index)
    closed = tuple(code for code in query.codes if code not in index.by_code)
    if not filters:
        counts = index.counts if not query.text else count_values(documents, filters)
        return Found(query, documents, counts, closed)
    hits = [document for document in documents if filters.fit(document)]
    return Found(query, hits, count_values(documents, filters), closed)


def suggest(typed: str, limit: int = 6) -> list[Document]:
    """The first few hits, for suggestions while typing."""
    index = search_memory.index()
    query = understand(typed, index, lexicon(), is_unfinished=True)
    return _found(query, index)[:limit] if query.text else []


def _found(query: Query, index: Index) -> list[Document]:
    if not query.text:
        return index.documents
    if query.codes and (named := _named(query, index)):
        return [index.documents[index.by_code[code]] for code in named]
    if query.code_start:
        begun = sorted(code for code in index.by_code if code.startswith(query.code_start))
        if begun:
            return [index.documents[index.by_code[code]] for code in begun]
    return [index.documents[hit.number] for hit in fitting(query, index)]


def _named(query: Query, index: Index) -> list[str]:
    """The codes that were asked for: to the letter, also one longer than usual; else what begins so."""
    words = set(query.text.casefold().split())
    whole = [code for code in index.by_code if code.casefold() in words]
    usual = [code for code in query.codes if code in index.by_code]
    return whole or usual or sorted(code for code in index.by_code if code.startswith(query.codes))
