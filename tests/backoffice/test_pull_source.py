"""An operator says how a system that cannot push is asked, sees how it went, and asks at once."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.agencies.models import ApiClient
from portal.exchange.models import PullSource
from tests import factories
from tests.backoffice.conftest import Office

pytestmark = pytest.mark.django_db
FILLED = {
    "provider": "wire",
    "address": "https://motcua.vidu.example/mapi/g",
    "username": "cong",
    "new_secret": "mat-khau-kin",
    "minutes": "10",
    "window_days": "7",
    "parallel": "2",
    "is_active": "on",
}


@pytest.fixture
def system(office: Office) -> ApiClient:
    return factories.make_client(office.agency)


def page(system: ApiClient) -> str:
    return f"/quan-tri/he-thong/{system.pk}/nguon-keo/"


def fill(office: Office, system: ApiClient, **changed: str) -> Any:
    return office.browser("administrator").post(page(system), {**FILLED, **changed})


def test_set_up_changed_and_the_secret_is_never_shown(office: Office, system: ApiClient) -> None:
    assert fill(office, system).status_code == 302
    row = PullSource.objects.get()
    assert (row.secret, row.interval_seconds, row.parallel, row.client) == ("mat-khau-kin", 600, 2, system)
    assert "Nguồn kéo: wire" in LogEntry.objects.get().change_message
    PullSource.objects.update(cursor={"since": "x"}, failures=4, holder="h", held_until=timezone.now())
    shown = office.browser("administrator").get(page(system)).content.decode()
    assert "Không trả lời" in shown and "mat-khau-kin" not in shown
    assert (
        "4 lần không trả lời"
        in office.browser("administrator").get(f"/quan-tri/he-thong/{system.pk}/").content.decode()
    )
    fill(office, system, new_secret="", minutes="5")
    row.refresh_from_db()
    assert (row.secret, row.cursor, row.failures, row.holder) == ("mat-khau-kin", {"since": "x"}, 0, "")
    fill(office, system, new_secret="moi", address="https://khac.vidu.example/")
    row.refresh_from_db()
    assert row.cursor == {}, "another place is read from its beginning"


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "ftp://x.example/"},
        {"address": "motcua"},
        {"provider": "folder", "address": "../x"},
        {"provider": "folder", "address": "thu-muc-cua-noi-khac"},
        {"address": "https://cong:mat-khau@motcua.vidu.example/"},
        {"provider": "soap"},
        {"parallel": "9"},
        {"parallel": "0"},
        {"minutes": "0"},
    ],
)
def test_what_cannot_be_asked_is_named(office: Office, system: ApiClient, wrong: dict[str, str]) -> None:
    response = fill(office, system, **wrong)
    assert response.status_code == 422 and "Lỗi:" in response.content.decode()
    assert not PullSource.objects.exists()


@pytest.mark.parametrize("elsewhere", ["https://ke-khac.example/", "http://motcua.vidu.example/mapi/g"])
def test_a_secret_is_not_sent_to_another_server_than_it_was_given_for(
    office: Office, system: ApiClient, elsewhere: str
) -> None:
    fill(office, system)
    refused = fill(office, system, address=elsewhere, new_secret="")
    assert refused.status_code == 422 and "nhập lại mật khẩu" in refused.content.decode()
    assert PullSource.objects.get().address == FILLED["address"]
    assert fill(office, system, address="https://motcua.vidu.example/khac", new_secret="").status_code == 302


def test_an_address_inside_is_refused_with_the_cure(office: Office, system: ApiClient, settings: LazySettings) -> None:
    settings.PARTNER_NETWORKS = []
    for address in (
        "http://127.0.0.1:8004/su-kien",
        "https://[fd00::5]/",
        "http://169.254.169.254/",
        "http://localhost/",
    ):
        refused = fill(office, system, address=address)
        assert refused.status_code == 422
        assert "PARTNER_NETWORKS" in str(refused.context["form"].errors["address"]), address
    assert not PullSource.objects.exists()
    settings.PARTNER_NETWORKS = [ip_network("127.0.0.0/8")]
    assert fill(office, system, address="http://127.0.0.1:8004/su-kien").status_code == 302


def test_a_folder_belongs_to_one_system_of_its_agency(office: Office, system: ApiClient) -> None:
    code = office.agency.code
    other = factories.make_client(office.agency)
    assert fill(office, system, provider="folder", address=f"{code}-mot-cua").status_code == 302
    taken = fill(office, other, provider="folder", address=f"{code}-mot-cua")
    assert taken.status_code == 422 and "của hệ thống khác" in taken.content.decode()
    assert fill(office, other, provider="folder", address=code).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        PullSource.objects.update(address=code)


def test_asked_at_once_by_hand(office: Office, system: ApiClient) -> None:
    browser = office.browser("administrator")
    assert "chưa đặt" in browser.post(page(system), {"do": "now"}, follow=True).content.decode()
    fill(office, system)
    PullSource.objects.update(next_run_at=timezone.now() + timedelta(hours=1))
    browser.post(page(system), {"do": "now"})
    assert PullSource.objects.get().next_run_at <= timezone.now()
