"""Who is told before and after a deadline (cảnh báo thời hạn), and when it goes up the agency tree.

A sweep looks for dossiers whose deadline nears or has passed and writes one alert row for each rule and deadline; the
row is what makes a second sweep, or two at once, say nothing again. A deadline that moves is a new one. Where nobody
holds the post that a rule names, the agency above is told: a dossier never waits unseen because a post is empty.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import extension, reminders, step_watch
from dossiers.models import Alert, Consultation, Dossier, SupplementRequest
from dossiers.watch_rules import ANSWER_DUE, ASKED_AT, BUNDLE_DUE, RULES, SUPPLEMENT_DUE, Rule
from portal.accounts.models import User
from portal.agencies import absences, memberships
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency, MembershipRole
from portal.core import keyset, sweeping
from portal.core.calendar import WorkCalendar
from portal.core.language import speaking
from portal.core.moments import vn_datetime
from portal.notifications import services as notifications

log = structlog.get_logger(__name__)
R = MembershipRole
AT_ONCE = 500
ALL_RULES = (
    *RULES,
    *chain.from_iterable([*step_watch.STEP_RULES.values(), *step_watch.STAGE_RULES.values()]),
)


def label(rule: str, dossier: Dossier, limit: datetime) -> str:
    """The words of a rule about a dossier, in the reader's language."""
    words = next((each.text for each in ALL_RULES if each.name == rule), rule)
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
        for rule, piece in chain(
            ((rule, piece) for rule in RULES for piece in _due(rule, now)),
            step_watch.due(now),
        )
    )


def _due(rule: Rule, now: datetime) -> Iterable[list[Dossier]]:
    """Dossiers of which a rule may speak and has not spoken yet; when exactly says their calendar (_has_come)."""
    if rule.hours > 0:  # so much office time has not passed before so much time has
        until = now - timedelta(hours=rule.hours)
    else:
        # twice as far ahead: an agency may work fewer hours a day than most; whether it is time says its calendar
        until = WorkCalendar.national().add_working_time(now, timedelta(hours=-2 * rule.hours))
    told = Alert.objects.filter(dossier=OuterRef("pk"), rule=rule.name, limit_at=OuterRef(rule.key or rule.limit))
    watched = Dossier.objects.all()
    if rule.limit == ANSWER_DUE:
        said = Alert.objects.filter(dossier=OuterRef("dossier"), rule=rule.name, limit_at=OuterRef(ASKED_AT))
        asked = Consultation.objects.filter(~Exists(said), dossier=OuterRef("pk"), ended_at__isnull=True)
        # of several that are asked the first to answer; the next one is spoken of by the next sweep
        first = asked.order_by(ANSWER_DUE, ASKED_AT)
        watched = watched.annotate(**{each: Subquery(first.values(each)[:1]) for each in (ANSWER_DUE, ASKED_AT)})
    if rule.limit == BUNDLE_DUE:
        watched = watched.annotate(bundle_due_at=F("bundle_part__bundle__due_at"))
    if rule.limit == SUPPLEMENT_DUE:
        open_ones = SupplementRequest.objects.filter(dossier=OuterRef("pk"), answered_at__isnull=True).order_by("-pk")
        watched = watched.annotate(supplement_due_at=Subquery(open_ones.values("answer_due_at")[:1]))
    if rule.forgets_after is not None:
        watched = watched.filter(**{f"{rule.limit}__gt": now - rule.forgets_after})
    rows = (
        watched.filter(rule.rows, **{f"{rule.limit}__lte": until})
        .exclude(Exists(told))
        .select_related("agency__parent", "assignee", "handled_by__agency")
        .defer(*step_watch.NOT_READ)
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
    people = [] if rule.of_system or rule.of_applicant else _people(rule, dossier)
    if rule.gathered and _heard_already(rule, people, now, told):
        return 0
    if rule.of_applicant and not reminders.owed_vnd(dossier):
        return 0  # a charge may come later in the same wait
    with transaction.atomic():
        _row, is_new = Alert.objects.get_or_create(
            dossier=dossier, rule=rule.name, limit_at=_key(rule, dossier), defaults={"raised_at": now}
        )
        if not is_new:
            return 0
        if rule.of_system:
            _tell_of_system(rule, dossier, limit, now)
        elif rule.of_applicant:
            reminders.remind_of_payment(dossier, limit)
        else:
            for person in people:
                if rule.gathered:
                    told.add(_tell_gathered(rule, person, now))
                else:
                    _tell(rule, dossier, limit, person)
    log.info("dossier.deadline_alert", dossier=dossier.code, rule=rule.name)
    return 1


def _key(rule: Rule, dossier: Dossier) -> datetime:
    key: datetime = getattr(dossier, rule.key or rule.limit)
    return key


def _people(rule: Rule, dossier: Dossier) -> list[User]:
    """The assignee for a specialist where there is one, else the posts; the agency above where a post is empty."""
    if rule.of_asked:
        people = [person for agency in _asked(dossier, _key(rule, dossier)) for person in _at(rule, dossier, agency)]
        return list({person.pk: person for person in people}.values())
    return _at(rule, dossier, dossier.agency)


def _at(rule: Rule, dossier: Dossier, agency: Agency | None) -> list[User]:
    """The same at one agency."""
    found: dict[int, User] = {}
    start = _above(agency, rule.levels_up)
    for role in rule.roles:
        if role == R.SPECIALIST and dossier.assignee is not None and not rule.of_asked:
            found[dossier.assignee.pk] = dossier.assignee
            continue
        found.update({person.pk: person for person in _holders(start, role)})
    people = absences.present(found.values(), agency)
    return people or _operators(agency)  # a top agency without a leader has nobody above it


def _above(agency: Agency | None, levels: int) -> Agency | None:
    """So many levels up, or the highest there is; None above a top agency."""
    if agency is None or levels == 0:
        return agency
    higher = agency.parent
    while higher is not None and higher.parent is not None and (levels := levels - 1):
        higher = higher.parent
    return higher


def _asked(dossier: Dossier, at: datetime) -> list[Agency]:
    """The agency that was asked at this moment, while it has not answered."""
    asked = dossier.consultations.filter(ended_at__isnull=True, asked_at=at).select_related("agency__parent")
    return [row.agency for row in asked]


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
        with speaking(person.language):
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
    assert rule.gathered is not None  # noqa: S101 - asked by who calls
    with speaking(person.language):
        subject, body = str(rule.gathered.subject), str(rule.gathered.body)
    notifications.notify(
        recipient=person,
        kind=f"dossier.{rule.name}",
        subject=subject,
        body=body,
        link="/quan-tri/",
        dedupe_key=_once_an_hour(rule, person, now),
    )
    return _once_an_hour(rule, person, now)


def _tell(rule: Rule, dossier: Dossier, limit: datetime, person: User) -> None:
    with speaking(person.language):
        subject = label(rule.name, dossier, limit)
        body = f"{dossier.procedure_name}. {vn_datetime(limit)}."
        if offers := rule.offers_extension and extension.is_open(dossier):
            body += f"\n{extension.BEFORE_THE_DAY if rule.hours < 0 else extension.AFTER_THE_DAY}"
    page = f"/quan-tri/ho-so/{dossier.code}/"
    # who asked hears once of a day that several let pass
    key = limit if rule.limit == ANSWER_DUE and not rule.of_asked else _key(rule, dossier)
    _notify(
        rule,
        dossier,
        person,
        (subject, body),
        link=f"{page}{extension.PAGE}" if offers else page,
        once=f"{dossier.code}.{rule.name}.{key:%Y%m%d%H%M}",
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
