"""The leader's board (bảng điều hành): what came in, what was done in time, what is late and why, by unit and person.

The formulas are those of the public figures (portal.indicators), so that both tell the same; here each number opens to
dossiers with their codes. The number of queries is the same for every agency and period.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Func, Min, Q, QuerySet, Value
from django.db.models.fields import CharField

from dossiers import clock_reading
from dossiers.clocks import Clock
from dossiers.lifecycle import OPEN_STATES, DossierState
from dossiers.models import Dossier
from portal.accounts.models import User
from portal.agencies import calendars
from portal.agencies.models import Agency, MembershipRole
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
    """Count one agency with everything below it."""
    units = _units(agency, period, now)
    total = Line(agency.code, agency.name)
    for line in units:
        total.done.add({name: getattr(line.done, name) for name in Figures.__slots__})
        total.open, total.waiting = total.open + line.open, total.waiting + line.waiting
        total.oldest = min(filter(None, [total.oldest, line.oldest]), default=None)
    return Board(
        agency=agency,
        period=period,
        total=total,
        units=units,
        officials=_officials(agency, period, now),
        causes=_causes(agency, period, now),
        oldest=list(_oldest(agency)),
    )


def _branch(agency: Agency) -> Func:
    depth = agency.path.count("/")
    return Func(
        F("agency__path"), Value("/"), Value(depth + 1), function="split_part", output_field=CharField(max_length=35)
    )


def _units(agency: Agency, period: Period, now: datetime) -> list[Line]:
    done = figures.by_branch(agency, period, now)
    open_rows: Any = (
        figures.within(agency)
        .filter(state__in=OPEN_STATES)
        .annotate(branch=_branch(agency))
        .order_by()
        .values("branch")
        .annotate(open=Count("pk"), waiting=Count("pk", filter=Q(state__in=WAITING)), oldest=Min("submitted_at"))
    )
    opened = {str(row["branch"]): row for row in open_rows}
    children = {code: in_language(name, english) for code, name, english in _children(agency)}
    lines = []
    for code in sorted(done.keys() | opened.keys(), key=lambda code: (code != "", children.get(code, code))):
        row = opened.get(code, {})
        lines.append(
            Line(
                code or agency.code,
                children.get(code, code) if code else in_language(agency.name, agency.name_en),
                is_own=code == "",
                done=done.get(code, Figures()),
                open=row.get("open", 0),
                waiting=row.get("waiting", 0),
                oldest=row.get("oldest"),
            )
        )
    return lines


def _children(agency: Agency) -> Any:
    return Agency.objects.filter(parent=agency).order_by("name", "code").values_list("code", "name", "name_en")


def _officials(agency: Agency, period: Period, now: datetime) -> list[Line]:
    """Who handles dossiers here: what each has open and late, and what each finished; nobody's are a line, too."""
    ours = figures.within(agency).filter(OURS).order_by()
    open_rows: Any = (
        ours.filter(state__in=OPEN_STATES)
        .values("assignee")
        .annotate(
            open=Count("pk"),
            waiting=Count("pk", filter=Q(state__in=WAITING)),
            overdue=Count("pk", filter=figures.overdue_at(now)),
            oldest=Min("submitted_at"),
        )
    )
    done_rows: Any = (
        ours.filter(figures.handled_in(period))
        .values("assignee")
        .annotate(
            handled=Count("pk"),
            with_due_date=Count("pk", filter=Q(due_at__isnull=False)),
            on_time=Count("pk", filter=figures.ON_TIME),
        )
    )
    lines: dict[int | None, Line] = {}
    for row in open_rows:
        line = lines.setdefault(row["assignee"], Line(str(row["assignee"] or ""), ""))
        line.open, line.waiting, line.oldest = row["open"], row["waiting"], row["oldest"]
        line.done.overdue = row["overdue"]
    for row in done_rows:
        line = lines.setdefault(row["assignee"], Line(str(row["assignee"] or ""), ""))
        line.done.add({name: row[name] for name in ("handled", "with_due_date", "on_time")})
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk in lines if pk])}
    for pk, line in lines.items():
        line.name = names.get(pk, "") if pk else ""
    return sorted(lines.values(), key=lambda line: (-line.done.overdue, -line.open, line.name))


def late_rows(agency: Agency, period: Period, now: datetime) -> "QuerySet[Dossier]":
    """What is late: finished too late in the period, or open beyond its date."""
    late = (figures.handled_in(period) & figures.LATE) | figures.overdue_at(now)
    return figures.within(agency).filter(late)


def _causes(agency: Agency, period: Period, now: datetime) -> Causes:
    rows = list(
        late_rows(agency, period, now)
        .select_related("agency")
        .only("code", "handled_by_id", *(f"agency__{name}" for name in calendars.COLUMNS))
        .order_by("-pk")[: CAUSES_MOST + 1]
    )
    looked_at = rows[:CAUSES_MOST]
    counts = Counter(split.longest() for split in clock_reading.of_many(looked_at, now).values() if split.whole)
    return Causes(
        [(clock, counts[clock]) for clock in Clock if counts[clock]], len(looked_at), is_cut=len(rows) > CAUSES_MOST
    )


def _oldest(agency: Agency) -> "QuerySet[Dossier]":
    open_here = Dossier.objects.within(agency).filter(state__in=OPEN_STATES)
    return slim(open_here).order_by("submitted_at", "pk")[:OLDEST_SHOWN]
