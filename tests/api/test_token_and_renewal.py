"""A token that is asked for while an official renews the credentials does not outlive them."""

import base64
import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.db import connection, connections
from django.test import Client

from portal.agencies import credentials
from portal.agencies.models import ApiClient
from tests import factories
from tests.sandbox.programs import until

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("by_basic", [False, True])
@pytest.mark.parametrize("end", [credentials.renew, credentials.switch_off])
def test_a_token_that_was_asked_for_just_before_its_end_opens_nothing(
    monkeypatch: pytest.MonkeyPatch, end: Callable[[ApiClient], object], by_basic: bool
) -> None:
    agency = factories.make_agency()
    issued = credentials.set_up(credentials.Partner(name="x", agency_code=agency.code))
    check = OidcClient.check_secret
    officials: list[threading.Thread] = []

    def official() -> None:
        try:
            end(ApiClient.objects.get(pk=issued.client.pk))
        finally:
            connections.close_all()

    def checked_and_ended(oidc: OidcClient, secret: str) -> bool:
        is_right = check(oidc, secret)
        officials.append(threading.Thread(target=official))
        officials[0].start()
        until(lambda: somebody_waits() or not officials[0].is_alive())
        return is_right

    monkeypatch.setattr(OidcClient, "check_secret", checked_and_ended)
    asked: dict[str, Any] = {"grant_type": "client_credentials"}
    http = Client()
    if by_basic:
        http = Client(headers={"Authorization": _basic(issued.secrets)})
    else:
        asked |= {name: issued.secrets[name] for name in ("client_id", "client_secret")}
    assert http.post("/identity/o/api/token", asked).status_code == 200
    officials[0].join(30)
    assert not officials[0].is_alive()
    assert not Token.objects.exists()


def _basic(shown: dict[str, str]) -> str:
    return "Basic " + base64.b64encode(f"{shown['client_id']}:{shown['client_secret']}".encode()).decode()
