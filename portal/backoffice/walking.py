"""Going through a queue dossier by dossier (làm lần lượt): which queue she came from and where in it she stands.

It stands in the address of the workbench, so that it needs neither scripts nor a session and two windows do not mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.urls import reverse

from dossiers.models import Dossier
from portal.backoffice import narrowing, queue_columns, queue_list, queue_marks, queues
from portal.backoffice.narrowing import EVERYTHING, Narrowing
from portal.backoffice.officials import Official
from portal.backoffice.queue_list import Moment, Queue
from portal.backoffice.queue_marks import Order

QUEUE, MARK, WAY = "hang-doi", "tai", "huong"
BACK = "truoc"
"""The only value of WAY: towards the top of the queue."""
MARK_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Walk:
    """A queue, narrowed, and the mark of the open dossier; a mark holds also once its row has left the queue."""

    queue: Queue
    narrowed: Narrowing = EVERYTHING
    mark: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self | None:
        """What the address of a workbench carries; None without a queue that there is."""
        queue = queue_list.QUEUES.get(data.get(QUEUE, ""))
        return cls(queue, narrowing.read(data), _mark(data)) if queue else None

    def to(self, row: Any) -> str:
        """The workbench of a row of the queue, which carries its `key`."""
        query = urlencode({QUEUE: self.queue.name, **self.narrowed.query(), MARK: queue_marks.write(row)})
        return f"{reverse('admin:dossier', args=[row.code])}?{query}"

    @property
    def kept(self) -> dict[str, str]:
        """What an address of this dossier carries on."""
        return {QUEUE: self.queue.name, **self.narrowed.query(), MARK: self.mark}

    @property
    def query(self) -> str:
        """The same as text, with the question mark."""
        return f"?{urlencode(self.kept)}"

    @property
    def queue_url(self) -> str:
        """The queue itself, as she narrowed it."""
        only = self.narrowed.encoded()
        return f"{reverse('admin:queue', args=[self.queue.name])}{'?' if only else ''}{only}"

    @property
    def next_url(self) -> str:
        """The address that leads to the dossier behind this one."""
        return self._neighbour({})

    @property
    def previous_url(self) -> str:
        """The address that leads to the one before."""
        return self._neighbour({WAY: BACK})

    def _neighbour(self, way: dict[str, str]) -> str:
        query = urlencode({**self.narrowed.query(), MARK: self.mark, **way})
        return f"{reverse('admin:queue_walk', args=[self.queue.name])}?{query}"

    def neighbour(self, official: Official, at: Moment, *, is_back: bool = False) -> Dossier | None:
        """The row behind (before) this one as the queue is now, with its `key`; None at its end."""
        order = Order(self.narrowed.order or self.queue.order)
        rows = queues.ordered(
            official, self.queue, at, order, limit=1, mark=self.mark, is_back=is_back, narrowed=self.narrowed
        )
        found: Dossier | None = queue_columns.slim(rows).first()
        return found


def of_queue(data: Mapping[str, Any], queue: Queue) -> Walk:
    """Where she stands in a queue that the path names."""
    return Walk(queue, narrowing.read(data), _mark(data))


def query_of(data: Mapping[str, Any]) -> str:
    """What an address of this dossier carries on, with the question mark; empty where she came from no queue."""
    walk = Walk.read(data)
    return walk.query if walk else ""


def _mark(data: Mapping[str, Any]) -> str:
    return str(data.get(MARK, ""))[:MARK_LENGTH]
