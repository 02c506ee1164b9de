"""Idempotency-Key on POST: same key, same answer; other body, 422; still running, 409; safe against crashes.

The answer is stored in the transaction of the change it tells of, so a crash leaves neither or both. Errors are not
stored: they change nothing, and once their cause is mended the same call with the same key goes through.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient
from portal.core import rows, writes
from portal.core.errors import ConflictError, InvalidInputError
from portal.core.statements import Statement
from portal.exchange.models import InboundRequest

LONGEST_KEY = 255


class KeyReusedError(InvalidInputError):
    """The key came before with another body or for another operation."""

    code = "idempotency.key_reused"
    message = _("Khóa Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác. Hãy dùng khóa mới cho yêu cầu mới.")


class RequestRunningError(ConflictError):
    """The same request is being worked on at this moment."""

    code = "idempotency.request_running"
    message = _("Yêu cầu cùng khóa đang được xử lý. Hãy gọi lại sau ít giây.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told: status and the exact text of the body."""

    status: int
    body: str
    is_replay: bool = False


# One statement finds the stored answer and tries the lock. When the other request ends between the two, no answer is
# seen though the lock is free: the unique constraint then refuses our row, everything is undone, and the second round
# finds it.
_FIND = Statement("""
    SELECT pg_try_advisory_xact_lock(%s),
           stored.operation, stored.body_sha256, stored.response_status, stored.response_body
    FROM (SELECT 1) AS one
    LEFT JOIN exchange_inboundrequest AS stored ON stored.client_id = %s AND stored.key = %s
""")


def require_key(text: str) -> str:
    """Return the key; raises InvalidInputError when it is too long or not printable ASCII."""
    if not text or len(text) > LONGEST_KEY or not (text.isascii() and text.isprintable()):
        problem = _("Idempotency-Key là 1 đến 255 ký tự ASCII in được, mỗi yêu cầu một khóa.")
        raise InvalidInputError(code="idempotency.key_invalid", fields={"Idempotency-Key": [problem]})
    return text


Perform = Callable[[], tuple[int, str]]
"""Makes the change; returns status and text of the answer."""
Holds = Callable[[str], bool]
"""Whether what the text of a kept answer tells of is still there."""


def answer_once(
    *, client: ApiClient, key: str, operation: str, body: bytes, perform: Perform, holds: Holds | None = None
) -> Answer:
    """Run `perform` once for this partner and key, and give its answer to every repeat.

    An answer that does not hold any more is not repeated: `perform` runs again, and its answer takes the other's place.
    Raises KeyReusedError and RequestRunningError, and whatever `perform` raises.
    """
    digest = hashlib.sha256(body).hexdigest()
    try:
        return _answer(client, require_key(key), operation, digest, perform, holds)
    except IntegrityError:
        # see _FIND; an IntegrityError of the change itself is raised again by the second round
        return _answer(client, key, operation, digest, perform, holds)


@transaction.atomic
def _answer(client: ApiClient, key: str, operation: str, digest: str, perform: Perform, holds: Holds | None) -> Answer:
    found = _FIND.first([_lock_of(client, key), client.pk, key])
    is_locked, stored_operation, stored_digest, status, text = found or (False, None, None, 0, "")
    if stored_operation is not None:
        if (stored_operation, stored_digest) != (operation, digest):
            raise KeyReusedError
        if holds is None or holds(text):
            return Answer(status=status, body=text, is_replay=True)
    if not is_locked:
        raise RequestRunningError
    if stored_operation is not None:
        # only the one that was read: where another request replaced it meanwhile, the unique constraint refuses ours
        InboundRequest.objects.filter(client=client, key=key, response_body=text).delete()
    with writes.gathered():
        status, text = perform()
        _keep(client, key, operation, digest, status, text)
    return Answer(status=status, body=text)


IS_FREE = (
    f"(pg_try_advisory_xact_lock(%s) AND NOT EXISTS(SELECT FROM {InboundRequest._meta.db_table} AS stored"
    " WHERE stored.client_id = %s AND stored.key = %s))"
)
"""SQL for a statement that is a transaction of its own: whether a key is new and nobody works on it at this moment."""


def asked_of(client: ApiClient, key: str) -> list[object]:
    """The parameters of IS_FREE; raises InvalidInputError for what is no key."""
    return [_lock_of(client, require_key(key)), client.pk, key]


def keep(*, client: ApiClient, key: str, operation: str, body: bytes, status: int, text: str) -> None:
    """Keep the answer to a request whose key was free, with the change that it tells of."""
    _keep(client, key, operation, hashlib.sha256(body).hexdigest(), status, text)


def _keep(client: ApiClient, key: str, operation: str, digest: str, status: int, text: str) -> None:
    writes.insert(
        rows.fresh(
            InboundRequest,
            client=client,
            key=key,
            operation=operation,
            body_sha256=digest,
            response_status=status,
            response_body=text,
            received_at=timezone.now(),
        )
    )


def _lock_of(client: ApiClient, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{client.pk}:{key}".encode()).digest()[:8], "big", signed=True)
