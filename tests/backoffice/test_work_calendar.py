"""The working calendar of an agency: whose rows hold for it, and when a changed day counts."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from dossiers import services
from portal.agencies import calendars
from portal.agencies.models import Agency, CalendarDay, OneStopDesk, RoutingRule
from portal.core.calendar import VIETNAM
from portal.core.holidays import DayKind
from tests import factories
from tests.backoffice.conftest import Office, seen

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
    clock = time_machine.travel(_at(19, "10:00"), tick=False)
    clock.start()
    try:
        assert calendars.work_calendar(office.agency).is_working_day(WEDNESDAY)
        browser = office.browser("administrator")
        said = {"agency": office.agency.pk, "day": "25/11/2026", "kind": DayKind.OFF, "name": "Nghỉ"}
        said |= {"name_en": "", "source": "QĐ 3"}
        saved = browser.post("/quan-tri/agencies/calendarday/add/", said, follow=True)
        assert "trong vòng 60 giây" in saved.content.decode()
        assert not calendars.work_calendar(office.agency).is_working_day(WEDNESDAY)
    finally:
        clock.stop()
        calendars.forget()


def test_a_day_that_is_past_is_not_written_anew(office: Office) -> None:
    """Who was late by the calendar of then stays late: only the whole country's administrator mends what is past."""
    browser = office.browser("administrator")
    said = {"agency": office.agency.pk, "kind": DayKind.OFF, "name": "Nghỉ", "name_en": "", "source": "QĐ 3"}
    yesterday = timezone.localdate() - timedelta(days=1)
    refused = browser.post("/quan-tri/agencies/calendarday/add/", said | {"day": f"{yesterday:%d/%m/%Y}"})
    assert "Ngày này đã qua" in refused.content.decode() and not CalendarDay.objects.exists()
    past = CalendarDay.objects.create(agency=office.agency, day=yesterday, kind=DayKind.OFF, name="Nghỉ", source="Q")
    to_come = CalendarDay.objects.create(
        agency=office.agency, day=yesterday + timedelta(days=9), kind=DayKind.OFF, name="Nghỉ", source="Q"
    )
    for row, status in ((past, 403), (to_come, 302)):
        assert browser.post(f"/quan-tri/agencies/calendarday/{row.pk}/delete/", {"post": "yes"}).status_code == status
    assert list(CalendarDay.objects.all()) == [past]


def test_a_calendar_is_as_old_as_is_allowed_now(settings: Any) -> None:
    agency = factories.make_agency()
    settings.CALENDAR_KEPT_SECONDS = 60.0
    assert calendars.work_calendar(agency).is_working_day(WEDNESDAY)
    CalendarDay.objects.create(agency=agency, day=WEDNESDAY, kind=DayKind.OFF, name="Nghỉ", source="QĐ 4")
    assert calendars.work_calendar(agency).is_working_day(WEDNESDAY), "read a moment ago"
    settings.CALENDAR_KEPT_SECONDS = 0.0
    assert not calendars.work_calendar(agency).is_working_day(WEDNESDAY), "also where more was allowed then"


# --- an agency's own hours, Saturdays and desks ----------------------------------------------------


def _page(agency: Agency) -> str:
    return f"/quan-tri/agencies/agency/{agency.pk}/change/"


def _at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02} {clock}").replace(tzinfo=VIETNAM)


def test_an_agency_writes_its_hours_and_its_saturdays_and_deadlines_follow(office: Office) -> None:
    calendars.forget()
    browser = office.browser("administrator")
    assert calendars.work_calendar(office.agency).counted_from(_at(19, "06:30")) == _at(19, "07:30")
    typed = {"office_hours": "7h-11h30; 13:30 – 17g", "works_on_saturday": "on", "phone": "0236 3821 888"}
    saved = browser.post(_page(office.agency), typed | seen(office.agency), follow=True).content.decode()
    assert "Lịch mới có hiệu lực trong vòng" in saved
    agency = Agency.objects.get(pk=office.agency.pk)
    assert agency.office_hours == [["07:00", "11:30"], ["13:30", "17:00"]] and agency.phone == "0236 3821 888"
    calendar = calendars.work_calendar(agency)
    assert calendar.counted_from(_at(19, "06:30")) == _at(19, "07:00")
    assert calendar.add_working_time(_at(19, "11:00"), timedelta(hours=1)) == _at(19, "14:00")
    assert not calendar.is_working_day(SATURDAY), "taking and handing out only"
    assert 'value="07:00-11:30, 13:30-17:00"' in browser.get(_page(agency)).content.decode()
    browser.post(_page(agency), typed | {"counts_saturday": "on"} | seen(agency))
    calendar = calendars.work_calendar(Agency.objects.get(pk=agency.pk))
    assert calendar.counted_from(_at(21, "08:00")) == _at(21, "08:00")
    assert calendar.counted_from(_at(21, "11:30")) == _at(23, "07:00")
    log = browser.get("/quan-tri/nhat-ky-cai-dat/").content.decode()
    assert "07:00-11:30, 13:30-17:00" in log and "0236 3821 888" in log and "['" not in log


@pytest.mark.parametrize(
    ("hours", "closes"),
    [([["07:30", "16:30"]], "12:00"), ([["08:00", "11:30"], ["12:00", "16:30"]], "11:30"), ([], "11:30")],
)
def test_a_saturday_morning_ends_by_noon(office: Office, hours: list[list[str]], closes: str) -> None:
    Agency.objects.filter(pk=office.agency.pk).update(office_hours=hours, works_on_saturday=True, counts_saturday=True)
    calendars.forget()
    calendar = calendars.work_calendar(Agency.objects.get(pk=office.agency.pk))
    assert calendar.closing(SATURDAY) == _at(21, closes)


def test_a_dossier_is_due_by_the_hours_of_its_agency(office: Office) -> None:
    Agency.objects.filter(pk=office.agency.pk).update(office_hours=[["08:00", "12:00"], ["13:00", "16:30"]])
    calendars.forget()
    dossier = factories.file_dossier()
    assert dossier.agency_id == office.agency.pk
    services.accept(dossier.code or "", actor=factories.official_actor(office.agency))
    dossier.refresh_from_db()
    assert dossier.due_at is not None and f"{dossier.due_at.astimezone(VIETNAM):%H:%M}" == "16:30"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("sáng và chiều", "Không đọc được “sáng và chiều”"),
        ("07:30-11:30, 11:00-17:00", "nối tiếp nhau trong ngày"),
        ("17:00-07:30", "nối tiếp nhau trong ngày"),
        ("07:30-25:00", "không phải giờ trong ngày"),
        ("1-2, 3-4, 5-6, 7-8, 9-10", "Hãy ghi như 07:30-11:30"),
        ("08:00-08:30", "từ 7 đến 9 giờ"),
        ("00:00-23:59", "từ 7 đến 9 giờ"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_the_cure(office: Office, hours: str, words: str) -> None:
    before = office.agency.office_hours
    typed = {"office_hours": hours} | seen(office.agency)
    page = office.browser("administrator").post(_page(office.agency), typed).content.decode()
    assert words in page and "07:30-11:30, 13:00-17:00" in page
    assert Agency.objects.get(pk=office.agency.pk).office_hours == before


def test_where_the_money_goes_and_what_the_agency_is_are_not_its_own_to_write(office: Office) -> None:
    Agency.objects.filter(pk=office.agency.pk).update(treasury_account="3713.0.1")
    forged = {"treasury_account": "999", "tax_code": "0100000001", "name": "Khác", "code": "G00", "path": "G00/"}
    forged |= seen(office.agency)
    assert office.browser("administrator").post(_page(office.agency), forged).status_code == 302
    agency = Agency.objects.get(pk=office.agency.pk)
    assert (agency.treasury_account, agency.tax_code, agency.name, agency.path) == (
        "3713.0.1",
        office.agency.tax_code,
        office.agency.name,
        office.agency.path,
    )
    stranger = factories.make_agency(code="H77.00001")
    assert office.browser("administrator").get(_page(stranger)).status_code == 302, "as if it did not exist"
    assert office.browser("desk").get(_page(office.agency)).status_code == 403


def test_a_desk_is_opened_moved_and_closed_by_its_own_administrator(office: Office) -> None:
    browser, add = office.browser("administrator"), "/quan-tri/agencies/onestopdesk/add/"
    said = {"agency": office.agency.pk, "name": "Điểm tiếp nhận Chợ", "address": "1 Chợ", "is_active": "on"}
    assert browser.post(add, said).status_code == 302
    desk = OneStopDesk.objects.get(name="Điểm tiếp nhận Chợ")
    page = f"/quan-tri/agencies/onestopdesk/{desk.pk}/change/"
    stranger = factories.make_agency(code="H77.00001")
    browser.post(page, {"name": desk.name, "address": "2 Chợ", "agency": stranger.pk} | seen(desk))
    assert "Agency" not in browser.get(page).content.decode().partition("<main")[2].partition("</main")[0]
    desk.refresh_from_db()
    assert (desk.address, desk.is_active, desk.agency_id) == ("2 Chợ", False, office.agency.pk)
    browser.post(page, {"name": desk.name, "address": "1 Chợ", "is_active": "on"} | seen(desk))
    rule = {"agency": office.agency, "desk": desk, "legal_basis": "QĐ thử", "valid_from": date(2026, 1, 1)}
    RoutingRule.objects.create(procedure_code="1.000001", **rule)
    warned = "1 quy tắc chuyển hồ sơ đang ghi bộ phận này."
    typed = {"name": desk.name, "address": "3 Chợ"}
    moved = browser.post(page, typed | {"is_active": "on"} | seen(desk), follow=True)
    assert warned not in moved.content.decode(), "of a desk that stays open nothing is said"
    closed = browser.post(page, typed | seen(desk), follow=True)
    assert warned in closed.content.decode() and not OneStopDesk.objects.get(pk=desk.pk).is_active
    assert browser.post(f"/quan-tri/agencies/onestopdesk/{desk.pk}/delete/", {"post": "yes"}).status_code == 403
    refused = browser.post(add, said | {"agency": stranger.pk, "name": "Của người khác"})
    assert refused.status_code == 200 and not OneStopDesk.objects.filter(name="Của người khác").exists()
