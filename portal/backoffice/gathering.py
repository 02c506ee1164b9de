"""A job over a whole long queue (cả hàng đợi): what was shown is remembered by its moment, and gathered by the worker.

A page cannot carry ten thousand marks. It carries, signed, which queue it showed and when; the worker writes an item
for each dossier, in chunks that are each a transaction with the place where the next one begins. A dossier that
changed after the page was shown is not taken in. Only when all are gathered is the first one done.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import transaction

from portal.backoffice import queue_list, queues
from portal.backoffice.models import BulkItem, BulkJob
from portal.backoffice.narrowing import Narrowing, from_kept
from portal.backoffice.officials import Official

MOST = 10_000
"""Dossiers in one job over a whole queue: a year's certificates of a school, the licences of a campaign."""
AT_A_TIME = 1000
"""Items that one transaction writes."""
SALT = "backoffice.whole-queue"
SHOWN_FOR_SECONDS = 3600
"""How long a page that asks for confirmation counts; after an hour the official looks at her queue again."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A queue as an official saw it."""

    queue: str
    narrowed: dict[str, Any]
    as_of: str
    total: int

    def signed(self) -> str:
        """For the page that asks, so that what is confirmed is what was shown."""
        return signing.dumps(asdict(self), salt=SALT)


def look_at(official: Official, queue: queue_list.Queue, *, narrowed: Narrowing) -> tuple[Whole, list[str]]:
    """The queue as it is now, with its first codes; `total` counts up to MOST."""
    at = queue_list.Moment.current()
    found = queues.first_marks(official, queue, at, limit=MOST, narrowed=narrowed)
    return Whole(queue.name, narrowed.kept(), at.now.isoformat(), len(found)), [code for code, _sequence in found]


def first_code(official: Official, whole: Whole) -> str:
    """The most urgent dossier of the queue that was shown; empty where none is left."""
    at = queue_list.Moment.at(datetime.fromisoformat(whole.as_of))
    queue = queue_list.QUEUES[whole.queue]
    found = queues.first_marks(official, queue, at, limit=1, narrowed=from_kept(whole.narrowed))
    return found[0][0] if found else ""


def read(text: str) -> Whole | None:
    """What a confirmed page had shown; None for a page that is too old or was tampered with."""
    try:
        return Whole(**signing.loads(text, salt=SALT, max_age=SHOWN_FOR_SECONDS))
    except (signing.BadSignature, TypeError):
        return None


def source_of(whole: Whole) -> dict[str, Any]:
    """What the job keeps of it."""
    return {**asdict(whole), "after": "", "is_gathered": False}


def gather(job_id: int, official: Official) -> bool:
    """Write the next chunk of items; whether there is more to gather. A stopped job is left as it is."""
    with transaction.atomic():
        job: BulkJob = BulkJob.objects.select_for_update(of=("self",)).get(pk=job_id)
        queue = queue_list.QUEUES.get(job.source.get("queue", ""))
        if not job.is_gathering or job.stopped_at is not None or queue is None:
            return False
        have = job.items.count()
        found = queues.marks_unchanged_since(
            official,
            queue,
            queue_list.Moment.at(datetime.fromisoformat(job.source["as_of"])),
            datetime.fromisoformat(job.source["as_of"]),
            limit=min(AT_A_TIME, MOST - have),
            after=job.source["after"],
            narrowed=from_kept(job.source.get("narrowed", job.source)),  # a job of before keeps its official alone
        )
        items = [BulkItem(job=job, dossier_code=code, seen_sequence=sequence) for code, sequence in found.marks]
        BulkItem.objects.bulk_create(items, batch_size=500, ignore_conflicts=True)
        job.total = job.items.count()
        is_gathered = not found.next_mark or job.total >= MOST
        job.source = {**job.source, "after": found.next_mark, "is_gathered": is_gathered}
        job.save(update_fields=["total", "source"])
        return not is_gathered
