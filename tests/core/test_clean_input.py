"""What nobody means never reaches the database: NUL in cookies, token requests, returns and positions of pages."""

import base64
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests import factories
from tests.api import callers
from tests.payments import situations

pytestmark = pytest.mark.django_db
TOKEN, REVOKE = "/identity/o/api/token", "/identity/o/api/revoke"


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "value", ['"aaaaaaaaaaaa\\000"', "a" * 5000, '"\\377\\377\\377\\377\\377\\377\\377\\377"', "abc"]
)
@pytest.mark.parametrize("path", ["/", "/ho-so/", "/thu-tuc/", "/quan-tri/"])
def test_a_session_key_that_is_none_of_ours_is_no_session(path: str, value: str) -> None:
    told = Client().get(path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={value}"})
    assert told.status_code == Client().get(path).status_code


def test_a_real_session_still_counts() -> None:
    client = Client()
    client.force_login(factories.make_citizen(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/ho-so/").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"grant_type": "client_credentials", "client_id": "\x00", "client_secret": "x"},
        {"grant_type": "authorization_code", "client_id": "a", "code": "\x00"},
        {"grant_type": "client_credentials", "\x00": "x"},
    ],
)
def test_a_token_request_with_nul_is_refused(fields: dict[str, str]) -> None:
    response = Client().post(TOKEN, fields)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
def test_nul_in_basic_credentials_is_refused(path: str) -> None:
    headers = {"Authorization": f"Basic {base64_of(chr(0) + ':x')}"}
    response = Client().post(path, {"grant_type": "client_credentials", "token": "x"}, headers=headers)
    assert response.status_code == 400


@pytest.mark.parametrize(
    "told", ['{"MaThamChieu": "\\u0000"}', '{"MaThamChieu": "\\ud800"}', "MaThamChieu=%00", '{"MaThamChieu": {"a": 1}}']
)
def test_the_way_back_from_the_platform_takes_anything(told: str) -> None:
    response = Client().post("/thanh-toan/npp/tra-ve/", {"data": base64_of(told)})
    assert (response.status_code, response["Location"]) == (303, "/thanh-toan/ket-qua/npp/?MaThamChieu=")


def test_the_way_back_keeps_a_reference_of_ours() -> None:
    order = situations.open_order(situations.owing_dossier())
    response = Client().post("/thanh-toan/npp/tra-ve/", {"data": base64_of(f'{{"MaThamChieu": "{order.reference}"}}')})
    assert response["Location"].endswith(f"?MaThamChieu={order.reference}")


@pytest.mark.parametrize("position", ["p=abc", "p=%00", "p=-1", "p=1.5", "p=" + "9" * 30, "p=%C2%B2"])
@pytest.mark.parametrize("address", ["/api/v1/dossiers/", "/api/v1/dossiers/{code}/events/"])
def test_a_position_that_is_no_number_is_not_found(address: str, position: str) -> None:
    system, dossier = callers.filed_dossier()
    response: Any = system.get(address.format(code=dossier.code), data={"cursor": base64_of(position)})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
