"""The law's days off become rows; an official's own rows win and stay."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from portal.agencies.models import CalendarDay

pytestmark = pytest.mark.django_db


def load():
    out = StringIO()
    call_command("load_calendar", stdout=out)
    return out.getvalue().strip()


def test_loading_and_loading_again():
    load()
    day = CalendarDay.objects.get(day=date(2026, 11, 24))
    assert (day.kind, day.name, day.name_en) == ("off", "Ngày Văn hóa Việt Nam", "Vietnam Culture Day")
    assert not CalendarDay.objects.filter(name_en="").exists()
    assert load() == "calendar: 0 made, 0 changed, 0 removed"


def test_what_an_official_entered_stays():
    worked = CalendarDay.objects.create(
        day=date(2026, 11, 24), kind="worked", name="Làm việc", source="Công điện 1/CĐ-TTg"
    )
    storm = CalendarDay.objects.create(day=date(2026, 10, 5), kind="off", name="Bão", source="Công điện 2/CĐ-TTg")
    load()
    worked.refresh_from_db()
    assert worked.kind == "worked"
    assert CalendarDay.objects.filter(pk=storm.pk).exists()


def test_a_day_the_law_no_longer_names_goes():
    load()
    stale = CalendarDay.objects.get(day=date(2026, 11, 24))
    CalendarDay.objects.create(day=date(2026, 11, 25), kind="off", name="Nhầm", source=stale.source)
    assert load() == "calendar: 0 made, 0 changed, 1 removed"
