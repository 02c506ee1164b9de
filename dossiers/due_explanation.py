"""Why a dossier is due when it is due, line by line (cách tính thời hạn): its result, its intake, a supplement."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import appointment, common_limit, deadlines, extension, local_terms, step_limits, supplement_requests
from dossiers.event_names import CLOCK_RUNS, DRAFT_ANSWERED, DRAFT_SENT, SUPPLEMENT_LAPSED, SUPPLEMENTED
from dossiers.lifecycle import BEFORE_DECISION, CLOCK_STOPPED, DossierState
from dossiers.models import Dossier, DossierEvent
from portal.agencies.calendars import calendar_known_at, work_calendar
from portal.agencies.models import Agency
from portal.core.calendar import WorkCalendar
from portal.core.durations import DurationUnit
from portal.core.moments import vn_datetime

CONSULTATION = "dossier.consultation_requested"
ARRIVALS = (
    "dossier.submitted",
    "dossier.forwarded",
    SUPPLEMENTED,
    SUPPLEMENT_LAPSED,
    "dossier.reopened",
    "dossier.reverted",
)
"""Events from which an agency has its hours of intake."""
OPENED_AGAIN = frozenset({"dossier.reopened", "dossier.reverted"})
SAME_MOMENT = timedelta(seconds=30)
"""An event and the limit that it set are noted one after the other."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One limit of a dossier and how it came about, line by line."""

    title: str
    lines: list[str]


def limits(dossier: Dossier, *, for_official: bool = False) -> list[Explained]:
    """Every limit that holds now: of intake, of a supplement, of the result; those that no rule here made are left."""
    found = [
        Explained(_("Hạn tiếp nhận tính thế nào?"), _intake(dossier)),
        Explained(_("Hạn bổ sung tính thế nào?"), _supplement(dossier)),
        Explained(_("Vì sao hẹn trả ngày này?"), lines(dossier, for_official=for_official)),
        Explained(_("Hạn của bước đang làm tính thế nào?"), _step(dossier) if for_official else []),
    ]
    return [each for each in found if each.lines]


def lines(dossier: Dossier, *, for_official: bool = False) -> list[str]:
    """The due date of an accepted dossier line by line, and that it moves while time stands still; else empty."""
    reckoned = _reckoned(dossier, for_official=for_official)
    if not appointment.is_paused(dossier) or dossier.due_at is None:
        return reckoned
    if not for_official:
        day = appointment.of(dossier)
        return [*reckoned, *([day.moves] if day else [])]
    since = {"since": vn_datetime(dossier.clock_stopped_at)}
    return [*reckoned, _("Thời hạn đang tạm dừng từ %(since)s; ngày này dời khi hồ sơ đi tiếp.") % since]


def _step(dossier: Dossier) -> list[str]:
    """Inside an agency only: how it divides its time is nothing that a citizen is promised."""
    in_hand = step_limits.of(dossier)
    if in_hand is None:
        return []
    if (stage := in_hand.stage) is not None and (limit := stage.limit) is not None:
        told = {"stage": stage.name, "since": vn_datetime(in_hand.since), "limit": limit.label()}
        return [
            _("Bước “%(stage)s”, từ %(since)s.") % told,
            _("Quy trình nội bộ cho bước này %(limit)s: trước %(moment)s.")
            % {**told, "moment": vn_datetime(in_hand.due_at)},
        ]
    names = {
        "step": in_hand.step.label,
        "since": vn_datetime(in_hand.since),
        "hours": in_hand.hours,
        "basis": in_hand.legal_basis,
        "moment": vn_datetime(in_hand.due_at),
    }
    return [
        _("%(step)s, từ %(since)s.") % names,
        _("Bước này có %(hours)d giờ làm việc (%(basis)s): trước %(moment)s.") % names,
    ]


def _intake(dossier: Dossier) -> list[str]:
    limit = dossier.intake_due_at
    if (
        dossier.state != DossierState.SUBMITTED
        or limit is None
        or dossier.agency is None
        or not dossier.is_decided_here
    ):
        return []
    calendar = work_calendar(dossier.agency)
    arrivals = dossier.events.filter(name__in=ARRIVALS).order_by("-sequence").values_list("name", "received_at")
    name, came = arrivals.first() or ("", None)
    said = []
    if came is not None and abs(deadlines.intake_due_at(calendar, came) - limit) < SAME_MOMENT:
        again = _("Hồ sơ được mở lại lúc %(moment)s; thời hạn tiếp nhận tính lại từ đầu.")
        text = again if name in OPENED_AGAIN else _("Hồ sơ đến cơ quan lúc %(moment)s.")
        said.append(text % {"moment": vn_datetime(came)})
        if (start := calendar.counted_from(came)) > came:
            said.append(_("Ngoài giờ làm việc nên tính từ %(moment)s.") % {"moment": vn_datetime(start)})
    text = _("Cơ quan tiếp nhận, từ chối hoặc yêu cầu bổ sung trong %(hours)d giờ làm việc: trước %(moment)s.")
    return [*said, text % {"hours": deadlines.INTAKE_HOURS, "moment": vn_datetime(limit)}]


def _supplement(dossier: Dossier) -> list[str]:
    asked = supplement_requests.open_one(dossier) if dossier.state == DossierState.AWAITING_SUPPLEMENT else None
    if asked is None or asked.answer_due_at is None or dossier.agency is None or not dossier.is_decided_here:
        return []
    version, at, limit = local_terms.timing(dossier), asked.requested_at, {"moment": vn_datetime(asked.answer_due_at)}
    said = [_("Cơ quan yêu cầu lúc %(moment)s.") % {"moment": vn_datetime(at)}]
    if deadlines.supplement_due_at(work_calendar(dossier.agency), version, at) != asked.answer_due_at:
        if dossier.events.filter(name="dossier.withdrawal_requested", occurred_at__gte=at).exists():
            text = _("Thời gian hồ sơ chờ trả lời yêu cầu rút không tính; bổ sung trước %(moment)s.")
        else:  # the calendar has changed since: the limit that was told stays
            text = _("Bổ sung trước %(moment)s.")
        return [*said, text % limit]
    days = max(version.supplement_days if version else deadlines.DEFAULT_SUPPLEMENT_DAYS, 1)
    return [*said, _("Được %(days)d ngày làm việc để bổ sung: trước %(moment)s.") % {"days": days, **limit}]


def _reckoned(dossier: Dossier, *, for_official: bool) -> list[str]:
    if dossier.due_at is None or dossier.accepted_at is None or dossier.agency is None:
        return []
    calendar, version = _calendar_of(dossier, dossier.agency, dossier.accepted_at), local_terms.timing(dossier)
    accepted = _("Được tiếp nhận lúc %(moment)s.") % {"moment": vn_datetime(dossier.accepted_at)}
    own_due = deadlines.due_at(calendar, version, dossier.accepted_at)
    first_due = common_limit.first_due_at(calendar, dossier, dossier.accepted_at)
    reckoned = [step.text for step in deadlines.explain(calendar, version, dossier.accepted_at)[1:]]
    if first_due != own_due and (whole := common_limit.of(dossier)):
        reckoned += [common_limit.words(whole), _("Ngày này đến trước nên là ngày hẹn trả.")]
    if first_due is not None and first_due == dossier.due_at:
        return [accepted, *reckoned, *_noted_since(dossier, dossier.agency, calendar)]
    stops = _stops(dossier)
    restarts = deadlines.restarts(version)
    for _began, ended, why in reversed(stops):
        if restarts and why != CONSULTATION and deadlines.due_at(calendar, version, ended) == dossier.due_at:
            again = _("Bổ sung xong lúc %(moment)s; thời hạn tính lại từ đầu.") % {"moment": vn_datetime(ended)}
            return [accepted, again, *(step.text for step in deadlines.explain(calendar, version, ended)[1:])]
    new_due = {"moment": vn_datetime(dossier.due_at)}
    extended = _extensions(dossier)
    if not stops and not extended:
        return [accepted, _("Cơ quan hẹn trả lúc %(moment)s.") % new_due]
    pauses = [(began, _pause(dossier, began, ended, why, for_official=for_official)) for began, ended, why in stops]
    came = [words for _at, words in sorted([*pauses, *extended])]
    rounded = [_("Phần lẻ của một ngày làm việc tính tròn một ngày.")] if stops and _counts_days(version) else []
    return [accepted, *reckoned, *came, *rounded, _("Hẹn trả mới: %(moment)s.") % new_due]


def _calendar_of(dossier: Dossier, agency: Agency, accepted_at: datetime) -> WorkCalendar:
    """The calendar that the day was reckoned with: today's, or where it gives another day, that of the acceptance."""
    today = work_calendar(agency)
    if common_limit.first_due_at(today, dossier, accepted_at) == dossier.due_at:
        return today
    then = calendar_known_at(agency, accepted_at)
    return then if common_limit.first_due_at(then, dossier, accepted_at) == dossier.due_at else today


def _noted_since(dossier: Dossier, agency: Agency, calendar: WorkCalendar) -> list[str]:
    """Days off and days worked that were noted after the acceptance: what was promised is kept."""
    today = work_calendar(agency)
    if dossier.due_at is None or dossier.accepted_at is None or calendar is today:
        return []
    first, last = (timezone.localtime(moment).date() for moment in (dossier.accepted_at, dossier.due_at))
    text = _("%(day)s (%(name)s) được ghi vào lịch sau khi tiếp nhận: ngày hẹn trả giữ nguyên.")
    return [
        text % {"day": f"{day:%d/%m/%Y}", "name": row.name}
        for day, row in sorted(today.days.items())
        if first <= day <= last and calendar.days.get(day) != row
    ]


def _counts_days(version: deadlines.TimedVersion | None) -> bool:
    """Whether the limit ends with a day: hours are moved to the minute."""
    return version is not None and version.processing_unit not in {DurationUnit.HOUR, DurationUnit.CLOCK_HOUR}


def _extensions(dossier: Dossier) -> list[tuple[datetime, str]]:
    """What form 04 put off, and when."""
    text = _("Cơ quan xin lỗi và hẹn lại lúc %(at)s: từ %(before)s sang %(after)s.")
    events = dossier.events.filter(name=extension.EVENT, occurred_at__gte=dossier.accepted_at)
    return [(event.occurred_at, text % _put_off(event)) for event in events if "due_at_before" in event.data]


def _put_off(event: DossierEvent) -> dict[str, str]:
    before, after = (datetime.fromisoformat(event.data[name]) for name in ("due_at_before", "due_at"))
    return {"at": vn_datetime(event.occurred_at), "before": vn_datetime(before), "after": vn_datetime(after)}


def _stops(dossier: Dossier) -> list[tuple[datetime, datetime, str]]:
    """When the clock stood still after acceptance and by which event: from it to the one that let the clock run again.

    Besides waiting for the citizen, a question to another agency stops it where the official named the law for that,
    and the draft of the result while it lies before her, whatever is done at the desk meanwhile.
    """
    stops: list[tuple[datetime, datetime, str]] = []
    began: DossierEvent | None = None
    has_draft = False
    for event in dossier.events.filter(occurred_at__gte=dossier.accepted_at).order_by("sequence"):
        stands = event.to_state in CLOCK_STOPPED or bool(event.data.get("stops_clock"))
        if stands or (event.name == DRAFT_SENT and not event.data.get(CLOCK_RUNS)):
            began, has_draft = began or event, not stands
        elif has_draft and event.to_state in BEFORE_DECISION and event.name not in DRAFT_ANSWERED:
            continue
        elif event.to_state and began is not None:
            stops.append((began.occurred_at, event.occurred_at, began.name))
            began, has_draft = None, False
    return stops


def _pause(dossier: Dossier, began: datetime, ended: datetime, why: str, *, for_official: bool) -> str:
    span = {"began": vn_datetime(began), "ended": vn_datetime(ended)}
    if why == CONSULTATION:
        text = _("Tạm dừng từ %(began)s đến %(ended)s để lấy ý kiến %(agency)s theo %(basis)s; khoảng này không tính.")
        return text % {**span, **_asked(dossier, began)}
    if for_official:
        return _("Tạm dừng từ %(began)s đến %(ended)s để chờ người nộp; khoảng này không tính.") % span
    return _("Tạm dừng từ %(began)s đến %(ended)s để chờ bạn; khoảng này không tính.") % span


def _asked(dossier: Dossier, began: datetime) -> dict[str, str]:
    """Which agency was asked, and the law that let the clock stand meanwhile."""
    row = dossier.consultations.filter(asked_at=began).select_related("agency").first()
    name = row.agency.title if row else ""
    return {"agency": name, "basis": row.legal_basis if row else ""}
