"""The queues of the desk as they are read: which rows, in which order, how many; keyset pages, no offsets."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Value

from dossiers.lifecycle import OPEN_STATES
from dossiers.models import Dossier, DossierEvent, DossierQuerySet
from portal.backoffice import queue_columns, queue_heads, queue_marks
from portal.backoffice.narrowing import EVERYTHING, Narrowing
from portal.backoffice.officials import Official
from portal.backoffice.queue_list import OURS, QUEUES, Moment, Queue, Scope
from portal.backoffice.queue_marks import Order

PAGE_SIZE = 50
EVERY_ROW = Q()


@dataclass(frozen=True)
class Page:
    """One page of a queue and the mark from which the next one starts."""

    rows: list[Dossier]
    next_mark: str


def rows_of(official: Official, queue: Queue, at: Moment, narrowed: Narrowing = EVERYTHING) -> DossierQuerySet:
    """All rows of a queue, narrowed where asked, unordered."""
    dossiers = official.asked() if queue.scope is Scope.OF_OTHERS else official.dossiers()
    return dossiers.filter(queue.scope.rows & queue.rows(official, at) & narrowed.rows)


def ordered(
    official: Official,
    queue: Queue,
    at: Moment,
    order: Order,
    *,
    limit: int,
    mark: str = "",
    is_back: bool = False,
    narrowed: Narrowing = EVERYTHING,
    only: Q = EVERY_ROW,
) -> DossierQuerySet:
    """Rows of a queue in an order with their `key`, from a mark on or back from it; no more than `limit` are wanted."""
    in_order = queue_marks.before if is_back else queue_marks.in_order
    rows = rows_of(official, queue, at, narrowed).filter(only)
    if queue.scope in {Scope.OURS, Scope.OF_ALL}:
        own = queue.scope.rows & queue.rows(official, at) & narrowed.rows & only
        rows = queue_heads.first(
            narrowed.among(official.agency_ids),
            lambda here: in_order(here.filter(own), order, mark),
            falls=queue_marks.falls(order, is_back=is_back),
            limit=limit,
        )
    return in_order(rows, order, mark)


def page(
    official: Official,
    queue: Queue,
    at: Moment,
    *,
    after: str = "",
    narrowed: Narrowing = EVERYTHING,
    limit: int = PAGE_SIZE,
) -> Page:
    """One page in the order that is wanted, or the queue's own; a mark that cannot be read starts at the top."""
    order = Order(narrowed.order or queue.order)
    rows = ordered(official, queue, at, order, limit=limit + 1, mark=after, narrowed=narrowed)
    slim = queue_columns.slim(rows, with_answers=queue.scope is Scope.PAPER)
    found: list[Any] = list(slim[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], queue_marks.write(last) if last is not None else "")


def to_do(official: Official, queue: Queue, at: Moment, *, limit: int) -> list[Dossier]:
    """The first rows of a queue that wait for the reader herself, most urgent first."""
    only = queue.to_do(official) if queue.to_do is not None else EVERY_ROW
    rows = ordered(official, queue, at, Order.URGENT, limit=limit, only=only)
    return list(queue_columns.slim(rows, with_answers=queue.scope is Scope.PAPER)[:limit])


def first_marks(
    official: Official, queue: Queue, at: Moment, *, limit: int, narrowed: Narrowing = EVERYTHING
) -> list[tuple[str, int]]:
    """Code and last event of the first rows of a queue, most urgent first."""
    ordered = queue_marks.in_order(rows_of(official, queue, at, narrowed), Order.URGENT)
    return [(code or "", sequence) for code, sequence in ordered.values_list("code", "last_sequence")[:limit]]


@dataclass(frozen=True)
class Gathered:
    """Some marks of a queue and where the next ones begin; nothing there once all were gathered."""

    marks: list[tuple[str, int]]
    next_mark: str


def marks_unchanged_since(
    official: Official, queue: Queue, at: Moment, since: datetime, *, limit: int, after: str, narrowed: Narrowing
) -> Gathered:
    """Code and last event of a queue's rows after a mark, most urgent first, without those that changed meanwhile."""
    ordered = queue_marks.in_order(rows_of(official, queue, at, narrowed), Order.URGENT, after=after)
    changed = DossierEvent.objects.filter(dossier=OuterRef("pk"), received_at__gt=since).order_by()
    found = list(ordered.filter(~Exists(changed)).only("code", "last_sequence")[:limit])
    marks = [(row.code or "", row.last_sequence) for row in found]
    return Gathered(marks, queue_marks.write(found[-1]) if len(found) == limit else "")


def search(official: Official, condition: Q, *, limit: int = PAGE_SIZE) -> list[Dossier]:
    """Dossiers that fit, of the official's agencies and of those that ask hers now, filed last first.

    The newest rows are taken, which their keys tell; a draft may have waited for weeks, so its day of filing may not.
    """
    own = list(queue_columns.slim(official.dossiers().filter(condition)).order_by("-id")[:limit])
    if len(own) == limit:
        return _filed_last_first(own)
    known = {dossier.pk for dossier in own}
    asked = queue_columns.slim(official.asked().filter(condition)).order_by("-id")[:limit]
    return _filed_last_first((own + [dossier for dossier in asked if dossier.pk not in known])[:limit])


def _filed_last_first(found: list[Dossier]) -> list[Dossier]:
    return sorted(found, key=attrgetter("submitted_at", "pk"), reverse=True)


def counts(official: Official, at: Moment) -> dict[str, int]:
    """How many rows each queue has: one pass over the desk's index, and one query for the queues beside it."""
    counted = {
        name.replace("-", "_"): queue for name, queue in QUEUES.items() if queue.is_counted and not queue.scope.is_apart
    }
    if not official.working_posts:
        return dict.fromkeys((queue.name for queue in QUEUES.values() if queue.is_counted), 0)
    found = queue_heads.totals(
        official.agency_ids,
        lambda here: here.filter(OURS, state__in=OPEN_STATES),
        **{key: Count("pk", filter=queue.rows(official, at)) for key, queue in counted.items()},
    )
    apart = dict.fromkeys((queue.name for queue in QUEUES.values() if queue.scope.is_apart), 0)
    there = [name for name in apart if QUEUES[name].is_there_for(official)]
    beside = [
        rows_of(official, QUEUES[name], at)
        .order_by()
        .annotate(queue=Value(name))
        .values("queue")
        .annotate(number=Count("pk"))
        .values_list("queue", "number")
        for name in there
    ]
    return (
        {queue.name: found[key] for key, queue in counted.items()}
        | apart
        | dict(beside[0].union(*beside[1:], all=True))
    )
