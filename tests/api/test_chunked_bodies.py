"""A body that comes in pieces without a length, as .NET sends JSON, is read like any other."""

import io
import json
import tracemalloc
from typing import IO, Any

import pytest
from django.http import HttpResponse
from django.test import Client

from portal.api.parsers import read_body
from tests import factories
from tests.api.callers import event_body, filed_dossier
from tests.wire.clients import PASSWORD, wire_client

pytestmark = pytest.mark.django_db


class Broken(io.RawIOBase):
    """A body whose sender goes away after the first piece."""

    def __init__(self) -> None:
        self._left = b'{"a":'

    def read(self, size: int = -1, /) -> bytes:
        """The first piece, then the error of the line."""
        if not self._left:
            raise OSError("the line is cut")
        piece, self._left = self._left, b""
        return piece


def answered(path: str, body: IO[bytes] | Broken, **headers: str) -> HttpResponse:
    """As a server hands a chunked request on: no length, and the body to its end."""
    client = Client()
    environ = client._base_environ(
        REQUEST_METHOD="POST",
        PATH_INFO=path,
        QUERY_STRING="",
        CONTENT_TYPE="application/json",
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input": body},
        **headers,
    )
    assert "CONTENT_LENGTH" not in environ
    response: HttpResponse = client.handler(environ)
    return response


def post(path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    """What is answered to a body in pieces."""
    response = answered(path, io.BytesIO(body), **headers)
    return response.status_code, json_of(response)


def json_of(response: HttpResponse) -> Any:
    """The JSON of an answer."""
    return json.loads(response.content)


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


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 405),
        ("/api/v1/nowhere/", 404),
        ("/api/v1/dossiers/x/events/", 401),
        ("/lgsp/DVCBo/NopHoSo", 401),
        ("/thanh-toan/nowhere/ipn/", 404),
    ],
)
def test_nothing_is_read_before_it_is_known_who_asks_for_what(path: str, status: int) -> None:
    body = io.BytesIO(b" " * 1000)
    assert (answered(path, body).status_code, body.tell()) == (status, 0)


def test_of_a_notice_no_more_is_read_than_a_notice_may_be() -> None:
    body = io.BytesIO(b" " * 3_000_000)
    answer = answered("/thanh-toan/npp/ipn/", body)
    assert (answer.status_code, "MaLoi" in json_of(answer)) == (200, True)
    assert body.tell() <= 1024 * 1024


def test_a_body_that_breaks_off_is_told_in_the_words_of_each_way() -> None:
    caller, dossier = filed_dossier()
    mine = {"HTTP_AUTHORIZATION": f"Bearer {caller.token}"}
    wire = answered("/mapi/g", Broken())
    assert (wire.status_code, json_of(wire)["error_code"]) == (200, "-5")
    platform = answered("/lgsp/DVCBo/NopHoSo", Broken(), **mine)
    assert (platform.status_code, json_of(platform)["code"]) == (400, 400)
    api = answered(f"/api/v1/dossiers/{dossier.code}/events/", Broken(), **mine)
    assert (api.status_code, json_of(api)["code"]) == (400, "input.malformed")
    notice = answered("/thanh-toan/npp/ipn/", Broken())
    assert (notice.status_code, "MaLoi" in json_of(notice)) == (200, True)


def test_a_notice_beyond_every_limit_is_answered_as_any_other() -> None:
    answer = Client().post("/thanh-toan/npp/ipn/", b" " * 7_000_000, content_type="application/json")
    assert (answer.status_code, "MaLoi" in answer.json()) == (200, True)


def test_a_body_is_held_once() -> None:
    size = 16 * 1024 * 1024
    stream = io.BytesIO(b" " * size)
    tracemalloc.start()
    try:
        body = read_body(None, stream, limit=size)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) == size and peak < 1.5 * size
