"""From the sheet into the form by one press, where nothing is left to choose."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dossiers import beginning
from dossiers.models import Dossier
from portal.accounts.models import OrganisationMember
from portal.agencies.models import Agency
from tests import factories
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db
START = "/nop-ho-so/1.000001/"
FROM_SHEET = {"tu-trang-thu-tuc": "1"}


def begun() -> Dossier:
    return Dossier.objects.get(state="draft")


def test_one_press_on_the_sheet_leads_into_the_form_at_the_agency_shown_there() -> None:
    agency = factories.make_agency()
    factories.make_version()
    browser = signed_in(factories.make_citizen())
    sheet = text(browser.get("/thu-tuc/1.000001/"))
    assert 'name="tu-trang-thu-tuc"' in sheet and 'name="xa" value="00073"' in sheet
    answer = browser.post(START, FROM_SHEET | {"tinh": "01", "xa": "00073"})
    draft = begun()
    assert answer["Location"] == f"{START}{draft.public_id}/noi-dung/" and draft.agency == agency
    first = text(browser.get(answer["Location"]))
    assert f"Nộp tại {agency.title}." in first and "Đổi nơi nộp" in first
    again = browser.post(START, FROM_SHEET | {"tinh": "48", "xa": "20194"})
    assert again["Location"] == answer["Location"] and begun().agency == agency, "what was begun stays where it is"


def test_the_place_follows_from_where_one_lives_only_where_the_procedure_does() -> None:
    factories.make_agency()
    factories.make_version()
    factories.make_version("1.000002", competent_place="residence")
    browser = signed_in(factories.make_citizen())
    assert browser.post(START)["Location"].endswith("/noi-nop/"), "any agency takes it: she chooses"
    assert browser.post("/nop-ho-so/1.000002/")["Location"].endswith("/noi-dung/")
    Agency.objects.update(valid_to="2026-01-01")
    factories.make_version("1.000003", competent_place="residence")
    assert browser.post("/nop-ho-so/1.000003/")["Location"].endswith("/noi-nop/"), "nobody decides there: she is asked"


@pytest.mark.parametrize("place", [{"tinh": "99", "xa": "1"}, {"tinh": "01", "xa": "99999"}, {"tinh": "x" * 5000}])
def test_a_place_that_is_none_is_asked_for(place: dict[str, str]) -> None:
    factories.make_agency()
    factories.make_version()
    browser = signed_in(factories.make_citizen())
    assert browser.post(START, FROM_SHEET | place)["Location"].endswith("/noi-nop/")
    assert begun().agency is None


def test_who_has_something_to_read_or_choose_first_sees_the_start_page() -> None:
    agency = factories.make_agency()
    factories.make_version(audience=["citizen", "organisation"])
    low = signed_in(factories.make_citizen(level=1)).post(START, FROM_SHEET)
    official = signed_in(factories.make_official(agency))
    session = official.session
    session["second_factor_seen"] = True
    session.save()
    assert low["Location"] == official.post(START, FROM_SHEET)["Location"] == START
    assert not Dossier.objects.exists()


def pressed(browser: Client, **sent: str) -> str:
    """Press the button without being signed in; where signing in leads to."""
    (back,) = parse_qs(urlsplit(browser.post(START, sent)["Location"]).query)["next"]
    return back


def sign_in(browser: Client) -> None:
    browser.force_login(factories.make_citizen(), backend="django.contrib.auth.backends.ModelBackend")


def test_a_button_pressed_before_signing_in_is_not_pressed_again() -> None:
    factories.make_agency()
    factories.make_version(competent_place="residence")
    browser = Client()
    back = pressed(browser)
    assert back.startswith(f"{START}?tiep=")
    sign_in(browser)
    assert browser.get(back)["Location"] == f"{START}{begun().public_id}/noi-dung/"
    assert browser.get(back).status_code == 200, "once: later the page says that a draft is there"


def test_the_sheets_link_brings_its_commune_to_the_page_where_one_signs_in() -> None:
    factories.make_agency()
    factories.make_version(competent_place="residence")
    browser = Client()
    sheet = text(browser.get("/thu-tuc/1.000001/?tinh=01&xa=00073"))
    assert f'href="{START}?tinh=01&amp;xa=00073"' in sheet
    (back,) = parse_qs(urlsplit(browser.post(f"{START}?tinh=01&xa=00073")["Location"]).query)["next"]
    assert browser.session["filing_begun"]["shown"] == ["01", "00073"]
    sign_in(browser)
    browser.get(back)
    assert begun().commune_code == "00073"


@pytest.mark.parametrize(
    ("shown", "place"),
    [
        ({"tinh": "01", "xa": "00091"}, "00091"),
        ({"tinh": "01", "xa": "' OR 1=1"}, "00073"),
        ({"tinh": "9" * 5000}, "00073"),
        ({}, "00073"),
    ],
)
def test_the_place_chosen_on_the_sheet_holds_through_signing_in(shown: dict[str, str], place: str) -> None:
    factories.make_agency()
    factories.make_version(competent_place="residence")
    other = factories.make_unit("00091", "Phường Hoàn Kiếm", "commune", factories.make_unit("01", "Hà Nội", "province"))
    Agency.objects.create(
        code="H26.00091",
        name="Ủy ban nhân dân phường Hoàn Kiếm",
        level="commune",
        branch="peoples_committee",
        unit=other,
        path="H26/H26.00091/",
    )
    browser = Client()
    back = pressed(browser, **FROM_SHEET, **shown)
    sign_in(browser)
    browser.get(back)
    assert begun().commune_code == place


def test_pressing_for_one_procedure_begins_no_other() -> None:
    factories.make_version()
    factories.make_version("1.000002")
    browser = Client()
    back = pressed(browser)
    sign_in(browser)
    other = back.replace("1.000001", "1.000002")
    assert browser.get(other).status_code == 200 and not Dossier.objects.exists()
    assert not OrganisationMember.objects.exists()


def test_at_a_shared_computer_nobody_begins_what_another_pressed() -> None:
    """The press before signs nobody else up: not who signs in by another way, later, or after a sign-out."""
    factories.make_agency()
    factories.make_version(competent_place="residence")
    by_another_way, late, next_person = Client(), Client(), Client()
    pressed(by_another_way)
    sign_in(by_another_way)
    assert by_another_way.get(START).status_code == 200
    assert "filing_begun" not in by_another_way.session, "and it is forgotten"
    back = pressed(late)
    sign_in(late)
    with time_machine.travel(timezone.now() + timedelta(seconds=beginning.PRESS_LASTS + 1)):
        assert late.get(back).status_code == 200
    back = pressed(next_person)
    sign_in(next_person)
    next_person.logout()
    sign_in(next_person)
    assert next_person.get(back).status_code == 200
    assert not Dossier.objects.exists()


@pytest.mark.parametrize(
    ("origin", "competent", "told"),
    [
        ("pack", "Ủy ban nhân dân cấp xã", "Nộp ở nơi bất kỳ trong cả nước: Ủy ban nhân dân cấp xã."),
        ("national", "Sở Xây dựng", "Hãy nộp tại cơ quan giải quyết: Sở Xây dựng."),
        ("national", "", "Hãy hỏi bộ phận một cửa nơi bạn sống."),
    ],
)
def test_what_is_not_filed_online_says_who_takes_it_where_and_why(origin: str, competent: str, told: str) -> None:
    reason = {"text": {"vi": "Phải xuất trình bản chính", "en": "The original must be shown"}}
    sheet = {"competent": {"vi": competent, "en": competent}, "service_level_reason": reason}
    factories.make_version(service_level="truc_tiep", competent_place="any", origin=origin, sheet=sheet)
    page = text(Client().get(START))
    assert f"{told} Phải xuất trình bản chính." in page and 'href="/thu-tuc/1.000001/">Xem cách nộp' in page
    assert "thay thế" not in page and '<button class="govuk-button"' not in page
