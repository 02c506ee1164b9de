"""Signing in: client credentials at the portal's own token endpoint, scopes, and what a bad token is told."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from portal.agencies import credentials
from portal.agencies.models import ApiClient
from tests import factories
from tests.api.callers import Caller, caller, token_for

pytestmark = pytest.mark.django_db


def add_partner(*args: str, **options: object) -> dict[str, str]:
    out = StringIO()
    call_command("add_partner", "Hệ thống một cửa", *args, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_a_new_partner_signs_in_with_what_add_partner_printed() -> None:
    factories.make_agency("H17.00001")
    shown = add_partner(agency="H17")
    http = Client()
    discovery = http.get("/.well-known/openid-configuration").json()
    token_path = discovery["token_endpoint"].partition("testserver")[2]
    assert shown["token_url"].endswith(token_path)
    answer = http.post(
        token_path,
        {
            "grant_type": "client_credentials",
            "client_id": shown["client_id"],
            "client_secret": shown["client_secret"],
            "scope": "dossiers:read events:write",
        },
    )
    assert answer.status_code == 200, answer.content
    token = answer.json()
    assert token["token_type"] == "Bearer" and token["expires_in"] <= 1800
    listing = http.get("/api/v1/dossiers/", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert listing.status_code == 200 and listing.json()["results"] == []
    assert ApiClient.objects.get(oidc_client_id=shown["client_id"]).last_seen_at is not None


def test_a_wrong_secret_gets_no_token() -> None:
    factories.make_agency("H17.00001")
    shown = add_partner(agency="H17")
    fields = {"grant_type": "client_credentials", "client_id": shown["client_id"], "client_secret": "sai-hoan-toan"}
    assert Client().post("/identity/o/api/token", fields).status_code == 401


def test_secrets_are_not_kept_in_the_clear() -> None:
    factories.make_agency("H17.00001")
    rest = add_partner(agency="H17", webhook_url="https://motcua.example/nhan")
    wire = add_partner("--wire", agency="H17")
    kept = str(list(ApiClient.objects.values())) + str(credentials.OidcClient.objects.values_list("secret", flat=True))
    assert rest["client_secret"] not in kept and wire["password"] not in kept
    assert wire["madonvi"] == "H17" and wire["call_url"].endswith("/mapi/g")
    assert rest["webhook_secret"].startswith("whsec_")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"agency": "KHONG-CO"}, "--agency"),
        ({"agency": "H17", "webhook_url": "javascript:alert(1)"}, "--webhook-url"),
        ({"agency": "H17", "webhook_secret": "ngan"}, "--webhook-secret"),
        ({"agency": "H17", "branches": "khong-co"}, "--branches"),
        ({"agency": "H17", "client_secret": "ngan"}, "--client-secret"),
        ({"agency": "H17", "receives": True}, "--webhook-url"),
    ],
)
def test_add_partner_names_the_option_at_fault(options: dict[str, object], named: str) -> None:
    factories.make_agency("H17.00001")
    with pytest.raises(CommandError, match=named):
        call_command("add_partner", "Hệ thống", **options)


def test_add_partner_twice_with_the_same_id_renews_it() -> None:
    factories.make_agency("H17.00001")
    for name in ("A", "B"):
        call_command("add_partner", name, agency="H17", client_id="tinh", client_secret="k" * 32, quiet=True)
    assert ApiClient.objects.get(oidc_client_id="tinh").name == "B"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer sai", "Basic c2FpOnNhaQ==", "Bearer \udcff"])
def test_without_a_valid_token_the_answer_is_401_and_says_how(header: str) -> None:
    http = Client(headers={"Authorization": header} if header else {})
    answer = http.get("/api/v1/dossiers/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    problem = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["code"] in {"auth.token_missing", "auth.token_invalid"}
    assert set(problem) == {"type", "title", "status", "detail", "code", "fields"}


def test_an_expired_token_and_a_switched_off_system_look_alike() -> None:
    agency = factories.make_agency()
    system = caller(agency)
    expired = Caller(system.client, token_for(system.client, lives=timedelta(seconds=-1)))
    ApiClient.objects.filter(pk=system.client.pk).update(is_active=False)
    answers = [who.get("/api/v1/dossiers/") for who in (expired, system)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_a_missing_scope_is_named() -> None:
    reader = caller(factories.make_agency(), scopes=["dossiers:read"])
    dossier = factories.file_dossier()
    answer = reader.push(dossier, "accept")
    assert answer.status_code == 403
    assert answer.json()["code"] == "auth.scope_missing" and "events:write" in answer.json()["detail"]
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]


def test_switching_off_ends_tokens_at_once() -> None:
    system = caller(factories.make_agency())
    credentials.switch_off(system.client)
    assert system.get("/api/v1/dossiers/").status_code == 401


def test_the_last_call_is_noted_to_the_minute() -> None:
    system = caller(factories.make_agency())
    system.get("/api/v1/dossiers/")
    first = ApiClient.objects.get(pk=system.client.pk).last_seen_at
    system.get("/api/v1/dossiers/")
    assert first is not None and timezone.now() - first < timedelta(minutes=1)
    assert ApiClient.objects.get(pk=system.client.pk).last_seen_at == first
