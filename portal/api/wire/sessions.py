"""Signing in over the wire (protocol §1): many sessions an account, thirty minutes sliding, none ended by a new one."""

import contextlib
import hashlib
import secrets
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.agencies import credentials
from portal.agencies.models import Agency, ApiClient, WireSession
from portal.api.authentication import UNREAD, note_call
from portal.api.wire.replies import SESSION_EXPIRED, WRONG_CREDENTIALS, WireError
from portal.core.rows import JoinedSelect, Part
from portal.exchange import watching

log = structlog.get_logger(__name__)

FAILURES_ALLOWED = 20
FAILURES_FORGOTTEN_SECONDS = 300
SLIDE_EVERY = timedelta(minutes=1)


def sign_in(username: str, password: str, *, ip: str) -> tuple[ApiClient, str]:
    """Return the account's system and a new session; raises as account_of does."""
    client = account_of(username, password, ip=ip)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        # a password that was renewed, or a system switched off, since it was checked opens nothing any more: whoever
        # ends the sessions holds this row
        same = ApiClient.objects.select_for_update(of=("self",), no_key=True).order_by().values_list("pk")
        if not same.filter(pk=client.pk, is_active=True, wire_password_hash=client.wire_password_hash).first():
            raise WireError(WRONG_CREDENTIALS, _("Sai tài khoản hoặc mật khẩu"))
        WireSession.objects.create(client=client, token_sha256=_digest(token), expires_at=_end_of_life())
    return client, token


def account_of(username: str, password: str, *, ip: str) -> ApiClient:
    """Return the account's system; raises WireError for wrong credentials, and after too many."""
    counter = _counter_name(username, ip)
    if _failures(counter) >= FAILURES_ALLOWED:
        minutes = FAILURES_FORGOTTEN_SECONDS // 60
        raise WireError(
            WRONG_CREDENTIALS, _("Đăng nhập sai quá nhiều lần, hãy thử lại sau %(n)s phút") % {"n": minutes}
        )
    accounts = ApiClient.objects.filter(wire_username=username).exclude(wire_username="")
    client = accounts.select_related("agency").defer("webhook_secret").first()
    watching.claim(client.pk if client else None)
    if client is None or not client.is_active or not credentials.has_password(client, password):
        _note_failure(counter)
        log.warning("wire.sign_in_failed", client_id=client.pk if client else None)
        raise WireError(WRONG_CREDENTIALS, _("Sai tài khoản hoặc mật khẩu"))
    watching.claim(None)
    note_call(client)
    return client


_BY_SESSION = JoinedSelect(
    [Part("client", ApiClient, without=UNREAD), Part("agency", Agency)],
    f"""
    FROM {WireSession._meta.db_table} AS session
    JOIN {ApiClient._meta.db_table} AS client ON client.id = session.client_id AND client.is_active
    JOIN {Agency._meta.db_table} AS agency ON agency.id = client.agency_id
    WHERE session.token_sha256 = %s AND session.expires_at > %s
    """,
    extra=["session.id", "session.expires_at"],
)


def client_of(token: str) -> ApiClient:
    """Return the system a session belongs to, and prolong the session; raises WireError when it is over."""
    found = _BY_SESSION.first([_digest(token), timezone.now()]) if token else None
    if found is None:
        claim(token)
        raise WireError(SESSION_EXPIRED, _("Phiên làm việc không tồn tại hoặc đã hết hạn, hãy đăng nhập lại"))
    session_id, expires_at = found[0]
    client, client.agency = found[1]
    if _end_of_life() - expires_at > SLIDE_EVERY:
        WireSession.objects.filter(pk=session_id).update(expires_at=_end_of_life())
    note_call(client)
    return client


def claim(token: str) -> None:
    """Note whose the call would be, by a session that may be over, where nobody is known to call."""
    if watching.caller.get() is None:
        known = WireSession.objects.filter(token_sha256=_digest(token))
        watching.claim(known.values_list("client_id", flat=True).first(), by_name=False)


def forget_expired() -> int:
    """Delete sessions that ended; return how many."""
    count, _by_model = WireSession.objects.filter(expires_at__lt=timezone.now()).delete()
    return count


def _end_of_life() -> datetime:
    return timezone.now() + timedelta(minutes=settings.WIRE_SESSION_MINUTES)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _counter_name(username: str, ip: str) -> str:
    return "wire:failed:" + _digest(f"{username}\0{ip}")


def _failures(counter: str) -> int:
    return int(cache.get(counter) or 0)


def _note_failure(counter: str) -> None:
    if not cache.add(counter, 1, timeout=FAILURES_FORGOTTEN_SECONDS):
        with contextlib.suppress(ValueError):  # forgotten in between, or the cache is away: partners are not kept out
            cache.incr(counter)
