"""Why a dossier is due when it is due, line by line (cách tính ngày hẹn trả)."""

from datetime import datetime

from django.utils.translation import gettext as _

from dossiers import deadlines, local_terms
from dossiers.lifecycle import CLOCK_STOPPED
from dossiers.models import Dossier
from portal.agencies.calendars import work_calendar
from portal.core.moments import vn_datetime


def lines(dossier: Dossier) -> list[str]:
    """The due date of an accepted dossier line by line; empty where nothing can be reckoned."""
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
    for _began, ended in reversed(stops):
        if restarts and deadlines.due_at(calendar, version, ended) == dossier.due_at:
            again = _("Bổ sung xong lúc %(moment)s; thời hạn tính lại từ đầu.") % {"moment": vn_datetime(ended)}
            return [accepted, again, *(step.text for step in deadlines.explain(calendar, version, ended)[1:])]
    new_due = {"moment": vn_datetime(dossier.due_at)}
    if not stops:
        return [accepted, _("Cơ quan hẹn trả lúc %(moment)s.") % new_due]
    pauses = [
        _("Tạm dừng từ %(began)s đến %(ended)s để chờ bạn; khoảng này không tính.")
        % {"began": vn_datetime(began), "ended": vn_datetime(ended)}
        for began, ended in stops
    ]
    return [accepted, *reckoned, *pauses, _("Hẹn trả mới: %(moment)s.") % new_due]


def _stops(dossier: Dossier) -> list[tuple[datetime, datetime]]:
    """When the clock stood still after acceptance: from the event that stopped it to the one that let it run again."""
    stops: list[tuple[datetime, datetime]] = []
    began: datetime | None = None
    for event in dossier.events.filter(occurred_at__gte=dossier.accepted_at).order_by("sequence"):
        if event.to_state in CLOCK_STOPPED and began is None:
            began = event.occurred_at
        elif event.to_state and event.to_state not in CLOCK_STOPPED and began is not None:
            stops.append((began, event.occurred_at))
            began = None
    return stops
