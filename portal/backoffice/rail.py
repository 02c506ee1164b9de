"""The list beside every page of the desk (danh sách hàng đợi): queues with their counts, and filters she saved."""

from dataclasses import dataclass
from typing import Any, Self

from portal.backoffice import queue_list, queues, saved_filters
from portal.backoffice.models import SavedFilter
from portal.backoffice.officials import Official
from portal.backoffice.queue_list import Scope


@dataclass(frozen=True, slots=True)
class Rail:
    """What stands there for an official, counted at one moment."""

    official: Official
    counts: dict[str, int]
    """Rows by queue."""
    saved: list[SavedFilter]
    saved_counts: dict[int, int]

    @classmethod
    def of(
        cls, official: Official, at: queue_list.Moment | None = None, *, saved: list[SavedFilter] | None = None
    ) -> Self:
        """Count as of a moment, this one unless told; `saved` are her filters, where they were read before."""
        at = at or queue_list.Moment.current()
        if saved is None:
            saved = saved_filters.of(official.user) if official.working_posts else []
        numbers = saved_filters.counts(official, at, saved) if saved else {}
        return cls(official, queues.counts(official, at), saved, numbers)

    def context(self, here: str | SavedFilter = "") -> dict[str, Any]:
        """For templates/backoffice/base.html; `here` is the queue, by name, or the filter that the page shows.

        What other systems decide has its line where there is any.
        """
        if not self.official.working_posts:
            return {"rail": [], "rail_saved": []}
        return {
            "rail": [
                {"queue": queue, "count": self.counts.get(queue.name), "is_current": queue.name == here}
                for queue in queue_list.QUEUES.values()
                if queue.in_rail
                and queue.is_there_for(self.official)
                and (queue.name == here or self.counts.get(queue.name) or queue.scope is not Scope.ELSEWHERE)
            ],
            "rail_saved": [
                {"saved": one, "count": self.saved_counts.get(one.pk), "is_current": one == here} for one in self.saved
            ],
        }
