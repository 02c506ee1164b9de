"""What people answered: a share of many, never one person's own answer."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.test import Client

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.models import Agency, MembershipRole
from portal.feedback.models import Rating
from portal.indicators import opinions, services
from portal.indicators.opinions import OWN, Opinions
from portal.indicators.periods import VIETNAM, Period
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=VIETNAM)


def rated(agency: Agency, count: int, *, unhappy: int = 0, finished_at: datetime = NOW) -> None:
    person = factories.make_citizen()
    for number in range(count):
        dossier = Dossier.objects.create(
            code=f"{agency.code}-{finished_at:%y%m%d}-{number:04d}",
            state=DossierState.RETURNED,
            procedure_code="1.000001",
            procedure_name="Đăng ký khai sinh",
            agency=agency,
            filer=person,
            owner=person,
            applicant_name=str(person),
            submitted_at=finished_at,
            due_at=finished_at,
            finished_at=finished_at,
        )
        answer = (1, f"Chờ lâu ở {dossier.code[-4:]}") if number < unhappy else (3, "")
        Rating.objects.create(
            dossier=dossier, rater=person, satisfaction=answer[0], reason=answer[1], created_at=finished_at
        )


def of_month(**own: tuple[int, int]) -> dict[str, Opinions]:
    paths = {"_": "", "A": "A/", "AX": "A/X/", "AY": "A/Y/", "B": "B/", "BX": "B/X/"}
    return opinions.of_period({date(2026, 11, 1): {paths[name]: Opinions(*counts) for name, counts in own.items()}})


def test_four_ratings_are_not_told_and_five_are() -> None:
    assert of_month(AX=(4, 3)) == {}
    assert of_month(AX=(5, 4)) == dict.fromkeys(["A/X/" + OWN, "A/X/", "A/", ""], (5, 4))


def test_a_total_is_held_back_where_it_would_tell_by_subtraction() -> None:
    said = of_month(AX=(9, 9), AY=(1, 0), B=(7, 7))
    assert said["A/X/"] == (9, 9) and said["B/"] == (7, 7)
    assert not {"A/Y/", "A/", ""} & set(said), "10 less 9, and 17 less 9 less 7"
    assert of_month(AX=(9, 9), AY=(3, 0), B=(4, 4))[""] == (16, 13), "seven together are nobody's own"


def test_an_agencys_own_dossiers_are_a_part_like_any_other() -> None:
    said = of_month(A=(2, 0), AX=(8, 8))
    assert said["A/X/"] == (8, 8) and "A/" not in said and "A/" + OWN not in said


def test_a_quarter_tells_no_more_than_its_months() -> None:
    months = {date(2026, 10, 1): {"A/": Opinions(6, 6)}, date(2026, 11, 1): {"A/": Opinions(1, 0)}}
    assert opinions.of_period(months)["A/"] == (6, 6)


@pytest.mark.django_db
def test_pages_and_downloads_keep_one_persons_answer(client: Client) -> None:
    small, large = factories.make_agency("H26.00073"), factories.make_agency("H26.00004")
    rated(small, 1, unhappy=1)
    rated(large, 8, unhappy=2)
    with time_machine.travel(NOW, tick=False):
        report = services.report(Period.parse("2026-11"), agency_code="H26")
        shares = {line.code: (line.figures.rated, line.figures.ratings_told) for line in report.lines}
        assert shares == {"H26.00073": (1, 0), "H26.00004": (8, 8)}
        assert (report.total.rated, report.total.satisfied_percent) == (9, None)
        page = client.get("/cong-khai/", {"co-quan": "H26"}).content.decode()
        assert "chưa công bố" in page and "6 trên 8" in page and "0 trên 1" not in page and "6 trên 9" not in page
        file = b"".join(client.get("/cong-khai/so-lieu.csv", {"co-quan": "H26"}).streaming_content).decode("utf-8-sig")
    found = {row["Mã cơ quan"]: row for row in csv.DictReader(StringIO(file))}
    assert found["H26.00073"]["Hài lòng"] == "" and found["H26.00004"]["Hài lòng"] == "6"


@pytest.mark.django_db
def test_an_agency_reads_what_was_said_and_not_by_whom() -> None:
    """A month's words together, once none can change, from five ratings on; no rating has an address of its own."""
    agency = factories.make_agency()
    browser = signed_in(with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR, "Hoàng Quản")))
    for month, count in ((8, 1), (9, 4), (10, 5)):
        rated(agency, count, unhappy=1, finished_at=NOW.replace(month=month))
    settled = datetime(2026, 11, 8, 0, 0, tzinfo=VIETNAM)
    with time_machine.travel(settled - timedelta(minutes=1), tick=False):
        assert "Chờ lâu" not in browser.get("/quan-tri/feedback/rating/").content.decode(), "October may still change"
    with time_machine.travel(settled, tick=False):
        page = browser.get("/quan-tri/feedback/rating/").content.decode()
        assert page.count("Chờ lâu") == 1 and "10/2026" in page and agency.title in page
        assert "09/2026" not in page and "/change/" not in page
        narrowed = browser.get("/quan-tri/feedback/rating/?satisfaction__exact=1").content.decode()
        assert narrowed.count("Chờ lâu") == 1, "a filter counts no fewer"
        for rating in Rating.objects.all():
            code = rating.dossier.code or ""
            assert code not in page and code.replace("-", "\u2011") not in page
            assert browser.get(f"/quan-tri/feedback/rating/{rating.pk}/change/").status_code in (302, 403, 404)
