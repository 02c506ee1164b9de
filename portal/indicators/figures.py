"""Figures of agencies, computed from dossiers (số liệu của cơ quan); each one opens to the rows it counts.

Formulas, after QĐ 766/QĐ-TTg: on time = finished no later than the due date, out of those finished in the period that
have a due date; satisfied = "very satisfied" or "satisfied", out of the ratings of dossiers finished in the period,
where they are told (portal.indicators.opinions).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce

from dossiers.lifecycle import OPEN_STATES, DossierState
from dossiers.models import Dossier, FilingChannel
from portal.agencies.models import Agency
from portal.indicators.periods import Period

FIRST_DATE = Coalesce("original_due_at", "due_at")
"""The appointment that counts: an apology with a new date does not make a dossier on time (docs/assumptions.md)."""
ON_TIME = Q(finished_at__lte=FIRST_DATE)
LATE = Q(finished_at__gt=FIRST_DATE)


@dataclass(slots=True)
class Figures:
    """Counts of dossiers; percentages are computed from them and never stored."""

    received: int = 0
    in_person: int = 0
    postal: int = 0
    assisted: int = 0
    represented: int = 0
    """Filed online by a parent, a guardian or by mandate for somebody else."""
    handled: int = 0
    with_due_date: int = 0
    on_time: int = 0
    overdue: int = 0
    rated: int = 0
    ratings_told: int = 0
    """Ratings whose answers are told: all, or none where they are too few."""
    satisfied: int = 0

    @property
    def online(self) -> int:
        """Received over the portal's own pages or a partner's, typed by the person herself."""
        return self.received - self.in_person - self.postal - self.assisted - self.represented

    @property
    def on_time_percent(self) -> Decimal | None:
        """Share finished on time, one decimal; None without any."""
        return percent(self.on_time, self.with_due_date)

    @property
    def satisfied_percent(self) -> Decimal | None:
        """Share of satisfied ratings, one decimal; None without any that are told."""
        return percent(self.satisfied, self.ratings_told)

    def add(self, counts: dict[str, int]) -> None:
        """Add counts by name."""
        for name, count in counts.items():
            setattr(self, name, getattr(self, name) + count)


def percent(part: int, whole: int) -> Decimal | None:
    """A share in per cent with one decimal, half up; None where there is nothing to divide."""
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def within(agency: Agency | None) -> QuerySet[Dossier]:
    """Submitted dossiers of an agency and those below it, or of the whole country."""
    if agency is None:
        return Dossier.objects.exclude(state=DossierState.DRAFT)
    return Dossier.objects.within(agency)


def received_in(period: Period) -> Q:
    """Submitted in the period."""
    return Q(submitted_at__gte=period.start, submitted_at__lt=period.end)


def handled_in(period: Period) -> Q:
    """Finished in the period: decided, refused at intake, or stopped."""
    return Q(finished_at__gte=period.start, finished_at__lt=period.end)


def overdue_at(now: datetime) -> Q:
    """Not finished though the due date has passed and the clock runs (waiting for the citizen is not late)."""
    # who has not finished is in one of these states, as the index of open dossiers has it
    return Q(finished_at__isnull=True, state__in=OPEN_STATES, clock_stopped_at__isnull=True, due_at__lt=now)


def by_branch(agency: Agency | None, period: Period, now: datetime) -> dict[str, Figures]:
    """Figures by the code of the child agency a dossier lies under, "" for the agency's own; three queries.

    Without what the people asked said: that is told of an agency or not as the others are (portal.indicators.opinions).
    """
    depth = agency.path.count("/") if agency else 0
    branch = Func(
        F("agency__path"), Value("/"), Value(depth + 1), function="split_part", output_field=CharField(max_length=35)
    )
    found: dict[str, Figures] = {}

    def collect(dossiers: QuerySet[Dossier], **counts: Any) -> None:
        # an empty order_by: a default order would become part of the grouping
        grouped: Any = dossiers.annotate(branch=branch).order_by().values("branch").annotate(**counts)
        for row in grouped:
            figures = {name: int(row[name]) for name in counts}
            found.setdefault(str(row["branch"]), Figures()).add(figures)

    dossiers = within(agency)
    collect(
        dossiers.filter(received_in(period)),
        received=Count("id"),
        in_person=Count("id", filter=Q(channel=FilingChannel.DIRECT)),
        postal=Count("id", filter=Q(channel=FilingChannel.POSTAL)),
        assisted=Count("id", filter=Q(channel=FilingChannel.ONLINE, assistance__isnull=False)),
        represented=Count("id", filter=Q(channel=FilingChannel.ONLINE, representation__isnull=False)),
    )
    collect(
        dossiers.filter(handled_in(period)),
        handled=Count("id"),
        with_due_date=Count("id", filter=Q(due_at__isnull=False)),
        on_time=Count("id", filter=ON_TIME),
        rated=Count("rating"),
    )
    collect(dossiers.filter(overdue_at(now)), overdue=Count("id"))
    return found


def total_of(figures: dict[str, Figures]) -> Figures:
    """The sum over all branches."""
    total = Figures()
    for part in figures.values():
        total.add({name: getattr(part, name) for name in Figures.__slots__})
    return total
