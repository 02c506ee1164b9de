"""What a leader reads first (số liệu tháng này): taken in, finished and on time, counted as the board does."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import BigIntegerField, Count, Q, Value

from dossiers.models import Dossier
from portal.backoffice.board import finished_in
from portal.backoffice.kept_counts import kept
from portal.backoffice.officials import Official
from portal.indicators import figures
from portal.indicators.periods import Period


@dataclass(frozen=True, slots=True)
class Month:
    """The numbers of all agencies that an official works for."""

    as_of: datetime
    """When they were counted."""
    taken: int
    finished: int
    timed: int
    on_time: int


def of(official: Official, period: Period, now: datetime) -> Month:
    """Count, or take what was counted less than a minute ago where there is much to count."""
    scope = sha256(" ".join(official.top_paths()).encode()).hexdigest()
    return kept(f"month:counts:1:{scope}:{period.key}", lambda: _counted(official, period, now), size=_size)


def _counted(official: Official, period: Period, now: datetime) -> Month:
    """In one query of two halves, each by its index alone; a draft has no time of submission."""
    hers = Dossier.objects.filter(agency__in=official.agency_ids).order_by()
    taken = hers.filter(figures.received_in(period)).values(is_done=Value(0))
    done = hers.filter(finished_in(period)).values(is_done=Value(1))
    none = Value(0, output_field=BigIntegerField())
    halves = taken.annotate(all=Count("pk"), timed=none, on_time=none).union(
        done.annotate(
            all=Count("pk"),
            timed=Count("pk", filter=Q(due_at__isnull=False)),
            on_time=Count("pk", filter=figures.ON_TIME),
        ),
        all=True,
    )
    found = {row["is_done"]: row for row in halves}
    finished = found.get(1, {"all": 0, "timed": 0, "on_time": 0})
    return Month(
        as_of=now,
        taken=found[0]["all"] if 0 in found else 0,
        finished=finished["all"],
        timed=finished["timed"],
        on_time=finished["on_time"],
    )


def _size(month: Month) -> int:
    return month.taken + month.finished
