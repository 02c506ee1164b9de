"""Signing in without a token: each request carries a signature by the system's key (docs/api/signing.md)."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from portal.api.authentication import MachineAccess, known_clients, note_call
from portal.exchange import http_signatures, request_keys, watching
from portal.exchange.http_signatures import Message, SignatureInvalidError

DEFAULT_PORT = {"http": ":80", "https": ":443"}


class SignedRequestAuthentication(BaseAuthentication):
    """HTTP Message Signatures (RFC 9421) with a key that the portal gave."""

    def authenticate(self, request: Request) -> tuple[None, MachineAccess] | None:
        """Return the calling system; None for a request that is not signed. Raises SignatureInvalidError."""
        if not request.META.get("HTTP_SIGNATURE_INPUT") and not request.META.get("HTTP_SIGNATURE"):
            return None
        message = _message(request)
        claim = http_signatures.read(message)
        if not message.has_body:  # no parser runs where there is nothing to read: it may have been taken out
            http_signatures.require_digest(claim.digest, b"")
        try:
            key = request_keys.check(claim)
        except SignatureInvalidError:
            watching.claim(request_keys.owner_of(claim.key_id))  # her engineer sees what is wrong with it
            raise
        client = known_clients().get(pk=key.client_id)
        note_call(client)
        return None, MachineAccess(client, frozenset(key.scopes), body_sha256=claim.digest)


def _message(request: Request) -> Message:
    seen = request._request
    authority = seen.get_host().lower().removesuffix(DEFAULT_PORT.get(seen.scheme or "", ":80"))
    length = seen.META.get("CONTENT_LENGTH") or "0"
    return Message(
        method=seen.method or "",
        authority=authority,
        path=seen.get_full_path().partition("?")[0],
        query=seen.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in seen.headers.items()},
        has_body=length != "0" or "HTTP_TRANSFER_ENCODING" in seen.META,
    )
