"""A body that comes in pieces without a length, as .NET sends JSON, is read like any other."""

import io
import json
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.api.callers import event_body, filed_dossier
from tests.wire.clients import PASSWORD, wire_client

pytestmark = pytest.mark.django_db


def post(path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    """As a server hands a chunked request on: no length, and the body to its end."""
    client = Client()
    environ = client._base_environ(
        REQUEST_METHOD="POST",
        PATH_INFO=path,
        QUERY_STRING="",
        CONTENT_TYPE="application/json",
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input": io.BytesIO(body)},
        **headers,
    )
    assert "CONTENT_LENGTH" not in environ
    response = client.handler(environ)
    return response.status_code, json.loads(response.content)


def test_a_wire_client_signs_in() -> None:
    account = wire_client(factories.make_agency()).account
    login = json.dumps({"username": account.wire_username, "password": PASSWORD}).encode()
    status, told = post("/mapi/login", login)
    assert (status, told["error_code"]) == (200, "0") and told["session"]


def test_a_wire_body_without_length_that_is_too_large_is_refused(settings: Any) -> None:
    settings.WIRE_BODY_MAX_BYTES = settings.API_BODY_MAX_BYTES = 1024 * 1024
    status, told = post("/mapi/g", b" " * 3_000_000)
    assert (status, told["error_code"]) == (200, "-5") and "1 MB" in told["message"]


def test_a_push_over_the_api_counts() -> None:
    caller, dossier = filed_dossier()
    body = json.dumps(event_body("accept")).encode()
    path = f"/api/v1/dossiers/{dossier.code}/events/"
    status, told = post(path, body, HTTP_AUTHORIZATION=f"Bearer {caller.token}")
    assert (status, told["dossier"]["state"]) == (201, "accepted")
