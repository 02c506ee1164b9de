"""What a log line says of its request is of this request: a thread serves machines and people in turn."""

from typing import Any

import pytest
from django.test import Client
from structlog.contextvars import get_contextvars

from tests.api.callers import filed_dossier
from tests.wire.clients import wire_client

pytestmark = pytest.mark.django_db


def test_nothing_is_left_of_the_request_before() -> None:
    system, dossier = filed_dossier()
    wire_client(dossier.agency).call("TraCuuHoSo", mahoso=dossier.code)
    assert _said() == {"method": "POST", "route": "^mapi(?:/(?P<path>.*))?$"}
    Client().get("/tro-giup/")
    assert _said() == {"method": "GET", "route": "tro-giup/"}
    Client().post("/thu-tuc/ma-khong-co-dau-gach/khong-co/")
    assert _said() == {"method": "POST", "route": ""}, "no address, no route"
    system.get(f"/api/v1/dossiers/{dossier.code}/")
    assert _said()["route"].startswith("api/v1/dossiers/")


def _said() -> dict[str, Any]:
    return {name: value for name, value in get_contextvars().items() if name in {"method", "route", "service"}}
