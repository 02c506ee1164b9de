"""When the demo's officials work (giờ làm việc của người dùng thử): in office hours, and never after today. Pure."""

from datetime import datetime, timedelta

from portal.core.calendar import WorkCalendar


def moments(
    calendar: WorkCalendar, *, filed_at: datetime, gap: timedelta, count: int, now: datetime
) -> tuple[datetime, list[datetime]]:
    """When a dossier is filed and when each of its `count` steps is taken, `gap` of office time apart.

    People file at any hour, offices decide on working days: where the steps would end after `now` – on a Sunday, early
    in the morning, over Tết – the dossier was filed as many hours earlier as it takes.
    """
    while True:
        steps: list[datetime] = []
        at = filed_at
        for _step in range(count):
            at = calendar.add_working_time(at, gap)
            steps.append(at)
        if not steps or steps[-1] <= now:
            return filed_at, steps
        filed_at -= timedelta(hours=1)
