"""Partner systems that call the API, and dossiers assigned to them."""

import hashlib
import itertools
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dossiers.models import Dossier
from portal.agencies.credentials import SCOPES
from portal.agencies.models import Agency, ApiClient, ClientKind
from tests import factories

_numbers = itertools.count(1)


class Caller:
    """A partner's system with a valid access token."""

    def __init__(self, client: ApiClient, token: str) -> None:
        self.client = client
        self.token = token
        self.http = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str, **kwargs: Any) -> HttpResponse:
        return self.http.get(path, **kwargs)

    def post(self, path: str, body: Any, *, key: str | None = None, **headers: str) -> HttpResponse:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.http.post(path, content, content_type="application/json", headers=headers)

    def push(self, dossier: Dossier | str, event: str, *, key: str | None = None, **fields: Any) -> HttpResponse:
        code = dossier if isinstance(dossier, str) else dossier.code
        return self.post(f"/api/v1/dossiers/{code}/events/", event_body(event, **fields), key=key)


def event_body(event: str, **fields: Any) -> dict[str, Any]:
    """A valid event of now, with a reference of its own."""
    occurred_at: datetime = fields.pop("occurred_at", None) or timezone.now()
    body = {"event": event, "occurred_at": occurred_at.isoformat(), "reference": f"MC-{next(_numbers)}"}
    return {**body, **fields}


def caller(agency: Agency, *, scopes: Iterable[str] = SCOPES, receives: bool = True, **fields: Any) -> Caller:
    """A system of an agency, signed in; the token is made without the slow hash of the secret."""
    client = factories.make_client(agency, receives=receives, **fields)
    return Caller(client, token_for(client, scopes=scopes))


def token_for(client: ApiClient, *, scopes: Iterable[str] = SCOPES, lives: timedelta = timedelta(minutes=30)) -> str:
    oidc, _created = OidcClient.objects.get_or_create(pk=client.oidc_client_id, defaults={"name": "t", "secret": "!"})
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    expires_at = timezone.now() + lives
    Token.objects.create(type="at", hash=digest, client=oidc, expires_at=expires_at, scopes="\n".join(scopes))
    return token


def filed_dossier(**kwargs: Any) -> tuple[Caller, Dossier]:
    """A dossier filed on the portal whose agency decides in its own system, and that system."""
    agency = factories.make_agency()
    system = caller(agency.parent or agency)
    return system, factories.file_dossier(**kwargs)


def wire_account(agency: Agency, password: str = "mat-khau-kiem-thu", **fields: Any) -> ApiClient:
    """A system that speaks the wire format."""
    return factories.make_client(
        agency,
        kind=ClientKind.WIRE,
        wire_password_hash=make_password(password),
        wire_agency_code=agency.code,
        **fields,
    )
