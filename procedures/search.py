"""Finding the right procedure in a citizen's own words (tìm thủ tục): PostgreSQL finds candidates, order is ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection
from django.db.models import F, Func, Q, QuerySet

from procedures import publication
from procedures.models import Procedure, ProcedureVersion
from procedures.search_index import ZONES
from procedures.search_query import FILLER_WEIGHT, Query, Term, Vocabulary, understand

MOST_CANDIDATES = 300
LEAST_COVERAGE = 0.46
"""Below this share of what the query says, a procedure is noise and is not shown."""
LEAST_OF_BEST = 0.55
"""A result much weaker than the best one is noise too."""
ZONE_TRUST = {"short_name": 1.0, "keywords": 1.0, "name": 0.95, "summary": 0.6, "around": 0.45}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the visitor narrowed the list to; empty means everything."""

    life_event: str = ""
    field: str = ""
    level: str = ""
    online: str = ""

    def __bool__(self) -> bool:
        return any((self.life_event, self.field, self.level, self.online))


@dataclass(slots=True)
class Hit:
    """A procedure that fits."""

    procedure_id: int
    version_id: int
    code: str
    score: float
    field: str
    level: str
    online: str
    life_events: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """The outcome of a search: hits in order, and how many each filter would leave."""

    query: Query
    hits: list[Hit] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)


def vocabulary() -> Vocabulary:
    """Words of the open catalogue with their counts."""
    return publication.remembered("vocabulary", _read_vocabulary)


def _read_vocabulary() -> Vocabulary:
    current = (
        "SELECT v.search_vector FROM procedures_procedureversion v "
        "JOIN procedures_procedure p ON p.current_id = v.id WHERE p.is_open"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, ndoc FROM ts_stat(%s)", [current])
        counts = dict(cursor.fetchall())
    return Vocabulary(max(counts.values(), default=0) or 1, counts)


def search(typed: str, filters: Filters | None = None) -> Found:
    """Procedures that fit what was typed, best first; without words, the whole open catalogue by name."""
    query = understand(typed, vocabulary())
    found = Found(query)
    hits = _candidates(query)
    _add_life_events(hits)
    found.counts = _counts(hits, filters or Filters())
    found.hits = [hit for hit in hits if _fits(hit, filters or Filters())]
    return found


def suggest(typed: str, limit: int = 6) -> list[Hit]:
    """The first few hits, for suggestions while typing."""
    query = understand(typed, vocabulary())
    return _candidates(query)[:limit] if query.text else []


def _base() -> QuerySet[ProcedureVersion]:
    return ProcedureVersion.objects.filter(current_of__isnull=False, current_of__is_open=True)


_COLUMNS = (
    "procedure_id",
    "pk",
    "procedure__code",
    "search_text",
    "procedure__field__code",
    "competent_level",
    "service_level",
)


def _hit(row: tuple, score: float) -> Hit:
    return Hit(row[0], row[1], row[2], score, field=row[4], level=row[5], online=row[6])


def _candidates(query: Query) -> list[Hit]:
    versions = _base()
    if not query.text:
        first = F("procedure__featured_rank").asc(nulls_last=True)
        rows = versions.order_by(first, "short_name", "procedure__code").values_list(*_COLUMNS)
        return [_hit(row, 1.0) for row in rows]
    if query.codes or query.code_start:
        wanted = Q(procedure__code__in=query.codes)
        if query.code_start:
            wanted |= Q(procedure__code__startswith=query.code_start)
        by_code = [
            _hit(row, 10.0) for row in versions.filter(wanted).order_by("procedure__code").values_list(*_COLUMNS)
        ]
        if by_code:
            return by_code
    telling = [term for term in query.terms if term.weight > FILLER_WEIGHT] or list(query.terms)
    if not telling:
        return []
    ts_query = SearchQuery(_ts_query(telling), config="simple", search_type="raw")
    hits = _judged(query, versions.filter(search_vector=ts_query), SearchRank(F("search_vector"), ts_query))
    if not hits:
        # Errors that no single known word explains: whole phrases that look alike.
        alike = versions.filter(search_text__trigram_word_similar=query.folded)
        hits = _judged(query, alike, TrigramWordSimilarity(query.folded, "search_text"))
    return hits


def _judged(query: Query, versions: QuerySet[ProcedureVersion], rank: Func) -> list[Hit]:
    rows = versions.order_by(rank.desc(), "pk").values_list(*_COLUMNS, "procedure__featured_rank")[:MOST_CANDIDATES]
    scored = [_hit(row, _score(query, row[3], row[7])) for row in rows]
    kept = sorted((hit for hit in scored if hit.score >= LEAST_COVERAGE), key=lambda hit: (-hit.score, hit.code))
    return [hit for hit in kept if hit.score >= kept[0].score * LEAST_OF_BEST]


def _ts_query(terms: list[Term]) -> str:
    """The terms for to_tsquery: any of them, each in any of its ways; words are letters and figures only."""
    ways = {way for term in terms for way in term.ways}
    last = terms[-1].ways[0][-1]
    return " | ".join([*sorted("(" + " <-> ".join(way) + ")" for way in ways), f"{last}:*"])


def _score(query: Query, search_text: str, featured_rank: int | None) -> float:
    """How well a procedure fits: the share of what the query says that its words cover, and small signs beside."""
    texts = dict(zip(ZONES, search_text.split("\n"), strict=False))
    padded = {
        zone: f" {texts.get(zone, '').replace(';', ' ; ')} ".replace(",", " ").replace(".", " ") for zone in ZONE_TRUST
    }
    total = query.weight or 1.0
    covered = 0.0
    for number, term in enumerate(query.terms):
        covered += term.weight * _best_zone(term, padded, is_last=number == len(query.terms) - 1)
    score = covered / total
    telling = [term for term in query.terms if term.weight > FILLER_WEIGHT]
    wording = " ".join(" ".join(term.ways[0]) for term in telling)
    keywords = [phrase.strip() for phrase in texts.get("keywords", "").split(";")]
    names = (texts.get("short_name", ""), *keywords)
    folded = query.corrected or query.folded
    if folded in names or wording in names:
        score += 0.4
    elif any(phrase and (f" {phrase} " in f" {folded} " or f" {phrase} " in f" {wording} ") for phrase in names):
        score += 0.25
    score += 0.15 * _pairs(folded, padded) + 0.15 * _precision(query, texts.get("short_name", ""))
    return score + (0.03 if featured_rank else 0.0)


def _best_zone(term: Term, padded: dict[str, str], *, is_last: bool) -> float:
    best = 0.0
    for zone, trust in ZONE_TRUST.items():
        text = padded[zone]
        for number, way in enumerate(term.ways):
            phrase = " ".join(way)
            if f" {phrase} " in text:
                value = trust * (1.0 if number == 0 else 0.95) * term.trust
            elif len(way) > 1 and all(f" {word} " in text for word in way):
                value = trust * 0.75 * term.trust
            elif is_last and number == 0 and f" {phrase}" in text:
                value = trust * 0.8 * term.trust
            else:
                continue
            best = max(best, value)
    return best


def _pairs(folded: str, padded: dict[str, str]) -> float:
    """The share of neighbouring words of the query that are neighbours in names or keywords too."""
    words = folded.split()
    pairs = [f" {first} {second} " for first, second in zip(words, words[1:], strict=False)]
    text = padded["short_name"] + padded["keywords"] + padded["name"]
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _precision(query: Query, name: str) -> float:
    """The share of the name that the query says."""
    said = {word for term in query.terms for way in term.ways for word in way}
    words = name.replace(",", " ").split()
    return sum(word in said for word in words) / len(words) if words else 0.0


def _add_life_events(hits: list[Hit]) -> None:
    events: dict[int, list[str]] = {}
    links = Procedure.life_events.through.objects.filter(procedure_id__in=[hit.procedure_id for hit in hits])
    for procedure_id, slug in links.values_list("procedure_id", "lifeevent__slug"):
        events.setdefault(procedure_id, []).append(slug)
    for hit in hits:
        hit.life_events = tuple(sorted(events.get(hit.procedure_id, ())))


def _fits(hit: Hit, filters: Filters, *, without: str = "") -> bool:
    return (
        (without == "life_event" or not filters.life_event or filters.life_event in hit.life_events)
        and (without == "field" or not filters.field or filters.field == hit.field)
        and (without == "level" or not filters.level or filters.level == hit.level)
        and (without == "online" or not filters.online or filters.online == hit.online)
    )


def _counts(hits: list[Hit], filters: Filters) -> dict[str, Counter[str]]:
    """For each filter, how many hits each of its values would leave, the other filters as they are."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("life_event", "field", "level", "online")}
    for hit in hits:
        for name, counter in counts.items():
            if _fits(hit, filters, without=name):
                counter.update(hit.life_events if name == "life_event" else [getattr(hit, name)])
    return counts
