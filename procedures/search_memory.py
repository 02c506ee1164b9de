"""The search index in this process: built from the open catalogue, shared through the cache, renewed on publication."""

from __future__ import annotations

import threading
from collections import defaultdict

import structlog
from django.core.cache import cache
from django.db import connection
from django.db.models import Case, F, JSONField, Q, Value, When
from redis.exceptions import RedisError

from portal.agencies import routing, successors
from procedures import competence, publication
from procedures.models import Audience, Origin, Procedure, ProcedureVersion, ServiceLevel
from procedures.search_index import ZONES
from procedures.searching.documents import NOT_HERE, Document
from procedures.searching.lexicon import lexicon
from procedures.searching.postings import Index, build

logger = structlog.get_logger(__name__)

SMALL = 500
"""So few procedures are indexed at once; more are indexed beside the requests, which are served the index before."""
SHARED_SECONDS = 24 * 3600
SHAPE = "9"
"""Change it when the index gets other parts: a release does not take what the one before it shared."""

_lock = threading.Lock()
_held: tuple[str | None, Index] | None = None
_renewing: threading.Thread | None = None


def index() -> Index:
    """The index of the open catalogue.

    After a publication a large catalogue is found by the index before for the seconds that the new one takes: nobody
    waits for it, and what was published is on its own page at once.
    """
    global _held, _renewing
    edition = publication.edition_or_none()
    held = _held
    if held is not None and (held[0] == edition or edition is None):
        return held[1]
    if held is None or len(held[1].documents) <= SMALL:
        with _lock:
            if _held is None or _held[0] != edition:
                _held = (edition, _load(edition))
            return _held[1]
    with _lock:
        if _renewing is None or not _renewing.is_alive():
            _renewing = threading.Thread(target=_renew, args=(edition,), name="search-index", daemon=True)
            _renewing.start()
    return held[1]


def _renew(edition: str | None) -> None:
    global _held
    try:
        _held = (edition, _load(edition))
    except Exception:
        # The index before stays in use, and the next request tries again.
        logger.exception("search_index_not_renewed")
    finally:
        connection.close()


def _load(edition: str | None) -> Index:
    """The index from the shared cache where another process built it, or built from the database."""
    key = f"procedures:search:{SHAPE}:{lexicon().edition}:{edition}"
    try:
        shared = cache.get(key) if edition else None
    except (RedisError, AttributeError, TypeError):  # unreachable, or written by another release
        shared = None
    if isinstance(shared, Index):
        return shared
    made = build(read_documents(), lexicon())
    if edition and len(made.documents) > SMALL:
        try:
            cache.set(key, made, SHARED_SECONDS)
        except RedisError:
            logger.warning("search_index_not_shared")
    return made


_PERSONS_ONLY = Case(
    # a record of the catalogue never says it: only the sheets of packs are opened
    When(origin=Origin.PACK, then=Q(sheet__has_key="persons_only")),
    default=Value(False),
)
"""Whom the law lets file is who finds it under its filter, whatever applicants the catalogue names."""

_DECIDING = Case(
    # below the ministries a place says who decides, and no sheet is opened for it
    When(competent_level__in=routing.NATIONAL, then=F("sheet__deciding")),
    default=Value(None, JSONField()),
)


def read_documents() -> list[Document]:
    """Every open procedure as search sees it; a few queries for any number."""
    today = successors.codes_today()
    events: dict[int, list[str]] = defaultdict(list)
    links = Procedure.life_events.through.objects.order_by("lifeevent__position")
    for procedure_id, slug in links.values_list("procedure_id", "lifeevent__slug"):
        events[procedure_id].append(slug)
    rows = (
        ProcedureVersion.objects.filter(
            current_of__isnull=False, current_of__is_open=True, current_of__is_internal=False
        )
        .order_by("current_of__featured_rank", "short_name", "procedure__code")
        .values_list(
            "procedure_id", "pk", "procedure__code", "search_text", "procedure__field__code", "levels",
            "competent_level", "audience", "service_level", "issuer_code", "procedure__province_code",
            "procedure__featured_rank", "name", _PERSONS_ONLY, "origin", "competent_branch", _DECIDING,
        )
    )  # fmt: skip
    found = list(rows.iterator(chunk_size=1000))
    nobodys = competence.taken_by_nobody(
        competence.Asked(row[1], row[2], row[14], row[6], row[15], row[10], row[9], row[16])
        for row in found
        if row[8] != ServiceLevel.NONE
    )
    documents = []
    for row in found:
        zones = dict(zip(ZONES, row[3].split("\n"), strict=False))
        documents.append(
            Document(
                procedure_id=row[0],
                version_id=row[1],
                code=row[2],
                name=zones.get("name") or row[12],
                alias=zones.get("alias", ""),
                topic=zones.get("topic", ""),
                field=row[4],
                levels=tuple(row[5]) or (row[6],),
                audience=tuple(value for value in row[7] if not row[13] or value != Audience.ORGANISATION),
                online=NOT_HERE if row[1] in nobodys else row[8],
                life_events=tuple(events.get(row[0], ())),
                agency=today.get(row[9], row[9]),
                province_code=row[10],
                is_featured=row[11] is not None,
            )
        )
    return documents
