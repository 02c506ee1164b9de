"""The working calendar of an agency: whose rows hold for it, and when a changed day counts."""

from datetime import date
from typing import Any

import pytest

from portal.agencies import calendars
from portal.agencies.models import CalendarDay
from portal.core.holidays import DayKind
from tests import factories
from tests.backoffice.conftest import Office

pytestmark = pytest.mark.django_db
SATURDAY, WEDNESDAY = date(2026, 11, 21), date(2026, 11, 25)


def test_a_provinces_row_holds_in_its_communes_unless_their_own_says_otherwise() -> None:
    commune, stranger = factories.make_agency(), factories.make_agency(code="H77.00001")
    assert commune.parent is not None
    for day, kind in ((SATURDAY, DayKind.WORKED), (WEDNESDAY, DayKind.OFF)):
        CalendarDay.objects.create(agency=commune.parent, day=day, kind=kind, name="Hoán đổi", source="QĐ 1")
    calendar = calendars.work_calendar(commune)
    assert calendar.is_working_day(SATURDAY) and not calendar.is_working_day(WEDNESDAY)
    CalendarDay.objects.create(agency=commune, day=WEDNESDAY, kind=DayKind.WORKED, name="Làm việc", source="QĐ 2")
    assert calendars.work_calendar(commune).is_working_day(WEDNESDAY)
    assert not calendars.work_calendar(stranger).is_working_day(SATURDAY)


def test_a_day_that_is_changed_counts_at_once_here_and_the_page_says_when_elsewhere(
    office: Office, settings: Any
) -> None:
    settings.CALENDAR_KEPT_SECONDS = 60.0
    calendars.forget()
    try:
        assert calendars.work_calendar(office.agency).is_working_day(WEDNESDAY)
        browser = office.browser("administrator")
        said = {"agency": office.agency.pk, "day": "25/11/2026", "kind": DayKind.OFF, "name": "Nghỉ"}
        said |= {"name_en": "", "source": "QĐ 3"}
        saved = browser.post("/quan-tri/agencies/calendarday/add/", said, follow=True)
        assert "trong vòng 60 giây" in saved.content.decode()
        assert not calendars.work_calendar(office.agency).is_working_day(WEDNESDAY)
    finally:
        calendars.forget()
