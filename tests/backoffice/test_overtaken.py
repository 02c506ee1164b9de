"""Two administrators on one setting: the second reads who changed what, keeps what she typed, overwrites nothing."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory

from dossiers.models import MessageTemplate
from portal.agencies import overtaken
from portal.agencies.administration import AgencyKept
from portal.agencies.models import Agency, MembershipRole, OneStopDesk
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor

pytestmark = pytest.mark.django_db

KEPT = [kept for kept in admin.site._registry.values() if isinstance(kept, AgencyKept)]


@pytest.fixture
def colleague(office: Office) -> Client:
    """Another administrator of the same agency."""
    user = factories.make_official(office.agency, MembershipRole.ADMINISTRATOR, "Lê Văn An")
    return signed_in(with_second_factor(user))


def opened(client: Client, address: str) -> dict[str, Any]:
    """What the opened form would send if nothing were typed."""
    page = client.get(address)
    assert page.status_code == 200
    form = page.context["adminform"].form
    assert f'name="seen_version" value="{form.seen_version}"' in page.content.decode()
    data: dict[str, Any] = {overtaken.NAME: form.seen_version}
    for bound in form:
        value = bound.value()
        if isinstance(value, bool):
            data |= {bound.html_name: "on"} if value else {}
        elif isinstance(value, date):
            data[bound.html_name] = f"{value:%d/%m/%Y}"
        elif value is not None:
            data[bound.html_name] = value
    return data


def template_of(office: Office) -> tuple[Any, str, str, str]:
    row = MessageTemplate.objects.create(agency=office.agency, title="Hẹn giờ", text="Mời bà đến.")
    return row, f"/quan-tri/dossiers/messagetemplate/{row.pk}/change/", "title", "text"


def post_of(office: Office) -> tuple[Any, str, str, str]:
    row = office.desk.memberships.get()
    return row, f"/quan-tri/agencies/membership/{row.pk}/change/", "title", "title"


def desk_of(office: Office) -> tuple[Any, str, str, str]:
    row = OneStopDesk.objects.filter(agency=office.agency).first() or OneStopDesk.objects.create(
        agency=office.agency, name="Một cửa"
    )
    return row, f"/quan-tri/agencies/onestopdesk/{row.pk}/change/", "name", "address"


SETTINGS = {"template": template_of, "post": post_of, "desk": desk_of}


@pytest.mark.parametrize("kind", list(SETTINGS))
def test_the_second_writer_reads_who_changed_what(office: Office, colleague: Client, kind: str) -> None:
    row, address, first_field, second_field = SETTINGS[kind](office)
    mine, client = opened(office.browser("administrator"), address), office.browser("administrator")
    theirs = opened(colleague, address)
    assert colleague.post(address, {**theirs, first_field: "Chữ của An"}).status_code == 302
    refused = client.post(address, {**mine, second_field: "Chữ của Quản"})
    page = refused.content.decode()
    assert refused.status_code == 200
    assert "Trong lúc bạn sửa, Lê Văn An đã sửa mục này lúc" in page and "Chữ của An" in page
    assert "Chữ của Quản" in page, "what she typed stays"
    row.refresh_from_db()
    assert getattr(row, first_field) == "Chữ của An" and getattr(row, second_field) != "Chữ của Quản"
    again = {**mine, second_field: "Chữ của Quản", overtaken.NAME: refused.context["adminform"].form.seen_version}
    assert client.post(address, again).status_code == 302, "knowingly"
    row.refresh_from_db()
    assert getattr(row, second_field) == "Chữ của Quản"


def test_hours_of_an_agency(office: Office, colleague: Client) -> None:
    """An agency's row is the reference data's, too: what that changed is no colleague's."""
    address = f"/quan-tri/agencies/agency/{office.agency.pk}/change/"
    client = office.browser("administrator")
    mine = opened(client, address)
    Agency.objects.filter(pk=office.agency.pk).update(phone="024 3000 0001")
    refused = client.post(address, {**mine, "address": "Số 1"})
    assert "Trong lúc bạn sửa, mục này đã được sửa." in refused.content.decode()
    office.agency.refresh_from_db()
    assert office.agency.phone == "024 3000 0001" and office.agency.address != "Số 1"


def test_who_was_not_overtaken_saves_as_ever(office: Office) -> None:
    row, address, _first, field = template_of(office)
    client = office.browser("administrator")
    for words in ("Một", "Hai"):
        assert client.post(address, {**opened(client, address), field: words}).status_code == 302
    row.refresh_from_db()
    assert row.text == "Hai"


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.model.__name__)
def test_every_setting_of_an_agency_is_watched(kept: AgencyKept, rf: RequestFactory, office: Office) -> None:
    request = rf.get("/")
    request.user = office.administrator
    assert issubclass(kept.get_form(request, kept.model(), change=True), overtaken.Watched)
    assert not issubclass(kept.get_form(request), overtaken.Watched), "a new row overtakes nobody"


def test_the_settings_that_are_meant() -> None:
    names = {kept.model.__name__ for kept in KEPT}
    assert names >= {
        "Agency", "OneStopDesk", "Membership", "CalendarDay", "RoutingRule", "StepLimit", "InternalProcess",
        "LocalPolicy", "LetterText", "MessageTemplate",
    }  # fmt: skip


def test_a_form_that_does_not_say_what_it_was_opened_with_overwrites_nothing(office: Office) -> None:
    row, address, _first, field = template_of(office)
    client = office.browser("administrator")
    sent = {**opened(client, address), field: "Chữ của Quản"}
    for without in ({}, {overtaken.NAME: ""}):
        bare = {name: value for name, value in sent.items() if name != overtaken.NAME} | without
        refused = client.post(address, bare)
        page = refused.content.decode()
        assert refused.status_code == 200 and "Không biết mục này đã được ai sửa" in page and "Chữ của Quản" in page
        row.refresh_from_db()
        assert getattr(row, field) == "Mời bà đến."
    again = {**sent, overtaken.NAME: refused.context["adminform"].form.seen_version}
    assert client.post(address, again).status_code == 302
    assert client.post(address, again | {field: "Lần nữa"}).status_code == 200, "it was good for one state of the row"


def test_nobody_tells_a_hidden_column_from_the_digest(office: Office, settings: Any) -> None:
    row, *_rest = template_of(office)
    mine = overtaken.version_of(row)
    settings.SECRET_KEY = "of another portal"
    assert overtaken.version_of(row) != mine


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.model.__name__)
def test_nothing_is_written_on_these_pages_that_the_digest_does_not_cover(kept: AgencyKept) -> None:
    assert not kept.model._meta.many_to_many and not kept.inlines
