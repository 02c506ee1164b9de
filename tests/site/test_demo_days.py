"""The demo's officials decide on working days in office hours, on whatever day somebody starts the portal."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from dossiers.models import Dossier, DossierEvent, ResultIssue
from portal.agencies.actors import ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Branch
from portal.core.calendar import VIETNAM, WorkCalendar
from portal.site.demo import days, people
from portal.site.demo import dossiers as demo

OFFICIALS = {ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER}
CALENDAR = WorkCalendar.national()


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 29, 10, 0, tzinfo=VIETNAM),  # a Sunday
        datetime(2026, 11, 30, 6, 0, tzinfo=VIETNAM),  # a Monday before the office opens
        datetime(2026, 9, 2, 15, 0, tzinfo=VIETNAM),  # the National Day
        datetime(2027, 2, 9, 9, 0, tzinfo=VIETNAM),  # the last day of Tết
        datetime(2026, 11, 25, 9, 30, tzinfo=VIETNAM),
    ],
)
@pytest.mark.parametrize(("days_ago", "count"), [(0.2, 3), (3, 3), (9, 5), (60, 5), (0, 3)])
def test_steps_are_taken_in_office_hours_one_after_another_and_not_later_than_now(
    now: datetime, days_ago: float, count: int
) -> None:
    gap = timedelta(hours=min(6, max(0.25, days_ago * 3)))
    asked = now - timedelta(days=days_ago)
    filed_at, steps = days.moments(CALENDAR, filed_at=asked, gap=gap, count=count, now=now)
    assert filed_at <= asked and len(steps) == count and steps[-1] <= now
    for before, after in zip([filed_at, *steps], steps, strict=False):
        assert CALENDAR.is_working_day(after.date()) and CALENDAR.opening(after.date()) < after
        assert after <= CALENDAR.closing(after.date()) and before < after


def test_who_filed_and_waits_filed_when_it_was_said() -> None:
    now = datetime(2026, 11, 29, 10, 0, tzinfo=VIETNAM)
    assert days.moments(CALENDAR, filed_at=now, gap=timedelta(hours=1), count=0, now=now) == (now, [])


@pytest.mark.django_db
def test_results_of_a_demo_that_is_loaded_on_a_sunday_are_of_working_days(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    call_command("load_reference", stdout=StringIO())
    call_command("load_calendar", stdout=StringIO())
    now = datetime(2026, 11, 29, 10, 0, tzinfo=VIETNAM)
    with time_machine.travel(now):
        citizens = [person for person in people.citizens() if (person["level"], person["account_type"]) == (2, 1)]
        assert demo.load_dossiers([people.load_citizen(person) for person in citizens], people.load_officials())
    calendar = work_calendar(people.back_office_agency(Branch.PEOPLES_COMMITTEE))
    approved = [issue.approved_at.astimezone(VIETNAM) for issue in ResultIssue.objects.all()]
    assert len(approved) > 3 and all(calendar.is_working_day(moment.date()) for moment in approved)
    steps = DossierEvent.objects.filter(actor_kind__in=OFFICIALS, occurred_at__lt=now - timedelta(minutes=30))
    assert steps.count() > 20
    assert all(calendar.is_working_day(step.occurred_at.astimezone(VIETNAM).date()) for step in steps)
    for dossier in Dossier.objects.exclude(state="draft"):
        moments = [event.occurred_at for event in dossier.events.order_by("sequence")]
        assert moments == sorted(moments), dossier.code
