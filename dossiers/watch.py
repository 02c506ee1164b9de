"""Who is told before and after a deadline (cảnh báo thời hạn), and when it goes up the agency tree.

A sweep looks for dossiers whose deadline nears or has passed and writes one alert row for each rule and deadline; the
row is what makes a second sweep, or two at once, say nothing again. A deadline that moves is a new one. Where nobody
holds the post that a rule names, the agency above is told: a dossier never waits unseen because a post is empty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import DossierState
from dossiers.models import Alert, Consultation, Dossier
from portal.accounts.models import User
from portal.agencies import absences, memberships
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency, MembershipRole
from portal.core import keyset, sweeping
from portal.core.calendar import WorkCalendar
from portal.core.moments import vn_datetime
from portal.notifications import services as notifications

log = structlog.get_logger(__name__)
S = DossierState
R = MembershipRole
AT_ONCE = 500
OURS = Q(source__isnull=True, handled_by__isnull=True)
"""Filed and decided here: deadlines of dossiers that another system reports are watched there."""
THEIRS = Q(source__isnull=True, handled_by__isnull=False)
"""Filed here, decided in the agency's own system: its officials act there, here nobody could."""
INTAKE = OURS & Q(state=S.SUBMITTED)
WORK = OURS & Q(state__in=[S.ACCEPTED, S.PROCESSING, S.CONSULTING], clock_stopped_at__isnull=True)
WITHDRAWAL = OURS & Q(state=S.WITHDRAWAL_REQUESTED)
"""The clock stands still for them, so that nothing else would ever tell that nobody answers."""
ASKING = OURS & Q(state=S.CONSULTING)
ANSWER_DUE = "answer_due_at"
"""Not of the dossier: of the question to another agency that is open."""


@dataclass(frozen=True)
class Rule:
    """One warning: which deadline, how many office hours before (negative) or after it, and who is told."""

    name: str
    rows: Q
    limit: str
    hours: int
    roles: tuple[str, ...]
    text: str | Promise
    of_system: bool = False
    """Tell who looks after the system that decides, once a day for all its dossiers: it may have fallen silent."""
    gathered: bool = False
    """Tell each person once an hour, however many dossiers there are."""
    of_asked: bool = False
    """Tell the agency whose opinion is waited for instead of the one that decides."""
    above: bool = False
    """Tell the agency above instead: its officials let the deadline pass although they were told."""


RULES: tuple[Rule, ...] = (
    Rule(
        "intake_new", INTAKE, "intake_due_at", -7, (R.DESK,), _("Hồ sơ %(code)s mới nộp, chờ tiếp nhận"), gathered=True
    ),
    Rule("intake_soon", INTAKE, "intake_due_at", -2, (R.DESK,), _("Hồ sơ %(code)s phải được trả lời trước %(limit)s")),
    Rule("intake_late", INTAKE, "intake_due_at", 0, (R.DESK, R.LEADER), _("Hồ sơ %(code)s quá hạn tiếp nhận")),
    Rule(
        "intake_escalated",
        INTAKE,
        "intake_due_at",
        8,
        (R.LEADER,),
        _("%(agency)s chưa tiếp nhận hồ sơ %(code)s, quá hạn một ngày làm việc"),
        above=True,
    ),
    Rule("due_soon", WORK, "due_at", -8, (R.SPECIALIST,), _("Hồ sơ %(code)s hẹn trả %(limit)s")),
    Rule("due_late", WORK, "due_at", 0, (R.SPECIALIST, R.LEADER), _("Hồ sơ %(code)s quá hạn trả kết quả")),
    Rule(
        "due_escalated",
        WORK,
        "due_at",
        16,
        (R.LEADER,),
        _("%(agency)s chưa trả kết quả hồ sơ %(code)s, quá hạn hai ngày làm việc"),
        above=True,
    ),
    Rule(
        "withdrawal_waits",
        WITHDRAWAL,
        "state_occurred_at",
        8,
        (R.DESK, R.LEADER),
        _("Hồ sơ %(code)s chờ trả lời yêu cầu rút từ %(limit)s"),
    ),
    Rule(
        "withdrawal_escalated",
        WITHDRAWAL,
        "state_occurred_at",
        24,
        (R.LEADER,),
        _("%(agency)s chưa trả lời yêu cầu rút hồ sơ %(code)s, đã quá ba ngày làm việc"),
        above=True,
    ),
    Rule(
        "answer_soon",
        ASKING,
        ANSWER_DUE,
        -8,
        (R.SPECIALIST,),
        _("Hồ sơ %(code)s chờ ý kiến của cơ quan bạn trước %(limit)s"),
        of_asked=True,
    ),
    Rule(
        "answer_late",
        ASKING,
        ANSWER_DUE,
        0,
        (R.SPECIALIST, R.LEADER),
        _("Quá hạn cho ý kiến về hồ sơ %(code)s"),
        of_asked=True,
    ),
    Rule(
        "answer_missing",
        ASKING,
        ANSWER_DUE,
        0,
        (R.SPECIALIST,),
        _("Cơ quan được hỏi chưa cho ý kiến về hồ sơ %(code)s, đã quá hạn"),
    ),
    Rule(
        "system_intake_late",
        THEIRS & Q(state=S.SUBMITTED),
        "intake_due_at",
        0,
        (R.ADMINISTRATOR,),
        _("%(system)s chưa báo tiếp nhận hồ sơ %(code)s, đã quá hạn"),
        of_system=True,
    ),
    Rule(
        "system_due_late",
        THEIRS & Q(state__in=[S.ACCEPTED, S.PROCESSING, S.CONSULTING], clock_stopped_at__isnull=True),
        "due_at",
        0,
        (R.ADMINISTRATOR,),
        _("%(system)s chưa báo kết quả hồ sơ %(code)s, đã quá hạn"),
        of_system=True,
    ),
)
"""Office hours are those of the agency (NĐ 118/2025/NĐ-CP: intake in eight); the steps of warning are our choice, as
are one and three working days for a withdrawal, which no act that we read limits (docs/assumptions.md)."""


def label(rule: str, dossier: Dossier, limit: datetime) -> str:
    """The words of a rule about a dossier, in the reader's language."""
    words = next((each.text for each in RULES if each.name == rule), rule)
    names = {
        "code": dossier.code,
        "agency": dossier.agency.name if dossier.agency else "",
        "system": dossier.handled_by.name if dossier.handled_by else _("Hệ thống của cơ quan"),
        "limit": vn_datetime(limit),
    }
    return str(words) % names


def sweep(now: datetime | None = None) -> int:
    """Raise every alert that is due; return how many. One fails, others go on."""
    now, told = now or timezone.now(), set[str]()
    return sum(
        sweeping.each(
            [dossier for dossier in piece if _has_come(rule, dossier, now)],
            partial(_raise, rule, now=now, told=told),
            sweep=f"dossiers.watch_deadlines.{rule.name}",
            name=lambda dossier: dossier.code,
        )
        for rule in RULES
        for piece in _due(rule, now)
    )


def _due(rule: Rule, now: datetime) -> Iterable[list[Dossier]]:
    """Dossiers of which a rule may speak and has not spoken yet; when exactly says their calendar (_has_come)."""
    ahead = timedelta(hours=-min(rule.hours, 0))
    until = WorkCalendar.national().add_working_time(now, ahead)
    told = Alert.objects.filter(dossier=OuterRef("pk"), rule=rule.name, limit_at=OuterRef(rule.limit))
    watched = Dossier.objects.all()
    if rule.limit == ANSWER_DUE:
        asked = Consultation.objects.filter(dossier=OuterRef("pk"), ended_at__isnull=True)
        watched = watched.annotate(answer_due_at=Subquery(asked.values(ANSWER_DUE)[:1]))
    rows = (
        watched.filter(rule.rows, **{f"{rule.limit}__lte": until})
        .exclude(Exists(told))
        .select_related("agency__parent", "assignee", "handled_by__agency")
        .order_by(F(rule.limit).asc(), "pk")
    )
    return keyset.in_pieces(
        rows, behind=lambda last: keyset.behind(rule.limit, getattr(last, rule.limit), last.pk), size=AT_ONCE
    )


def _has_come(rule: Rule, dossier: Dossier, now: datetime) -> bool:
    limit: datetime = getattr(dossier, rule.limit)
    if dossier.agency is None:
        return False
    return work_calendar(dossier.agency).working_seconds_between(limit, now) >= rule.hours * 3600 and (
        rule.hours < 0 or limit <= now
    )


def _raise(rule: Rule, dossier: Dossier, now: datetime, told: set[str]) -> int:
    limit: datetime = getattr(dossier, rule.limit)
    people = [] if rule.of_system else _people(rule, dossier)
    if rule.gathered and _heard_already(rule, people, now, told):
        return 0
    with transaction.atomic():
        _row, is_new = Alert.objects.get_or_create(
            dossier=dossier, rule=rule.name, limit_at=limit, defaults={"raised_at": now}
        )
        if not is_new:
            return 0
        if rule.of_system:
            _tell_of_system(rule, dossier, limit, now)
        else:
            for person in people:
                if rule.gathered:
                    told.add(_tell_gathered(rule, person, now))
                else:
                    _tell(rule, dossier, limit, person)
    log.info("dossier.deadline_alert", dossier=dossier.code, rule=rule.name)
    return 1


def _people(rule: Rule, dossier: Dossier) -> list[User]:
    """The assignee for a specialist where there is one, else the posts; the agency above where a post is empty."""
    found: dict[int, User] = {}
    agency = _asked(dossier) if rule.of_asked else dossier.agency
    start = agency.parent if rule.above and agency is not None else agency
    for role in rule.roles:
        if role == R.SPECIALIST and dossier.assignee is not None and not rule.of_asked:
            found[dossier.assignee.pk] = dossier.assignee
            continue
        found.update({person.pk: person for person in _holders(start, role)})
    people = absences.present(found.values(), agency)
    return people or _operators(agency)  # a top agency without a leader has nobody above it


def _asked(dossier: Dossier) -> Agency | None:
    asked = dossier.consultations.filter(ended_at__isnull=True).select_related("agency__parent").first()
    return asked.agency if asked is not None else None


def _operators(agency: Agency | None) -> list[User]:
    """Who administers an agency, else the nearest one above it, else the whole portal."""
    while agency is not None:
        if people := memberships.holders(agency, R.ADMINISTRATOR):
            return people
        agency = agency.parent
    return list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))


def _tell_of_system(rule: Rule, dossier: Dossier, limit: datetime, now: datetime) -> None:
    """One message a day and system, however many of its dossiers are late: what to look at is the system."""
    system = dossier.handled_by
    assert system is not None  # noqa: S101 - the rule's rows have one
    for person in _operators(system.agency):
        with translation.override(person.language):
            subject = label(rule.name, dossier, limit)
            seen = vn_datetime(system.last_seen_at) or _("chưa gọi lần nào")
            body = _("Lần gọi gần nhất: %(seen)s. Trang hệ thống cho biết còn gì đang chờ.") % {"seen": seen}
        _notify(
            rule,
            dossier,
            person,
            (subject, body),
            link=f"/quan-tri/he-thong/{system.pk}/",
            once=f"system.{system.pk}.{timezone.localdate(now):%Y%m%d}",
        )


def _holders(agency: Agency | None, role: str) -> list[User]:
    while agency is not None:
        people = memberships.holders(agency, role)
        if people:
            return people
        agency, role = agency.parent, R.LEADER
    return []


def _heard_already(rule: Rule, people: list[User], now: datetime, told: set[str]) -> bool:
    """Whether one of them heard of others in this hour, before this sweep: what came since waits for the next hour."""
    return any(
        once not in told and notifications.is_written(person, once)
        for person in people
        if (once := _once_an_hour(rule, person, now))
    )


def _once_an_hour(rule: Rule, person: User, now: datetime) -> str:
    return f"{rule.name}.{person.pk}.{timezone.localtime(now):%Y%m%d%H}"


def _tell_gathered(rule: Rule, person: User, now: datetime) -> str:
    """NĐ 118/2025/NĐ-CP as restated: the official hears of a filing within two office hours; one is our choice.

    Returns the key of the message.
    """
    with translation.override(person.language):
        words = str(_("Có hồ sơ mới chờ tiếp nhận")), str(_("Hàng đợi xếp theo hạn phải trả lời."))
    notifications.notify(
        recipient=person,
        kind=f"dossier.{rule.name}",
        subject=words[0],
        body=words[1],
        link="/quan-tri/",
        dedupe_key=_once_an_hour(rule, person, now),
    )
    return _once_an_hour(rule, person, now)


def _tell(rule: Rule, dossier: Dossier, limit: datetime, person: User) -> None:
    with translation.override(person.language):
        subject = label(rule.name, dossier, limit)
        body = f"{dossier.procedure_name}. {vn_datetime(limit)}."
    _notify(
        rule,
        dossier,
        person,
        (subject, body),
        link=f"/quan-tri/ho-so/{dossier.code}/",
        once=f"{dossier.code}.{rule.name}.{limit:%Y%m%d%H%M}",
    )


def _notify(rule: Rule, dossier: Dossier, person: User, words: tuple[str, str], *, link: str, once: str) -> None:
    subject, body = words
    notifications.notify(
        recipient=person,
        kind=f"dossier.{rule.name}",
        subject=subject,
        body=body,
        link=link,
        reference=dossier.code or "",
        dedupe_key=once,
    )
