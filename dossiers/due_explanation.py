"""Why a dossier is due when it is due, line by line (cách tính ngày hẹn trả)."""

from datetime import datetime

from django.utils.translation import gettext as _

from dossiers import appointment, deadlines, local_terms
from dossiers.event_names import CLOCK_RUNS, DRAFT_ANSWERED, DRAFT_SENT
from dossiers.lifecycle import BEFORE_DECISION, CLOCK_STOPPED
from dossiers.models import Dossier, DossierEvent
from portal.agencies.calendars import work_calendar
from portal.core.moments import vn_datetime

CONSULTATION = "dossier.consultation_requested"


def lines(dossier: Dossier) -> list[str]:
    """The due date of an accepted dossier line by line, and that it moves while time stands still; else empty."""
    day = appointment.of(dossier)
    return [*_reckoned(dossier), *([day.moves] if day and day.moves else [])]


def _reckoned(dossier: Dossier) -> list[str]:
    if dossier.due_at is None or dossier.accepted_at is None or dossier.agency is None:
        return []
    calendar, version = work_calendar(dossier.agency), local_terms.timing(dossier)
    accepted = _("Được tiếp nhận lúc %(moment)s.") % {"moment": vn_datetime(dossier.accepted_at)}
    first_due = deadlines.due_at(calendar, version, dossier.accepted_at)
    reckoned = [step.text for step in deadlines.explain(calendar, version, dossier.accepted_at)[1:]]
    if first_due is not None and first_due == dossier.due_at:
        return [accepted, *reckoned]
    stops = _stops(dossier)
    restarts = deadlines.restarts(version)
    for _began, ended, why in reversed(stops):
        if restarts and why != CONSULTATION and deadlines.due_at(calendar, version, ended) == dossier.due_at:
            again = _("Bổ sung xong lúc %(moment)s; thời hạn tính lại từ đầu.") % {"moment": vn_datetime(ended)}
            return [accepted, again, *(step.text for step in deadlines.explain(calendar, version, ended)[1:])]
    new_due = {"moment": vn_datetime(dossier.due_at)}
    if not stops:
        return [accepted, _("Cơ quan hẹn trả lúc %(moment)s.") % new_due]
    pauses = [
        str(_pause(why)) % {"began": vn_datetime(began), "ended": vn_datetime(ended), **_asked(dossier, began, why)}
        for began, ended, why in stops
    ]
    return [accepted, *reckoned, *pauses, _("Hẹn trả mới: %(moment)s.") % new_due]


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


def _pause(why: str) -> str:
    if why == CONSULTATION:
        return _("Tạm dừng từ %(began)s đến %(ended)s để lấy ý kiến %(agency)s theo %(basis)s; khoảng này không tính.")
    return _("Tạm dừng từ %(began)s đến %(ended)s để chờ bạn; khoảng này không tính.")


def _asked(dossier: Dossier, began: datetime, why: str) -> dict[str, str]:
    """Which agency was asked, and the law that let the clock stand meanwhile."""
    if why != CONSULTATION:
        return {}
    row = dossier.consultations.filter(asked_at=began).select_related("agency").first()
    name = row.agency.title if row else ""
    return {"agency": name, "basis": row.legal_basis if row else ""}
