"""Who is calling: a partner's system with an access token of ours, or with a session of the wire protocol."""

import hashlib
import time as clock
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from portal.agencies.credentials import WIRE_SCOPES
from portal.agencies.models import Agency, ApiClient, WireSession
from portal.core.errors import PortalError
from portal.core.rows import JoinedSelect, Part
from portal.exchange import watching

UNREAD = ("webhook_secret", "wire_password_hash")
"""Secrets that answering a call does not need."""
SEEN_EVERY = timedelta(minutes=1)


class TokenInvalidError(PortalError):
    """The token is unknown, expired or revoked, or the system is switched off: the four look alike."""

    code = "auth.token_invalid"
    status = 401
    message = _("Mã truy cập không đúng hoặc đã hết hạn. Hãy xin mã mới ở địa chỉ token_endpoint.")


@dataclass(frozen=True, slots=True)
class MachineAccess:
    """`request.auth`: the calling system and what its token allows."""

    client: ApiClient
    scopes: frozenset[str]
    body_sha256: bytes | None = None
    """Of a signed request: what its body must have; the parser looks."""


class ClientCredentialsAuthentication(BaseAuthentication):
    """OAuth 2 bearer tokens got by client credentials (RFC 6749 §4.4), issued by allauth's identity provider."""

    def authenticate(self, request: Request) -> tuple[None, MachineAccess] | None:
        """Return the calling system; None without a token. Raises TokenInvalidError."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _separator, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        access = access_of(token.strip())
        note_call(access.client)
        return None, access

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says of how to sign in."""
        return 'Bearer realm="api"'


_BY_TOKEN = JoinedSelect(
    [Part("client", ApiClient, without=UNREAD), Part("agency", Agency)],
    f"""
    FROM {Token._meta.db_table} AS token
    JOIN {ApiClient._meta.db_table} AS client ON client.oidc_client_id = token.client_id AND client.is_active
    JOIN {Agency._meta.db_table} AS agency ON agency.id = client.agency_id
    WHERE token.type = %s AND token.hash = %s AND token.expires_at > %s
    """,
    extra=["token.scopes"],
)


_known: dict[str, tuple[float, MachineAccess]] = {}
"""Tokens found good a moment ago, by digest: a system under load sends hundreds of calls a second with the same one."""
_KNOWN_AT_MOST = 10_000


def access_of(token: str) -> MachineAccess:
    """The token's access, looked up at most once in TOKEN_KEPT_SECONDS: so long may a revoked one still pass."""
    digest = hashlib.sha256(token.encode(errors="replace")).hexdigest()
    known = _known.get(digest)
    if known is not None and clock.monotonic() < known[0]:
        return known[1]
    found = _look_up(digest)
    if len(_known) >= _KNOWN_AT_MOST:
        _known.clear()
    _known[digest] = (clock.monotonic() + settings.TOKEN_KEPT_SECONDS, found)
    return found


def _look_up(digest: str) -> MachineAccess:
    now = timezone.now()
    found = _BY_TOKEN.first([Token.Type.ACCESS_TOKEN, digest, now])
    if found is not None:
        (scopes,), (client, agency) = found
        client.agency = agency
        return MachineAccess(client, frozenset(scopes.split()))
    session = WireSession.objects.filter(token_sha256=digest, expires_at__gt=now, client__is_active=True).first()
    if session is not None:
        return MachineAccess(known_clients().get(pk=session.client_id), frozenset(WIRE_SCOPES))
    raise TokenInvalidError


def known_clients() -> Any:
    """Active systems with their agency, without the secrets that answering does not need."""
    clients = ApiClient.objects.filter(is_active=True).select_related("agency").order_by()
    return clients.defer(*UNREAD)


def note_call(client: ApiClient) -> None:
    """Remember when a system called last, to the minute: one write a minute however many calls there are."""
    watching.caller.set(client.pk)
    now = timezone.now()
    if client.last_seen_at is None or now - client.last_seen_at > SEEN_EVERY:
        ApiClient.objects.filter(pk=client.pk).update(last_seen_at=now)
        client.last_seen_at = now
