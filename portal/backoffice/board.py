"""The leader's board (bảng điều hành): what came in, what was done in time, what is late and why, by unit and person.

The formulas are those of the public figures (portal.indicators), so that both tell the same; here each number opens to
dossiers with their codes. The number of queries is the same for every agency and period.
"""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Min, Q, QuerySet, Value, When
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from dossiers import clock_reading
from dossiers.clocks import Clock
from dossiers.lifecycle import FINISHED_STATES, OPEN_STATES, DossierState
from dossiers.models import ENDED_AT, Dossier
from portal.accounts.models import User
from portal.agencies import calendars
from portal.agencies.models import Agency, MembershipRole
from portal.backoffice.kept_counts import kept
from portal.backoffice.officials import Official
from portal.backoffice.queue_columns import slim
from portal.backoffice.queue_list import OURS
from portal.core.errors import NotFoundError
from portal.core.language import in_language
from portal.indicators import figures
from portal.indicators.figures import Figures
from portal.indicators.periods import Period

WAITING = (DossierState.AWAITING_SUPPLEMENT, DossierState.AWAITING_PAYMENT)
CAUSES_MOST = 300
"""Late dossiers whose four clocks are read for the page, newest first; the page says where there are more."""
OLDEST_SHOWN = 10


@dataclass(slots=True)
class Line:
    """Counts of one unit or one official."""

    key: str
    name: str
    is_own: bool = False
    done: Figures = field(default_factory=Figures)
    open: int = 0
    waiting: int = 0
    oldest: datetime | None = None

    @property
    def late(self) -> int:
        """Finished in the period after the first appointment."""
        return self.done.with_due_date - self.done.on_time

    def take_in(self, other: "Line") -> None:
        """Add another line's counts."""
        self.done.add({name: getattr(other.done, name) for name in Figures.__slots__})
        self.open, self.waiting = self.open + other.open, self.waiting + other.waiting
        self.oldest = min(filter(None, [self.oldest, other.oldest]), default=None)


@dataclass(frozen=True, slots=True)
class Causes:
    """Which clock took longest in the late dossiers that were looked at."""

    counts: list[tuple[Clock, int]]
    looked_at: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the page and its tables show."""

    agency: Agency
    period: Period
    total: Line
    units: list[Line]
    officials: list[Line]
    causes: Causes
    oldest: list[Dossier]
    as_of: datetime
    """When it was counted."""


def agency_for(official: Official, code: str) -> Agency:
    """The agency a leader looks at: her own, or one below it; NotFoundError for anybody else and any other."""
    posts = [post for post in official.posts if post.role == MembershipRole.LEADER]
    if not posts:
        raise NotFoundError
    if not code:
        return posts[0].agency
    agency = Agency.objects.filter(code=code[:35]).first()
    if agency is None or not any(agency.is_within(post.agency) for post in posts):
        raise NotFoundError(code="agency.not_found")
    return agency


def led_elsewhere(official: Official, agency: Agency) -> list[Agency]:
    """The agencies she leads to which no step up or down leads from this one's board."""
    led = {post.agency_id: post.agency for post in official.posts if post.role == MembershipRole.LEADER}
    return [other for other in led.values() if not (other.is_within(agency) or agency.is_within(other))]


def of(agency: Agency, period: Period, now: datetime) -> Board:
    """Count one agency with everything below it.

    A board of many dossiers is kept for a minute (`as_of` says since when); a smaller one is counted each time. Names
    and the oldest rows are read now.
    """
    counts = kept(
        f"board:counts:1:{agency.pk}:{period.key}",
        lambda: _counted(agency, period, now),
        size=lambda counts: counts.size,
    )
    units = _units(agency, counts)
    total = Line(agency.code, agency.name)
    for line in units:
        total.take_in(line)
    return Board(
        agency=agency,
        period=period,
        total=total,
        units=units,
        officials=_officials(counts),
        causes=counts.causes,
        oldest=list(_oldest(counts.oldest)),
        as_of=counts.as_of,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """What one look at the table brings: lines by the code of a branch and by an official's key, without names."""

    as_of: datetime
    units: dict[str, Line]
    officials: dict[int | None, Line]
    causes: Causes
    oldest: list[int]

    @property
    def size(self) -> int:
        """How many rows were counted, at least."""
        return sum(line.done.received + line.done.handled + line.open for line in self.units.values())


def _counted(agency: Agency, period: Period, now: datetime) -> Counts:
    """Three passes over what the numbers are about: received, finished, open.

    Each by an index of the agency, and grouped by whole numbers: branches and officials are sums of the same groups.
    """
    branch = _branches(agency)
    units: dict[str, Line] = {}
    officials: dict[int | None, Line] = {}

    def collect(row: dict[str, Any], **counts: int) -> None:
        code, person = branch[row["agency"]], row["assignee"]
        lines = [units.setdefault(code, Line(code, "", is_own=code == ""))]
        if row["is_ours"]:
            lines.append(officials.setdefault(person, Line(str(person or ""), "")))
        for line in lines:
            line.done.add(counts)
            line.open, line.waiting = line.open + row.get("open", 0), line.waiting + row.get("waiting", 0)
            line.oldest = min(filter(None, [line.oldest, row.get("oldest")]), default=None)

    # agencies by number, of which the planner knows what each has; drafts have no time of submission and no such state
    here = Dossier.objects.filter(agency__in=branch)
    filed = here.filter(figures.received_in(period))
    for agency_id, number in filed.order_by().values_list("agency").annotate(Count("pk")):
        code = branch[agency_id]
        units.setdefault(code, Line(code, "", is_own=code == "")).done.received += number
    for row in _grouped(here.filter(finished_in(period))).annotate(
        handled=Count("pk"),
        with_due_date=Count("pk", filter=Q(due_at__isnull=False)),
        on_time=Count("pk", filter=figures.ON_TIME),
    ):
        collect(row, **{name: row[name] for name in ("handled", "with_due_date", "on_time")})
    for row in _grouped(here.filter(state__in=OPEN_STATES)).annotate(
        open=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        overdue=Count("pk", filter=figures.overdue_at(now)),
        oldest=Min("submitted_at"),
    ):
        collect(row, overdue=row["overdue"])
    oldest = here.filter(state__in=OPEN_STATES).order_by("submitted_at", "pk")
    return Counts(
        as_of=now,
        units=units,
        officials=officials,
        causes=_causes(_newest_late(here, period, now), now),
        oldest=list(oldest.values_list("pk", flat=True)[:OLDEST_SHOWN]),
    )


def _grouped(rows: "QuerySet[Dossier]") -> Any:
    """By agency and official, apart from what another system decides."""
    is_ours = Case(When(OURS, then=Value(True)), default=Value(False), output_field=BooleanField())
    # an empty order_by: a default order would become part of the grouping
    return rows.annotate(is_ours=is_ours).order_by().values("agency", "assignee", "is_ours")


def finished_in(period: Period) -> Q:
    """As the figures have it, in words that the index of what ended has, too: who is finished has a day for it."""
    in_period = Q(GreaterThanOrEqual(ENDED_AT, period.start)) & Q(LessThan(ENDED_AT, period.end))
    return figures.handled_in(period) & Q(state__in=FINISHED_STATES) & in_period


def _branches(agency: Agency) -> dict[int, str]:
    """Of each agency at and below this one, the code of the child it lies under; "" for this one itself."""
    depth = agency.path.count("/")
    below = Agency.objects.filter(path__startswith=agency.path).order_by().values_list("pk", "path")
    return {pk: path.split("/")[depth] for pk, path in below}


def _units(agency: Agency, counts: Counts) -> list[Line]:
    children = {code: in_language(name, english) for code, name, english in _children(agency)}
    lines = [deepcopy(line) for line in counts.units.values()]
    lines.sort(key=lambda line: (line.key != "", children.get(line.key, line.key)))
    for line in lines:
        line.name = children.get(line.key, line.key) if line.key else in_language(agency.name, agency.name_en)
        line.key = line.key or agency.code
    return lines


def _children(agency: Agency) -> Any:
    return Agency.objects.filter(parent=agency).order_by("name", "code").values_list("code", "name", "name_en")


def _officials(counts: Counts) -> list[Line]:
    """Who handles dossiers here: what each has open and late, and what each finished; nobody's are a line, too."""
    people = User.objects.filter(pk__in=[pk for pk in counts.officials if pk])
    names = {user.pk: str(user) for user in people}
    lines = []
    for pk, counted in counts.officials.items():
        line = deepcopy(counted)
        line.name = names.get(pk, "") if pk else ""
        lines.append(line)
    return sorted(lines, key=lambda line: (-line.done.overdue, -line.open, line.name))


def late_rows(agency: Agency, period: Period, now: datetime) -> "QuerySet[Dossier]":
    """What is late: finished too late in the period, or open beyond its date."""
    late = (figures.handled_in(period) & figures.LATE) | figures.overdue_at(now)
    return figures.within(agency).filter(late)


def _causes(newest: list[int], now: datetime) -> Causes:
    chosen = Dossier.objects.filter(pk__in=newest[:CAUSES_MOST]).select_related("agency")
    looked_at = list(chosen.only("code", "handled_by_id", *(f"agency__{name}" for name in calendars.COLUMNS)))
    counts = Counter(split.longest() for split in clock_reading.of_many(looked_at, now).values() if split.whole)
    return Causes(
        [(clock, counts[clock]) for clock in Clock if counts[clock]],
        len(looked_at),
        is_cut=len(newest) > CAUSES_MOST,
    )


def _newest_late(here: "QuerySet[Dossier]", period: Period, now: datetime) -> list[int]:
    """The newest of these that are late, one more than are looked at, each half by its index.

    In the order of a sum and not of the key: else the table is walked backwards until enough of them were met.
    """
    found: list[int] = []
    for late in (
        Q(state__in=OPEN_STATES) & figures.overdue_at(now),
        finished_in(period) & figures.LATE,
    ):
        rows = here.filter(late).order_by((F("pk") + 0).desc())
        found += rows.values_list("pk", flat=True)[: CAUSES_MOST + 1]
    return sorted(found, reverse=True)[: CAUSES_MOST + 1]


def _oldest(pks: list[int]) -> "QuerySet[Dossier]":
    open_here = Dossier.objects.filter(pk__in=pks, state__in=OPEN_STATES)
    return slim(open_here).order_by("submitted_at", "pk")
