"""Due dates in words for officials (hạn trong hàng đợi): "còn 2 ngày làm việc", "trễ 1 ngày làm việc"."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import turns
from dossiers.deadlines import remaining_working_days
from dossiers.lifecycle import FINISHED_STATES, DossierState
from dossiers.models import Dossier
from portal.agencies.calendars import work_calendar
from portal.core.calendar import WorkCalendar
from portal.core.moments import working_days_left


@dataclass(frozen=True, slots=True)
class Due:
    """A due date in words, its moment, and how pressing it is: late, today, soon, calm, stopped, done."""

    words: str
    at: datetime | None
    urgency: str
    before: str = ""
    """What the moment is, where it is no due date that is to be kept."""


class DueDates:
    """Due dates of many dossiers, reading each agency's calendar once."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        self._calendars: dict[int, WorkCalendar] = {}

    def of(self, dossier: Dossier) -> Due:
        """What the official has to keep to, by the dossier's state."""
        state = DossierState(dossier.state)
        if state in FINISHED_STATES:
            return self._finished(dossier)
        if dossier.clock_stopped_at is not None and state != DossierState.WITHDRAWAL_REQUESTED:
            return Due(_("tạm dừng tính thời hạn"), dossier.due_at, "stopped", _("hạn trước khi dừng:"))
        if state == DossierState.WITHDRAWAL_REQUESTED:
            return Due(_("chờ xác nhận rút"), None, "today")
        at = dossier.intake_due_at if state == DossierState.SUBMITTED else dossier.due_at
        if at is None:
            return Due(_("không quy định thời hạn"), None, "calm")
        return self._counted(dossier, at)

    def _counted(self, dossier: Dossier, at: datetime) -> Due:
        local = timezone.localtime(at)
        days = remaining_working_days(self._calendar(dossier), self.now, local)
        if at < self.now:
            words = working_days_left(days) if days < 0 else _("trễ, hạn %(time)s hôm nay") % {"time": f"{local:%H:%M}"}
            return Due(words, at, "late")
        if local.date() == timezone.localtime(self.now).date():
            return Due(_("hôm nay, trước %(time)s") % {"time": f"{local:%H:%M}"}, at, "today")
        words = working_days_left(days) if days > 0 else _("ngày làm việc tới, %(time)s") % {"time": f"{local:%H:%M}"}
        return Due(words, at, "soon" if days <= 1 else "calm")

    def _finished(self, dossier: Dossier) -> Due:
        end, before = dossier.finished_at, _("ngày xong:")
        if dossier.state in {DossierState.REFUSED, DossierState.STOPPED} or turns.is_void(dossier):
            return Due(_("đã kết thúc"), end, "done", _("ngày kết thúc:"))
        if dossier.due_at is None or end is None:
            return Due(_("đã xong"), end, "done", before)
        if end <= (dossier.original_due_at or dossier.due_at):
            return Due(_("xong đúng hạn"), end, "done", before)
        return Due(_("xong trễ hạn"), end, "late", before)

    def _calendar(self, dossier: Dossier) -> WorkCalendar:
        assert dossier.agency is not None  # noqa: S101 - a constraint: submitted dossiers have an agency
        if dossier.agency_id not in self._calendars:
            self._calendars[dossier.agency.pk] = work_calendar(dossier.agency)
        return self._calendars[dossier.agency.pk]
