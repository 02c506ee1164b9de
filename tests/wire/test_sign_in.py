"""Signing in over the wire: many sessions, none ended by another, always 200, never a redirect."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.agencies import credentials
from portal.agencies.models import ApiClient, WireSession
from tests import factories
from tests.wire.clients import PASSWORD, WireClient, line, new_code, record, wire_client

PREFIXES = ["", "/VXPAdapter/RestService/forward", "/XrdAdapter/RestService/forward"]


@pytest.mark.django_db
def test_a_good_login_gives_a_session_and_the_clients_literal() -> None:
    client = wire_client(factories.make_agency())
    answer = client.sign_in()
    assert answer["error_code"] == "0" and "thành công" in answer["message"].lower()
    assert 20 < len(answer["session"]) < 255
    assert answer["session"] not in str(list(WireSession.objects.values()))


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_alias_answers_without_a_redirect(prefix: str, slash: str) -> None:
    account = wire_client(factories.make_agency()).account
    for login, call in (("/mapi/login", "/mapi/g"), ("/mapi/g", "/mapi/g"), ("/mapi/login", "/mapi/login")):
        client = WireClient(account, login=f"{prefix}{login}{slash}", call=f"{prefix}{call}{slash}")
        assert client.sign_in()["error_code"] == "0"
        assert client.call("TraCuuHoSo", mahoso="khong-co")["result"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "prefix", ["/MAPI", "/Mapi", "/vxpadapter/restservice/forward/MAPI", "/XRDAdapter/RestService"]
)
def test_an_address_typed_in_another_case_is_the_same_door(prefix: str) -> None:
    account = wire_client(factories.make_agency()).account
    client = WireClient(account, login=f"{prefix}/Login", call=f"{prefix}/G")
    assert client.call("TraCuuHoSo", mahoso="khong-co")["result"] == []


@pytest.mark.django_db
def test_two_slashes_and_a_session_of_nothing_are_no_obstacle() -> None:
    """Address and endpoint are put together as text; some systems send every field of their login."""
    account = wire_client(factories.make_agency()).account
    body = {"session": None, "username": account.wire_username, "password": PASSWORD}
    answer = Client().post("/", body, content_type="application/json", PATH_INFO="//mapi//login/")
    assert answer.status_code == 200 and answer.json()["session"]


@pytest.mark.django_db
def test_a_configured_path_of_ones_own_below_the_adapter_is_served() -> None:
    account = wire_client(factories.make_agency()).account
    client = WireClient(account, login="/VXPAdapter/dang-nhap", call="/VXPAdapter/tich-hop/v1")
    assert client.call("TraCuuHoSo", mahoso="x")["error_code"] == "0"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [{"username": "khong-co", "password": "x"}, {"username": "", "password": ""}, {"username": ["a"], "password": 5}],
)
def test_wrong_credentials_are_told_with_status_200(body: dict[str, object]) -> None:
    response = Client().post("/mapi/login", body, content_type="application/json")
    answer = response.json()
    assert response.status_code == 200 and answer["error_code"] not in ("0", "00", 0)
    assert "session" not in answer and "thành công" not in answer["message"]


@pytest.mark.django_db
def test_an_earlier_session_outlives_later_logins() -> None:
    client = wire_client(factories.make_agency())
    client.sign_in()
    for _ in range(3):
        WireClient(client.account).sign_in()
    assert client.call("TraCuuHoSo", mahoso="x")["error_code"] == "0"


@pytest.mark.django_db
def test_a_session_slides_and_ends_after_half_an_hour_of_silence() -> None:
    client = wire_client(factories.make_agency())
    client.sign_in()
    soon = timezone.now() + timedelta(minutes=12)
    WireSession.objects.update(expires_at=soon)
    assert client.call("TraCuuHoSo", mahoso="x")["error_code"] == "0"
    assert WireSession.objects.get().expires_at > soon + timedelta(minutes=15)
    WireSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.call("TraCuuHoSo", mahoso="x")
    assert answer["error_code"] == "-2" and "hết hạn" in answer["message"]


@pytest.mark.django_db
@pytest.mark.parametrize("session", ["", None, 0, "x" * 10_000, ["a"], "\udcff"])
def test_a_session_that_is_none_is_told(session: object) -> None:
    answer = Client().post("/mapi/g", {"session": session, "service": "TraCuuHoSo"}, content_type="application/json")
    assert (answer.status_code, answer.json()["error_code"]) == (200, "-2")


@pytest.mark.django_db
def test_a_switched_off_system_gets_no_session_and_loses_its_own() -> None:
    client = wire_client(factories.make_agency())
    client.sign_in()
    credentials.switch_off(client.account)
    assert client.call("TraCuuHoSo", mahoso="x")["error_code"] == "-2"
    assert client.sign_in()["error_code"] == "-1"


@pytest.mark.django_db
def test_failed_logins_are_throttled_good_ones_are_not() -> None:
    client = wire_client(factories.make_agency())
    for _ in range(40):
        assert client.sign_in()["error_code"] == "0"
    for _ in range(20):
        assert client.sign_in("sai")["error_code"] == "-1"
    with CaptureQueriesContext(connection) as queries:
        assert "phút" in client.sign_in("sai")["message"]
    assert not [query for query in queries if ApiClient._meta.db_table in query["sql"]], "who is kept out asks nothing"
    cache.clear()
    assert client.sign_in()["error_code"] == "0"


@pytest.mark.django_db
@pytest.mark.parametrize("end", [credentials.renew, credentials.switch_off])
def test_a_login_that_was_checked_just_before_its_end_opens_nothing(
    monkeypatch: pytest.MonkeyPatch, end: Callable[[ApiClient], object]
) -> None:
    client = wire_client(factories.make_agency())
    check = credentials.has_password

    def checked_and_ended(account: ApiClient, password: str) -> bool:
        is_right = check(account, password)
        end(ApiClient.objects.get(pk=account.pk))  # an official, between the check and the session
        return is_right

    monkeypatch.setattr(credentials, "has_password", checked_and_ended)
    assert client.sign_in()["error_code"] == "-1"
    assert not WireSession.objects.exists()


@pytest.mark.django_db
def test_a_changed_password_ends_the_old_one_at_once() -> None:
    client = wire_client(factories.make_agency())
    assert client.sign_in()["error_code"] == "0"
    credentials.set_up(
        credentials.Partner("x", "H26.00073", kind="wire", username=client.account.wire_username, password="moi" * 5)
    )
    assert client.sign_in(PASSWORD)["error_code"] == "-1"
    assert client.sign_in("moi" * 5)["error_code"] == "0"


@pytest.mark.django_db(transaction=True)
def test_sixty_logins_at_once_all_get_sessions_of_their_own() -> None:
    account = wire_client(factories.make_agency()).account

    def sign_in(_number: int) -> str:
        try:
            return WireClient(account).sign_in()["session"]
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        sessions = list(pool.map(sign_in, range(60)))
    assert len(set(sessions)) == 60 and all(sessions)
    assert WireSession.objects.filter(client=account).count() == 60


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "JSON"),
        (b"[]", "đối tượng"),
        (b"{", "dòng 1"),
        (b'{"service": "\xff"}', "UTF-8"),
        (b"[" * 100_000, "lồng"),
        (b'"x"', "đối tượng"),
    ],
)
def test_bodies_that_cannot_be_read_are_told_with_status_200(body: bytes, word: str) -> None:
    response = Client().post("/mapi/g", body, content_type="application/json")
    assert response.status_code == 200
    assert response.json()["error_code"] == "-5" and word in response.json()["message"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "put", "delete", "options", "head"])
def test_other_methods_are_answered_with_status_200(method: str) -> None:
    response = getattr(Client(), method)("/mapi/g")
    assert response.status_code == 200 and "Location" not in response.headers


@pytest.mark.django_db
def test_an_unknown_service_and_a_missing_one_are_named() -> None:
    client = wire_client(factories.make_agency())
    assert client.call("KhongCo")["error_code"] == "-4" and "KhongCo" in client.call("KhongCo")["message"]
    assert client.call("")["error_code"] == "-5"


@pytest.mark.django_db
def test_a_failure_of_ours_is_still_status_200(monkeypatch: pytest.MonkeyPatch) -> None:
    client = wire_client(factories.make_agency())
    client.sign_in()
    client.http.raise_request_exception = False
    monkeypatch.setattr("dossiers.partners.reported.find", lambda *_args: 1 / 0)
    assert client.call("TraCuuHoSo", mahoso="x")["error_code"] == "-99"


@pytest.mark.django_db
def test_the_literal_of_success_is_the_clients_own() -> None:
    client = wire_client(factories.make_agency(), success_literal="00")
    assert client.sign_in()["error_code"] == "00"
    assert client.call("TraCuuHoSo", mahoso="x")["error_code"] == "00"
    code = new_code()
    for answer in (client.sync(record(code, "2")), client.progress(line(code, "20250102081500", "2"))):
        assert answer["error_code"] == "00" and "thành công" in answer["message"]
    assert client.sync(record(new_code(), "99"))["error_code"] == "-5"
    assert ApiClient.objects.get(pk=client.account.pk).last_seen_at is not None
