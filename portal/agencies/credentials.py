"""Accounts of partner systems (tài khoản kết nối): made here, shown once, kept only as hashes."""

import base64
import hashlib
import hmac
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token as OidcToken
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Agency, AgencyLevel, ApiClient, Branch, ClientKind, WireSession
from portal.core import outside_hosts
from portal.core.errors import ConflictError, InvalidInputError, Text

READS, WRITES, RESULTS, REVOKES = "dossiers:read", "events:write", "results:write", "results:revoke"
PAPERS = "documents:read"
SCOPES = (READS, WRITES, RESULTS, REVOKES, PAPERS)
"""Everything a partner's system may be allowed to do over the API."""
WIRE_SCOPES = (READS, PAPERS)
"""What a system of the wire format may do there: fetch its dossiers and their files; it reports over the wire."""
WIRE_REPORTS = (WRITES, RESULTS)
"""What its reports may do: no service of the wire format takes a result back."""
SUCCESS_LITERALS = ("0", "00")
"""What `error_code` says of success on the wire, as the account has it (protocol §0.5)."""

INSIDE = _(
    "%(host)s nằm trong mạng nội bộ mà Cổng không gọi. Dùng địa chỉ công khai, hoặc khai mạng ở PARTNER_NETWORKS."
)

WEBHOOK_KEY_PREFIX = "whsec_"
_ALPHABET = string.ascii_letters + string.digits
_PROCESS_KEY = secrets.token_bytes(32)
_verified: dict[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Partner:
    """What is to be set up for a partner's system; empty credentials are made."""

    name: str
    agency_code: str
    kind: ClientKind = ClientKind.REST
    client_id: str = ""
    client_secret: str = ""
    username: str = ""
    password: str = ""
    wire_agency_code: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    receives_dossiers: bool = False
    branches: Sequence[str] = ()
    agency_level: str = ""
    file_hosts: Sequence[str] = ()
    scopes: Sequence[str] = SCOPES
    success_literal: str = "0"
    wraps_replies: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """A partner's row and the credentials that are shown this once."""

    client: ApiClient
    secrets: dict[str, str] = field(repr=False)


@transaction.atomic
def set_up(partner: Partner) -> Issued:
    """Create a partner's system with its credentials, or renew the one with the same client id or username.

    Raises InvalidInputError naming each unusable field, and ConflictError when the account belongs to another agency.
    """
    agency = _checked_agency(partner)
    if partner.kind == ClientKind.WIRE:
        account = {"wire_username": partner.username or f"dv-{agency.code.lower()}-{_random(6).lower()}"}
    else:
        account = {"oidc_client_id": partner.client_id or f"{agency.code.lower()}-{_random(10).lower()}"}
    client = ApiClient.objects.select_for_update(of=("self",)).filter(**account).first() or ApiClient(**account)
    if client.pk and client.agency_id != agency.pk:
        raise ConflictError(_("Tài khoản này đã cấp cho hệ thống của cơ quan khác. Hãy chọn tên khác."))
    client.name, client.agency, client.kind = partner.name.strip(), agency, partner.kind
    client.webhook_url, client.receives_dossiers = partner.webhook_url, partner.receives_dossiers
    client.branches, client.agency_level = list(partner.branches), partner.agency_level
    client.file_hosts = [host.strip().lower() for host in partner.file_hosts if host.strip()]
    client.success_literal, client.wraps_replies = partner.success_literal, partner.wraps_replies
    shown: dict[str, str] = {}
    if partner.kind == ClientKind.WIRE:
        password = partner.password or _random(32)
        client.wire_password_hash = make_password(password)
        client.wire_agency_code = partner.wire_agency_code or agency.code
        shown |= {"username": client.wire_username, "password": password, "madonvi": client.wire_agency_code}
    else:
        secret = partner.client_secret or _random(48)
        _set_up_oidc(client, secret, partner.scopes)
        shown |= {"client_id": client.oidc_client_id, "client_secret": secret}
    if partner.webhook_url:
        client.webhook_secret = partner.webhook_secret or client.webhook_secret or new_webhook_secret()
        shown["webhook_secret"] = client.webhook_secret
    client.save()
    if partner.kind != ClientKind.WIRE:
        _take_back(client, partner.scopes)
    return Issued(client, shown)


def _take_back(client: ApiClient, scopes: Sequence[str]) -> None:
    """What a system may do no longer, it may do in no way: keys carry scopes of their own, and so do tokens."""
    for key in client.request_keys.all():
        kept = [scope for scope in key.scopes if scope in scopes]
        if kept != key.scopes:
            key.scopes = kept
            key.save(update_fields=["scopes"])
    for token in OidcToken.objects.filter(client_id=client.oidc_client_id):
        if not set(token.get_scopes()) <= set(scopes):
            token.delete()


def _checked_agency(partner: Partner) -> Agency:
    problems: dict[str, list[Text]] = {}
    agency = Agency.objects.filter(code=partner.agency_code).first()
    if agency is None:
        problems["agency"] = [_("Không có cơ quan nào mang mã này. Xem mã ở danh mục cơ quan.")]
    if not partner.name.strip():
        problems["name"] = [_("Hãy đặt tên cho hệ thống.")]
    if partner.kind == ClientKind.WIRE and partner.password and len(partner.password) < 12:
        problems["password"] = [_("Mật khẩu cần ít nhất 12 ký tự.")]
    if partner.kind == ClientKind.REST and partner.client_secret and len(partner.client_secret) < 16:
        problems["client_secret"] = [_("Khóa bí mật cần ít nhất 16 ký tự.")]
    unknown = sorted(set(partner.branches) - set(Branch.values))
    if unknown:
        problems["branches"] = [_("Ngành không có trong danh mục: %(names)s.") % {"names": ", ".join(unknown)}]
    if partner.agency_level and partner.agency_level not in AgencyLevel.values:
        problems["level"] = [_("Cấp không có trong danh mục.")]
    unknown = sorted(set(partner.scopes) - set(SCOPES))
    if unknown:
        problems["scopes"] = [_("Phạm vi không có trong danh mục: %(names)s.") % {"names": ", ".join(unknown)}]
    if partner.success_literal not in SUCCESS_LITERALS:
        problems["success_literal"] = [_("Chỉ dùng 0 hoặc 00.")]
    if partner.receives_dossiers and not partner.webhook_url:
        problems["webhook_url"] = [_("Hệ thống nhận hồ sơ cần địa chỉ nhận.")]
    if partner.webhook_secret and not is_webhook_secret(partner.webhook_secret):
        problems["webhook_secret"] = [_("Khóa ký phải có dạng whsec_ và 24 đến 64 byte mã hóa base64.")]
    if partner.webhook_url:
        try:
            URLValidator(schemes=["http", "https"])(partner.webhook_url)
        except ValidationError:
            problems["webhook_url"] = [_("Địa chỉ nhận phải là URL http hoặc https đầy đủ.")]
        else:
            if not outside_hosts.is_host_allowed(urlsplit(partner.webhook_url).hostname or ""):
                problems["webhook_url"] = [INSIDE % {"host": urlsplit(partner.webhook_url).hostname}]
    inside = [host for host in partner.file_hosts if not outside_hosts.is_host_allowed(_name_of(host))]
    if inside:
        problems["file_hosts"] = [INSIDE % {"host": host} for host in inside]
    if problems or agency is None:
        raise InvalidInputError(fields=problems)
    return agency


def _name_of(host: str) -> str:
    """The host of `host` or `host:port`; empty, which nobody reaches, where it is neither."""
    try:
        return urlsplit(f"//{host.strip()}").hostname or ""
    except ValueError:
        return ""


def _set_up_oidc(client: ApiClient, secret: str, scopes: Sequence[str]) -> None:
    oidc, _created = OidcClient.objects.get_or_create(pk=client.oidc_client_id, defaults={"name": client.name[:100]})
    oidc.name = client.name[:100]
    oidc.type = OidcClient.Type.CONFIDENTIAL
    oidc.set_grant_types([OidcClient.GrantType.CLIENT_CREDENTIALS])
    oidc.set_scopes(list(scopes))
    oidc.set_default_scopes(list(scopes))
    oidc.set_secret(secret)
    oidc.save()


def scopes_of(client: ApiClient) -> list[str]:
    """What a system may do over the API, by whichever way it proves who it is."""
    if client.kind == ClientKind.WIRE:
        return list(WIRE_SCOPES)
    oidc = OidcClient.objects.filter(pk=client.oidc_client_id).first() if client.oidc_client_id else None
    return oidc.get_scopes() if oidc is not None else []


def reporting_scopes(client: ApiClient) -> frozenset[str]:
    """What a system's reports may do that come without a token: those it is asked for, and those over the wire."""
    return frozenset(WIRE_REPORTS if client.kind == ClientKind.WIRE else scopes_of(client))


@transaction.atomic
def switch_off(client: ApiClient) -> None:
    """End a partner's access at once: no new token or session, and the ones it has are gone."""
    client.is_active = False
    client.save(update_fields=["is_active"])
    _end_sessions(client)


def switch_on(client: ApiClient) -> None:
    """Let a partner's system in again, with the credentials it has."""
    client.is_active = True
    client.save(update_fields=["is_active"])


@transaction.atomic
def renew(client: ApiClient, *, with_webhook: bool = False) -> dict[str, str]:
    """Give a partner's system new credentials and end what was opened with the old ones; return them, shown this once.

    With `with_webhook` the key that signs our calls to it is new, too.
    """
    shown: dict[str, str] = {}
    if client.kind == ClientKind.WIRE:
        password = _random(32)
        client.wire_password_hash = make_password(password)
        shown |= {"username": client.wire_username, "password": password, "madonvi": client.wire_agency_code}
    else:
        secret = _random(48)
        oidc = OidcClient.objects.select_for_update().get(pk=client.oidc_client_id)
        oidc.set_secret(secret)
        oidc.save(update_fields=["secret"])
        shown |= {"client_id": client.oidc_client_id, "client_secret": secret}
    if with_webhook and client.webhook_url:
        client.webhook_secret = shown["webhook_secret"] = new_webhook_secret()
    client.save(update_fields=["wire_password_hash", "webhook_secret"])
    _end_sessions(client)
    return shown


def _end_sessions(client: ApiClient) -> None:
    WireSession.objects.filter(client=client).delete()
    # a token that is being given out is waited for, and ends with the others (portal.api.tokens)
    OidcClient.objects.select_for_update().filter(pk=client.oidc_client_id).order_by().values_list("pk").first()
    OidcToken.objects.filter(client_id=client.oidc_client_id).exclude(client_id="").delete()


def has_password(client: ApiClient, password: str) -> bool:
    """Whether this is the password of a wire account.

    Wire clients sign in again and again, sixty at once (protocol §1.4), and a slow hash each time would cost seconds. A
    password that was verified once is recognised afterwards by a keyed digest that lives in this process only.
    """
    digest = hmac.new(_PROCESS_KEY, f"{client.wire_password_hash}\0{password}".encode(errors="replace"), hashlib.sha256)
    known = _verified.get(client.wire_username)
    if known is not None and hmac.compare_digest(known, digest.digest()):
        return True
    if not client.wire_password_hash or not check_password(password, client.wire_password_hash):
        return False
    _verified[client.wire_username] = digest.digest()
    return True


def new_webhook_secret() -> str:
    """Return a fresh signing secret in the form that Standard Webhooks libraries read."""
    return WEBHOOK_KEY_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_webhook_secret(text: str) -> bool:
    """Whether a Standard Webhooks library can read this secret, and it is long enough."""
    try:
        raw = base64.b64decode(text.removeprefix(WEBHOOK_KEY_PREFIX), validate=True)
    except ValueError:
        return False
    return text.startswith(WEBHOOK_KEY_PREFIX) and 24 <= len(raw) <= 64


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _position in range(length))


def addresses(client: ApiClient, base_url: str) -> dict[str, Any]:
    """The addresses a partner's engineer types into the system's configuration."""
    if client.kind == ClientKind.WIRE:
        return {
            "login_url": f"{base_url}/mapi/login",
            "call_url": f"{base_url}/mapi/g",
            # the keys of OpenCPS's configuration
            "adapter_url": base_url,
            "auth_endpoint": "/mapi/login",
            "integration_endpoint": "/mapi/g",
            "share_endpoint": "/mapi/g",
        }
    return {
        "issuer": base_url,
        "discovery_url": f"{base_url}/.well-known/openid-configuration",
        "token_url": f"{base_url}/identity/o/api/token",
        "api_url": f"{base_url}/api/v1/",
        "docs_url": f"{base_url}/api/docs/",
    }
