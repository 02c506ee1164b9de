"""An operator shuts a partner's system, opens it again, gives it new credentials: at once, confirmed, in the log."""

import re
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import check_password
from django.test import Client

from portal.agencies import credentials
from portal.agencies.credentials import WIRE_SCOPES
from portal.agencies.models import ApiClient, ClientKind, MembershipRole
from portal.exchange import request_keys
from portal.exchange.models import RequestKey
from tests import factories
from tests.api.callers import Caller, token_for
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.wire.clients import wire_client

pytestmark = pytest.mark.django_db
REASON = "Nghi lộ khóa, chờ kiểm tra."


@pytest.fixture
def system(office: Office) -> ApiClient:
    """A system of the office's agency that signs its messages."""
    partner = credentials.Partner(
        "Một cửa phường", office.agency.code, webhook_url="https://motcua.vidu.example/nhan", client_id="phuong"
    )
    return credentials.set_up(partner).client


def press(office: Office, system: ApiClient, name: str, **typed: str) -> Any:
    address = f"/quan-tri/he-thong/{system.pk}/{name}/"
    return office.browser("administrator").post(address, {"reason": REASON, **typed})


def test_the_list_and_the_page_say_how_it_is(office: Office, system: ApiClient) -> None:
    browser = office.browser("administrator")
    assert system.name in browser.get("/quan-tri/he-thong/").content.decode()
    page = browser.get(f"/quan-tri/he-thong/{system.pk}/").content.decode()
    for words in ("Đang hoạt động", "chưa gọi lần nào", "Chưa ai đổi gì", "Cấp khóa mới…", "Tắt hệ thống…"):
        assert words in page, words
    assert "Bật lại" not in page and system.webhook_secret not in page
    assert f"/quan-tri/he-thong/{system.pk}/" in browser.get(f"/quan-tri/agencies/apiclient/{system.pk}/change/").url


def test_nothing_happens_before_the_reason(office: Office, system: ApiClient) -> None:
    page = office.browser("administrator").get(f"/quan-tri/he-thong/{system.pk}/tat/").content.decode()
    assert "mất quyền truy cập ngay" in page
    response = press(office, system, "tat", reason=" ")
    assert response.status_code == 422 and 'href="#id_reason"' in response.content.decode()
    system.refresh_from_db()
    assert system.is_active and not LogEntry.objects.exists()


def test_shut_and_opened_again(office: Office, system: ApiClient) -> None:
    caller = Caller(system, token_for(system))
    assert caller.get("/api/v1/dossiers/").status_code == 200
    assert press(office, system, "tat").status_code == 302
    assert caller.get("/api/v1/dossiers/").status_code == 401
    page = office.browser("administrator").get(f"/quan-tri/he-thong/{system.pk}/").content.decode()
    assert "Đã tắt" in page and f"Tắt hệ thống: {REASON}" in page and "Hoàng Quản" in page
    press(office, system, "bat", reason="Đã kiểm tra.")
    system.refresh_from_db()
    assert system.is_active
    assert caller.get("/api/v1/dossiers/").status_code == 401, "a token from before must not come back to life"
    assert [row.change_message for row in LogEntry.objects.order_by("pk")] == [
        f"Tắt hệ thống: {REASON}",
        "Bật lại hệ thống: Đã kiểm tra.",
    ]


def test_done_already_in_another_window_is_said_and_not_logged_twice(office: Office, system: ApiClient) -> None:
    press(office, system, "tat")
    assert press(office, system, "tat").status_code == 302
    assert LogEntry.objects.count() == 1


def test_new_credentials_are_shown_once_and_the_old_ones_end(office: Office, system: ApiClient) -> None:
    before, webhook = OidcClient.objects.get(pk="phuong").secret, system.webhook_secret
    caller = Caller(system, token_for(system))
    response = press(office, system, "doi-khoa")
    page = response.content.decode()
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    secret = re.search(r"client_secret</dt><dd><code[^>]*>(\w{48})<", page)
    assert secret is not None
    kept = OidcClient.objects.get(pk="phuong")
    assert kept.secret != before and kept.check_secret(secret.group(1)) and secret.group(1) not in kept.secret
    assert caller.get("/api/v1/dossiers/").status_code == 401
    system.refresh_from_db()
    assert system.webhook_secret == webhook and "whsec_" not in page
    assert (
        secret.group(1) not in office.browser("administrator").get(f"/quan-tri/he-thong/{system.pk}/").content.decode()
    )
    asked = {"grant_type": "client_credentials", "client_id": "phuong", "client_secret": secret.group(1)}
    assert Client().post("/identity/o/api/token", asked).status_code == 200


def test_the_signing_key_changes_where_it_is_asked_for(office: Office, system: ApiClient) -> None:
    webhook = system.webhook_secret
    page = press(office, system, "doi-khoa", with_webhook="on").content.decode()
    system.refresh_from_db()
    assert system.webhook_secret != webhook and system.webhook_secret in page.replace("&#x3D;", "=")


def test_a_request_key_is_shown_once_and_ends_with_new_credentials(office: Office, system: ApiClient) -> None:
    OidcClient.objects.filter(pk=system.oidc_client_id).update(scopes="dossiers:read")
    page = press(office, system, "khoa-ky").content.decode()
    key = RequestKey.objects.get()
    assert key.scopes == ["dossiers:read"], "no more than its token allows"
    assert key.key_id in page and key.secret in page.replace("&#x3D;", "=") and key.client == system
    page = office.browser("administrator").get(f"/quan-tri/he-thong/{system.pk}/").content.decode()
    assert key.key_id in page and key.secret not in page and "Cấp khóa ký yêu cầu: " in page
    press(office, system, "doi-khoa")
    assert request_keys.in_force(system) == []
    wire = wire_client(office.agency).account
    assert press(office, wire, "khoa-ky").status_code == 200
    assert RequestKey.objects.get(client=wire).scopes == list(WIRE_SCOPES), "it reads here, and reports over the wire"


def test_request_keys_are_revoked_and_nothing_else(office: Office, system: ApiClient) -> None:
    address = f"/quan-tri/he-thong/{system.pk}/"
    assert "Thu hồi khóa ký yêu cầu" not in office.browser("administrator").get(address).content.decode()
    caller = Caller(system, token_for(system))
    press(office, system, "khoa-ky")
    press(office, system, "khoa-ky")
    assert len(request_keys.in_force(system)) == 2, "the first one has a day left"
    assert "Thu hồi khóa ký yêu cầu…" in office.browser("administrator").get(address).content.decode()
    press(office, system, "thu-khoa-ky")
    assert request_keys.in_force(system) == []
    assert caller.get("/api/v1/dossiers/").status_code == 200
    assert LogEntry.objects.latest("pk").change_message == f"Thu hồi khóa ký yêu cầu: {REASON}"


def test_a_wire_account_gets_a_new_password(office: Office) -> None:
    wire = wire_client(office.agency)
    assert wire.sign_in()["error_code"] == "0"
    page = press(office, wire.account, "doi-khoa").content.decode()
    password = re.search(r"password</dt><dd><code[^>]*>(\w{32})<", page)
    assert password is not None and wire.account.kind == ClientKind.WIRE
    assert wire.call("TraCuuHoSo", mahoso="x")["error_code"] == "-2"
    assert wire.sign_in()["error_code"] == "-1"
    assert wire.sign_in(password.group(1))["error_code"] == "0"
    assert check_password(password.group(1), ApiClient.objects.get(pk=wire.account.pk).wire_password_hash)


@pytest.mark.parametrize("address", ["", "tat/", "doi-khoa/"])
def test_another_agencys_system_looks_as_if_it_did_not_exist(office: Office, system: ApiClient, address: str) -> None:
    other = with_second_factor(factories.make_official(factories.make_other_agency(), MembershipRole.ADMINISTRATOR))
    browser = signed_in(other)
    assert system.name not in browser.get("/quan-tri/he-thong/").content.decode()
    assert browser.get(f"/quan-tri/he-thong/{system.pk}/{address}").status_code == 404
    if address:
        assert browser.post(f"/quan-tri/he-thong/{system.pk}/{address}", {"reason": "x"}).status_code == 404
    system.refresh_from_db()
    assert system.is_active


def test_an_unknown_change_is_no_page(office: Office, system: ApiClient) -> None:
    assert press(office, system, "xoa").status_code == 404
