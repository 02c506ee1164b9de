"""Requests signed with a key instead of a token (RFC 9421): who may, what is refused, nothing counts twice."""

import base64
import hashlib
import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dossiers.models import Dossier
from portal.agencies.models import ApiClient
from portal.api.tasks import tidy
from portal.exchange import http_signatures, request_keys
from portal.exchange.models import SpentNonce
from tests import factories
from tests.api.callers import event_body
from tests.api.signers import Signer, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    return factories.file_dossier()


@pytest.fixture
def signer(dossier: Dossier) -> Signer:
    assert dossier.agency is not None
    client = factories.make_client(dossier.agency)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=client)
    return Signer(client)


def test_the_vector_of_the_standard() -> None:
    """RFC 9421, appendix B.2.5."""
    secret = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    base = (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": application/json\n'
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    )
    made = base64.b64encode(http_signatures.mac(base.encode(), secret)).decode()
    assert made == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


def test_a_signed_system_reads_and_reports_within_its_scopes(signer: Signer, dossier: Dossier) -> None:
    listing = signer.get("/api/v1/dossiers/?page_size=5")
    assert [row["code"] for row in listing.json()["results"]] == [dossier.code]
    path = f"/api/v1/dossiers/{dossier.code}/events/"
    assert signer.post(path, event_body("accept")).status_code == 201
    assert signer.get("/api/v1/documents/").json()["code"] == "auth.scope_missing"
    signer.client.refresh_from_db()
    assert signer.client.last_seen_at is not None


def test_the_same_request_counts_once(signer: Signer, dossier: Dossier) -> None:
    path, body = f"/api/v1/dossiers/{dossier.code}/events/", json.dumps(event_body("accept")).encode()
    headers = signer.headers("POST", path, body)
    send = lambda: Client().post(path, body, content_type="application/json", headers=headers)  # noqa: E731
    assert send().status_code == 201
    assert refused(send(), "auth.signature_replayed")
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        assert refused(send())
        tidy()
    assert not SpentNonce.objects.exists()


def test_what_was_changed_after_signing_is_refused(signer: Signer, dossier: Dossier) -> None:
    path, body = f"/api/v1/dossiers/{dossier.code}/events/", json.dumps(event_body("accept")).encode()
    headers, browser = signer.headers("POST", path, body), Client()

    def send(address: str, content: bytes, **given: str) -> HttpResponse:
        told = {**headers, **given}
        return browser.post(address, content, content_type="application/json", headers=told)

    assert refused(send(f"{path}?x=1", body))
    assert refused(send("/api/v1/dossiers/events/", body))
    assert refused(browser.get(path, headers=headers))
    other = base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
    assert refused(send(path, b"{}", **{"Content-Digest": f"sha-256=:{other}:"}))
    assert refused(send(path, body.replace(b"accept", b"refuse")))
    assert refused(send(path, b"")), "also where it was taken out whole"
    assert dossier.events.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Signature-Input", "sig1=()"),
        ("Signature-Input", "x" * 5000),
        ("Signature-Input", 'sig1=("@method");created=1;keyid="k";nonce="n"'),
        ("Signature", "sig2=:AAAA:"),
        ("Signature", "sig1=:A:"),
        ("Signature", ""),
    ],
)
def test_headers_that_are_no_signature_are_refused(signer: Signer, name: str, value: str) -> None:
    headers = {**signer.headers("GET", "/api/v1/dossiers/"), name: value}
    assert refused(Client().get("/api/v1/dossiers/", headers=headers))


def test_time_nonce_algorithm_and_body_are_asked_for(signer: Signer, dossier: Dossier) -> None:
    assert refused(signer.get("/api/v1/dossiers/", created=time.time() - 400))
    assert refused(signer.get("/api/v1/dossiers/", created=time.time() + 400))
    assert refused(signer.get("/api/v1/dossiers/", nonce="n" * 101))
    assert refused(signer.get("/api/v1/dossiers/", extra=';alg="ed25519"'))
    assert signer.get("/api/v1/dossiers/", extra=';alg="hmac-sha256"').status_code == 200
    now = int(time.time())
    assert refused(signer.get("/api/v1/dossiers/", extra=f";expires={now - 1}"))
    assert refused(signer.get("/api/v1/dossiers/", extra=';expires="mai"'))
    assert signer.get("/api/v1/dossiers/", extra=f";expires={now + 60}").status_code == 200
    path = f"/api/v1/dossiers/{dossier.code}/events/"
    unsigned = Client().post(path, "{}", content_type="application/json", headers=signer.headers("POST", path))
    assert refused(unsigned) and "content-digest" in unsigned.json()["detail"]


def test_the_key_before_works_a_day_longer(signer: Signer) -> None:
    newer = Signer(signer.client)
    assert signer.get("/api/v1/dossiers/").status_code == newer.get("/api/v1/dossiers/").status_code == 200
    newest = Signer(signer.client)
    assert refused(signer.get("/api/v1/dossiers/")), "the one before the one before ends at once"
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert refused(newer.get("/api/v1/dossiers/"))
        assert newest.get("/api/v1/dossiers/").status_code == 200


def test_a_system_that_is_shut_or_has_no_key_is_refused(signer: Signer) -> None:
    request_keys.end_all(signer.client)
    assert refused(signer.get("/api/v1/dossiers/"))
    other = Signer(signer.client)
    ApiClient.objects.filter(pk=signer.client.pk).update(is_active=False)
    assert refused(other.get("/api/v1/dossiers/"))
