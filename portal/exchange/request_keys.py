"""Keys with which partners' systems sign their requests (khóa ký yêu cầu): given, renewed beside the old one, checked.

The other way to sign in, for systems that cannot fetch OAuth tokens or may keep none. A request counts once: whoever
saw it on its way and sends it again is refused, also after a restart and an emptied cache, because the nonce is a row.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient
from portal.exchange.http_signatures import Claim, SignatureInvalidError
from portal.exchange.models import RequestKey, SpentNonce

SKEW = timedelta(minutes=5)
"""How far `created` may be from our clock, as Standard Webhooks grants ours."""
OVERLAP = timedelta(hours=24)
"""How long the key before the newest still counts: so long has an engineer to put the new one in."""
LONGEST_NONCE = 100
_URL_SAFE = str.maketrans("+/", "-_")


class SignatureReplayedError(SignatureInvalidError):
    """The same signed request came before."""

    code = "auth.signature_replayed"
    message = _("Yêu cầu đã ký này được gửi trước đó. Mỗi lần gọi phải có nonce mới và ký lại.")


@transaction.atomic
def issue(client: ApiClient, *, scopes: Sequence[str]) -> dict[str, str]:
    """Give a system a new key and return it, shown this once; the newest before it ends a day later, others at once."""
    now = timezone.now()
    older = RequestKey.objects.select_for_update().filter(_in_force(now), client=client).order_by("-pk")
    for position, key in enumerate(older):
        end = now + OVERLAP if position == 0 else now
        if key.expires_at is None or key.expires_at > end:
            key.expires_at = end
            key.save(update_fields=["expires_at"])
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    key = RequestKey.objects.create(
        client=client, key_id=f"hk_{secrets.token_hex(12)}", secret=secret, scopes=list(scopes)
    )
    return {"keyid": key.key_id, "key": secret, "alg": "hmac-sha256"}


def in_force(client: ApiClient) -> list[RequestKey]:
    """The keys that count now, newest first."""
    keys = RequestKey.objects.filter(_in_force(timezone.now()), client=client)
    return list(keys.defer("secret").order_by("-pk"))


def end_all(client: ApiClient) -> None:
    """No key of this system counts any more, from this moment."""
    now = timezone.now()
    RequestKey.objects.filter(_in_force(now), client=client).update(expires_at=now)


def check(claim: Claim) -> RequestKey:
    """Return the key that made this signature, and spend its nonce; raises SignatureInvalidError."""
    if abs(time.time() - claim.created) > SKEW.total_seconds():
        raise SignatureInvalidError(_("created lệch quá 5 phút so với giờ của Cổng. Hãy chỉnh giờ máy chủ theo NTP."))
    if claim.expires is not None and time.time() > claim.expires:
        raise SignatureInvalidError  # RFC 9421 §2.3: the sender does not want it taken any more
    if len(claim.nonce) > LONGEST_NONCE:
        raise SignatureInvalidError(_("nonce dài không quá %(most)d ký tự.") % {"most": LONGEST_NONCE})
    found = RequestKey.objects.filter(_in_force(timezone.now()), key_id=claim.key_id, client__is_active=True)
    key = found.first()
    if key is None or not claim.is_signed_with(key.secret):
        raise SignatureInvalidError  # an unknown key and a wrong signature look alike
    if not _spend(claim):
        raise SignatureReplayedError
    return key


def owner_of(key_id: str) -> int | None:
    """Whose key bears this id, whether it counts or ended; that a caller names it proves nothing."""
    return RequestKey.objects.filter(key_id=key_id[:40]).values_list("client_id", flat=True).first()


def address_part(shown: Mapping[str, str]) -> str:
    """A key that was just issued, as the part of an address by which a system that cannot sign is known."""
    return f"{shown['keyid']}.{shown['key'].translate(_URL_SAFE).rstrip('=')}"


def owner_of_address(part: str) -> int | None:
    """Whose key stands in an address, where it counts."""
    key_id, _dot, told = part.partition(".")
    found = RequestKey.objects.filter(_in_force(timezone.now()), key_id=key_id[:40], client__is_active=True).first()
    if found is None:
        return None
    is_hers = hmac.compare_digest(found.secret.translate(_URL_SAFE).rstrip("=").encode(), told.encode())
    return found.client_id if is_hers else None


def _spend(claim: Claim) -> bool:
    """Write the nonce down; False where it was spent before."""
    digest = hashlib.sha256(f"{claim.key_id}\0{claim.nonce}".encode(errors="replace")).hexdigest()
    until = datetime.fromtimestamp(claim.created, tz=UTC) + SKEW
    table = SpentNonce._meta.db_table
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {table} (digest, until) VALUES (%s, %s) ON CONFLICT DO NOTHING"  # noqa: S608 - a table's name
        cursor.execute(statement, [digest, until])
        return bool(cursor.rowcount == 1)


def forget_spent() -> None:
    """Delete nonces whose requests are too old to be taken anyway."""
    SpentNonce.objects.filter(until__lt=timezone.now()).delete()


def _in_force(now: datetime) -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=now)
