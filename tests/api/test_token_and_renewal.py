"""A token that is asked for while an official renews the credentials does not outlive them; strangers hold none up."""

import base64
import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from portal.agencies import credentials
from portal.agencies.models import ApiClient
from tests import factories
from tests.at_once import somebody_waits_for_us
from tests.sandbox.programs import until

pytestmark = pytest.mark.django_db(transaction=True)

End = Callable[[ApiClient], object]
ENDS = [credentials.renew, credentials.switch_off]


class Official:
    """Ends the access of a system beside the request that asks for its token."""

    def __init__(self, end: End, client: ApiClient) -> None:
        self.end, self.client = end, client
        self.thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        try:
            self.end(ApiClient.objects.get(pk=self.client.pk))
        finally:
            connections.close_all()

    def begin(self) -> None:
        """Return when the end has come, or waits for the request."""
        self.thread.start()
        until(lambda: somebody_waits_for_us() or not self.thread.is_alive())

    def join(self) -> None:
        self.thread.join(30)
        assert not self.thread.is_alive()


def set_up() -> credentials.Issued:
    return credentials.set_up(credentials.Partner(name="x", agency_code=factories.make_agency().code))


def ask(shown: dict[str, str], *, by_basic: bool = False) -> HttpResponse:
    asked: dict[str, Any] = {"grant_type": "client_credentials"}
    http = Client()
    if by_basic:
        account = f"{shown['client_id']}:{shown['client_secret']}"
        http = Client(headers={"Authorization": "Basic " + base64.b64encode(account.encode()).decode()})
    else:
        asked |= {name: shown[name] for name in ("client_id", "client_secret")}
    answer: HttpResponse = http.post("/identity/o/api/token", asked)
    return answer


@pytest.mark.parametrize("by_basic", [False, True])
@pytest.mark.parametrize("end", ENDS)
def test_a_token_whose_secret_was_looked_at_just_before_its_end_is_not_given_out(
    monkeypatch: pytest.MonkeyPatch, end: End, by_basic: bool
) -> None:
    issued = set_up()
    official, check = Official(end, issued.client), OidcClient.check_secret

    def checked_and_ended(oidc: OidcClient, secret: str) -> bool:
        is_right = check(oidc, secret)
        official.begin()
        return is_right

    monkeypatch.setattr(OidcClient, "check_secret", checked_and_ended)
    answer = ask(issued.secrets, by_basic=by_basic)
    official.join()
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert not Token.objects.exists()


@pytest.mark.parametrize("end", ENDS)
def test_a_token_that_is_being_given_out_ends_with_the_others(end: End) -> None:
    issued = set_up()
    official = Official(end, issued.client)

    def held_and_ended(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if "FOR NO KEY UPDATE" in sql:
            official.begin()
        return found

    with connection.execute_wrapper(held_and_ended):
        assert ask(issued.secrets).status_code == 200
    official.join()
    assert not Token.objects.exists()


def test_who_knows_no_more_than_the_id_makes_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    issued = set_up()
    check = OidcClient.check_secret
    looking, may_go_on = threading.Event(), threading.Event()
    seen: list[object] = []

    def slow_for_strangers(oidc: OidcClient, secret: str) -> bool:
        if secret == "wrong":
            looking.set()
            seen.append(may_go_on.wait(30))
        return check(oidc, secret)

    def stranger() -> None:
        try:
            seen.append(ask(issued.secrets | {"client_secret": "wrong"}).status_code)
        finally:
            connections.close_all()

    monkeypatch.setattr(OidcClient, "check_secret", slow_for_strangers)
    thread = threading.Thread(target=stranger)
    thread.start()
    assert looking.wait(30)
    assert ask(issued.secrets).status_code == 200
    may_go_on.set()
    thread.join(30)
    assert seen == [True, 401]
