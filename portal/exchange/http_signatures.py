"""HTTP Message Signatures (RFC 9421) with hmac-sha256, as far as requests to the portal use them. Pure.

Read strictly: one signature, the derived components of a request and plain header fields, no parameters of components.
What is not understood is refused, so that both sides sign the same text or nothing.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.core.errors import PortalError

REQUIRED = ("@method", "@authority", "@path", "@query")
WITH_BODY = "content-digest"
ALGORITHM = "hmac-sha256"
LONGEST_HEADER = 2_000
_INPUT = re.compile(
    r'([a-z*][a-z0-9_.*-]*)=(\(((?:"[^"\\]*"(?: "[^"\\]*")*)?)\)((?:;[a-z*][a-z0-9_.*-]*=(?:\d{1,15}|"[^"\\]*"))*))'
)
_PARAMETER = re.compile(r';([a-z*][a-z0-9_.*-]*)=(?:(\d{1,15})|"([^"\\]*)")')
_BYTES = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):")
_FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")


class SignatureInvalidError(PortalError):
    """The request is not signed as it has to be; the words say what to mend, and nothing about the key."""

    code = "auth.signature_invalid"
    status = 401
    message = _("Chữ ký của yêu cầu không đúng.")


@dataclass(frozen=True, slots=True)
class Message:
    """A request as both sides see it."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    """By lower-case names."""
    has_body: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of its signature."""

    key_id: str
    nonce: str
    created: int
    expires: int | None
    """Until when the sender wants it taken, where it says so."""
    base: bytes
    signature: bytes
    digest: bytes | None
    """SHA-256 that the body must have; None where there is no body."""

    def is_signed_with(self, secret: str) -> bool:
        """Whether this key made the signature."""
        return hmac.compare_digest(mac(self.base, secret), self.signature)


def read(message: Message) -> Claim:
    """Return the claim of a signed request; raises SignatureInvalidError."""
    stated = _INPUT.fullmatch(_header(message, "signature-input"))
    if stated is None:
        raise SignatureInvalidError(_("Signature-Input không đọc được. Hãy gửi đúng một chữ ký theo RFC 9421."))
    label, parameters, names, rest = stated.groups()
    given = _BYTES.fullmatch(_header(message, "signature"))
    if given is None or given[1] != label:
        raise SignatureInvalidError(_("Signature không đọc được hoặc khác nhãn với Signature-Input."))
    covered = re.findall(r'"([^"]*)"', names)
    needed = [*REQUIRED, *([WITH_BODY] if message.has_body else [])]
    missing = [name for name in needed if name not in covered]
    if missing or len(set(covered)) != len(covered):
        raise SignatureInvalidError(
            _("Chữ ký phải bao gồm mỗi phần một lần: %(names)s.") % {"names": ", ".join(needed)}
        )
    told = {name: number or text for name, number, text in _PARAMETER.findall(rest)}
    if not (told.get("created", "").isdecimal() and told.get("keyid") and told.get("nonce")):
        raise SignatureInvalidError(_("Chữ ký phải có created, keyid và nonce."))
    if not told.get("expires", "0").isdecimal():
        raise SignatureInvalidError
    if told.get("alg", ALGORITHM) != ALGORITHM:
        raise SignatureInvalidError(_("Thuật toán ký phải là hmac-sha256."))
    lines = [f'"{name}": {_component(message, name)}' for name in covered]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    return Claim(
        key_id=told["keyid"],
        nonce=told["nonce"],
        created=int(told["created"]),
        expires=int(told["expires"]) if "expires" in told else None,
        base=base.encode(),
        signature=_decoded(given[2]),
        digest=_digest(message) if WITH_BODY in covered else None,
    )


def mac(base: bytes, secret: str) -> bytes:
    """The hmac-sha256 of a signature base (RFC 9421 §3.3.3); the key is base64."""
    return hmac.new(_decoded(secret), base, hashlib.sha256).digest()


def require_digest(expected: bytes | None, body: bytes) -> None:
    """Check a body against the digest that was signed, where one was; raises SignatureInvalidError."""
    if expected is not None:
        require_sha256(expected, hashlib.sha256(body).digest())


def require_sha256(expected: bytes | None, sha256: bytes) -> None:
    """The same for a body that was read and hashed already."""
    if expected is not None and not hmac.compare_digest(expected, sha256):
        raise SignatureInvalidError(_("Nội dung không khớp Content-Digest."))


def _header(message: Message, name: str) -> str:
    text = message.headers.get(name, "").strip()
    return text if len(text) <= LONGEST_HEADER else ""


def _component(message: Message, name: str) -> str:
    match name:
        case "@method":
            return message.method
        case "@authority":
            return message.authority
        case "@path":
            return message.path
        case "@query":
            return f"?{message.query}"
    if _FIELD.fullmatch(name) is None or name not in message.headers:
        raise SignatureInvalidError(_("Chữ ký nêu phần không có trong yêu cầu: %(name)s.") % {"name": name[:60]})
    return message.headers[name].strip()


def _digest(message: Message) -> bytes:
    found = dict(_BYTES.findall(message.headers[WITH_BODY]))
    if "sha-256" not in found:
        raise SignatureInvalidError(_("Content-Digest phải có sha-256 (RFC 9530)."))
    return _decoded(found["sha-256"])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureInvalidError from None
