"""What search knows of a procedure: its texts by zone, and the signs that break ties."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import chain

ZONES = {"name": 1.0, "alias": 0.5, "topic": 0.45}
"""How much a word counts by where it stands: name; curated names and keywords; field, results, subcases, groups.
Papers, steps and requirements were tried and only added noise."""

LOCAL, COMMUNE, PROVINCE, CITIZEN, FEATURED = 0.86, 1.2, 1.03, 1.04, 1.06
"""Signs that tell near twins apart whatever is asked, as factors: nearer to the citizen is likelier meant."""

NOT_HERE = "chua_nop_duoc"
"""How far online what no agency is known to take in: as it is published, and not through this portal."""

_LEVEL = re.compile(r"\(\s*(?:thực hiện tại\s+)?cấp[^()]*\)", re.IGNORECASE)
_REMARK = re.compile(r"\([^()]*\)")
_ONLY_REMARK = re.compile(r"\s*(?:\([^()]*\)\s*)*$")
_NUMBER = re.compile(r"^\s*(?:\d+|[IVX]+)[.)]\s*")


def bare_name(name: str) -> str:
    """A name without what only numbers it or says at which level it is handled: near twins have the same."""
    return _NUMBER.sub("", _LEVEL.sub(" ", unicodedata.normalize("NFC", name)))


def short_name(name: str) -> str:
    """A name without its remarks in brackets, which say for which cases it is and not what is done."""
    return _REMARK.sub(" ", name) if not _ONLY_REMARK.match(name) else name


@dataclass(frozen=True, slots=True)
class Document:
    """One open procedure as search sees it."""

    procedure_id: int
    version_id: int
    code: str
    name: str
    alias: str = ""
    """Short names and keywords, separated by semicolons."""
    topic: str = ""
    field: str = ""
    levels: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    online: str = ""
    """How far it goes online, or `NOT_HERE`."""
    life_events: tuple[str, ...] = ()
    agency: str = ""
    province_code: str = ""
    """Of a procedure that only one province has."""
    is_featured: bool = False

    def values(self, facet: str) -> tuple[str, ...]:
        """The values a facet can be narrowed to."""
        if facet == "life_event":
            return self.life_events
        if facet == "level":
            return self.levels
        value = getattr(self, facet)
        return value if isinstance(value, tuple) else (value,)


def standing(document: Document) -> float:
    """What a document is worth beside its twins, whatever is asked."""
    factor = LOCAL if document.province_code else 1.0
    if "commune" in document.levels:
        factor *= COMMUNE
    elif "province" in document.levels:
        factor *= PROVINCE
    if "citizen" in document.audience:
        factor *= CITIZEN
    return factor * FEATURED if document.is_featured else factor


@dataclass(frozen=True, slots=True)
class Filters:
    """What the visitor narrowed the list to; empty means everything."""

    life_event: str = ""
    field: str = ""
    level: str = ""
    online: str = ""
    audience: str = ""
    agency: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in FACETS)

    def fit(self, document: Document, *, without: str = "") -> bool:
        """Whether a document has all that is wanted, one facet left out."""
        return all(
            not (wanted := getattr(self, name)) or name == without or wanted in document.values(name) for name in FACETS
        )


FACETS = tuple(each.name for each in fields(Filters))


def count_values(documents: Iterable[Document], filters: Filters | None = None) -> dict[str, Counter[str]]:
    """For each facet, how many documents each of its values would leave, the other facets as they are."""
    if not filters:
        every = list(documents)
        return {
            "life_event": Counter(chain.from_iterable([each.life_events for each in every])),
            "field": Counter([each.field for each in every]),
            "level": Counter(chain.from_iterable([each.levels for each in every])),
            "online": Counter([each.online for each in every]),
            "audience": Counter(chain.from_iterable([each.audience for each in every])),
            "agency": Counter([each.agency for each in every]),
        }
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for document in documents:
        for name, counter in counts.items():
            if filters.fit(document, without=name):
                counter.update(document.values(name))
    return counts
