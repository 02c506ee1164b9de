"""Writing to the outbox and the inbox, and putting dead messages back; sending itself is `delivery`."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.agencies.models import ApiClient
from portal.core import writes
from portal.core.encryption import blind_index
from portal.core.masking import IDENTITY_NUMBER_FIELDS
from portal.core.statements import Statement
from portal.core.work import WorkState, ring
from portal.exchange.models import InboxMessage, OutboxMessage

DELIVER_BELL = "exchange.deliver_due"
APPLY_BELL = "exchange.apply_received"
RELEASED_AT_ONCE = 500
REQUEUED = (
    *("work_state", "next_try_at", "created_at", "attempts", "done_at"),
    *("quarantine_reason", "waits_for", "payload"),
)
RETRIED_WITHIN = timedelta(minutes=30)
"""For so long the same report may be the retry of a batch whose answer was lost."""
CONTENT = "content_base64"
"""Under this name a report carries the bytes of a file."""
DIGEST_MARK, NUMBER_MARK = "sha256:", "hmac:"
KEPT_AT = "kept_at"
"""In the payload of a report that was put back in the queue: since when it has been here."""


def enqueue(*, client: ApiClient, type: str, subject: str, payload: dict[str, Any], message_id: str) -> None:
    """Write one message for a partner, in the transaction of the change it tells of.

    `message_id` names the change: writing it twice leaves one row. `subject` (a dossier code) is what order is kept in.
    """
    message = OutboxMessage(client=client, type=type, subject=subject, payload=payload, message_id=message_id)
    writes.insert(message, ignore_conflicts=True)
    ring(DELIVER_BELL)


def receive(*, client: ApiClient, service: str, subject: str, payload: dict[str, Any], dedupe_key: str = "") -> bool:
    """Keep a partner's report to be applied afterwards; return whether it is new.

    Without a `dedupe_key` the report's own content is the key, so a resend of the same bytes is one row; what was
    given up, as after days without its dossier, is tried again when it is told again.
    """
    if not dedupe_key:
        return receive_each(client, [Report(service, subject, payload)]) > 0
    key = _key(service, subject, dedupe_key)
    message = InboxMessage(client=client, service=service, subject=subject, payload=payload, dedupe_key=key)
    with transaction.atomic():
        if InboxMessage.objects.filter(client=client, dedupe_key=key).exists():
            return False
        InboxMessage.objects.bulk_create([message], ignore_conflicts=True)
        ring(APPLY_BELL)
    return True


def keep(*, client: ApiClient, service: str, subject: str, payload: dict[str, Any]) -> None:
    """Keep what a partner told and nothing here has to be done with; a resend of the same bytes is one row."""
    key = _key(service, subject, payload)
    kept = as_kept(payload)
    message = InboxMessage(client=client, service=service, subject=subject, payload=kept, dedupe_key=key)
    message.mark_done(timezone.now())
    InboxMessage.objects.bulk_create([message], ignore_conflicts=True)


def received(*, client: ApiClient, service: str, subject: str, dedupe_key: str) -> InboxMessage:
    """A report that was kept under this key, locked."""
    mine = InboxMessage.objects.select_for_update(of=("self",)).filter(client=client)
    found: InboxMessage = mine.get(dedupe_key=_key(service, subject, dedupe_key))
    return found


def take_again(message: InboxMessage) -> None:
    """Put a locked report back in the queue because its system told it anew."""
    _set_anew(message, timezone.now())
    message.save(update_fields=REQUEUED)
    ring(APPLY_BELL)


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a partner's system, as `receive` takes it."""

    service: str
    subject: str
    payload: dict[str, Any]


@transaction.atomic
def receive_many(client: ApiClient, reports: Sequence[Report], *, tries_again: bool = False) -> int:
    """Keep many reports, in their order; return how many are new.

    A report is new where it is not what was last told of its subject: the same one after another one is a change
    back. Each key is made of its predecessor's, so that the same reports fetched twice at once are kept once.
    `tries_again` puts back in the queue what was given up and is told again by the system of its own accord.
    """
    newest = list(
        InboxMessage.objects.filter(client=client, subject__in={report.subject for report in reports})
        .order_by("service", "subject", "-pk")
        .distinct("service", "subject")
        .values("service", "subject", "payload", "dedupe_key", "work_state", "pk")
    )
    keys = {
        (row["service"], row["subject"]): (row["dedupe_key"], _key(row["service"], row["subject"], row["payload"]))
        for row in newest
    }
    dead = {(row["service"], row["subject"]): row["pk"] for row in newest if row["work_state"] == WorkState.DEAD}
    messages, given_up = [], []
    for report in reports:
        place, told = (report.service, report.subject), _key(report.service, report.subject, report.payload)
        before, last = keys.get(place, ("", ""))
        stopped = dead.pop(place, None)
        if told == last:
            given_up += [] if stopped is None else [stopped]
            continue
        key = _key(report.service, report.subject, [before, told])
        keys[place] = key, told
        messages.append(
            InboxMessage(
                client=client,
                service=report.service,
                subject=report.subject,
                payload=report.payload,
                dedupe_key=key,
            )
        )
    InboxMessage.objects.bulk_create(messages, ignore_conflicts=True, batch_size=RELEASED_AT_ONCE)
    if messages:
        ring(APPLY_BELL)
    if given_up and tries_again:
        redrive_received(given_up)
    return len(messages)


@transaction.atomic
def receive_each(client: ApiClient, reports: Sequence[Report]) -> int:
    """Keep many reports, known by what they say, whatever was told between; return how many are new.

    What was given up is tried again when it is told again. So is what was applied longer ago than a retry may come:
    whether it says something new is for who applies it to say, who knows what was told between.
    """
    messages = {}
    for report in reports:
        key = _key(report.service, report.subject, report.payload)
        messages[key] = InboxMessage(
            client=client,
            service=report.service,
            subject=report.subject,
            payload=report.payload,
            dedupe_key=key,
        )
    now = timezone.now()
    known = InboxMessage.objects.filter(client=client, dedupe_key__in=list(messages))
    states = {row["dedupe_key"]: row for row in known.values("dedupe_key", "pk", "work_state", "done_at")}
    over = {key: row["pk"] for key, row in states.items() if row["done_at"] and now - row["done_at"] > RETRIED_WITHIN}
    InboxMessage.objects.filter(pk__in=over.values(), work_state=WorkState.DONE).delete()  # it comes anew, whole
    fresh = [message for key, message in messages.items() if key not in states or key in over]
    InboxMessage.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=RELEASED_AT_ONCE)
    if fresh:
        ring(APPLY_BELL)
    redrive_received([row["pk"] for row in states.values() if row["work_state"] == WorkState.DEAD])
    return len(fresh)


def quarantine(
    *, client: ApiClient, service: str, subject: str, payload: dict[str, Any], reason: str, waits_for: str = ""
) -> None:
    """Keep a report that was refused for a person to look at; a resend of the same bytes is one row."""
    message = InboxMessage(
        client=client,
        service=service,
        subject=subject,
        payload=payload,
        dedupe_key=_key(service, subject, payload),
        work_state=WorkState.DEAD,
        last_error=reason,
        quarantine_reason=reason,
        waits_for=waits_for,
    )
    InboxMessage.objects.bulk_create([message], ignore_conflicts=True)


def release(client: ApiClient, waits_for: str) -> int:
    """Set free the quarantined reports of a system that wait for this; return how many there were."""
    waiting = InboxMessage.objects.filter(client=client, work_state=WorkState.DEAD, waits_for=waits_for)
    count, ids = 0, waiting.order_by("pk").values_list("pk", flat=True)
    while batch := list(ids[:RELEASED_AT_ONCE]):
        freed = redrive_received(batch)
        count += freed
        if not freed:
            break
    return count


def waiting() -> list[tuple[ApiClient, str]]:
    """What quarantined reports wait for, each once, with the system whose they are."""
    held = InboxMessage.objects.filter(work_state=WorkState.DEAD).exclude(waits_for="")
    pairs = list(held.order_by("client_id", "waits_for").values_list("client_id", "waits_for").distinct())
    clients = ApiClient.objects.select_related("agency").in_bulk({client_id for client_id, _waited in pairs})
    return [(clients[client_id], waited) for client_id, waited in pairs]


def as_kept(told: Any) -> Any:
    """What is kept of a report once it was applied: the digest of each file, and of identity numbers their index.

    Bytes of files lie in the store alone, sealed, with a row for who read them, and a number lies encrypted on its
    dossier. Repeating changes nothing.
    """
    if isinstance(told, list):
        return [as_kept(value) for value in told]
    if not isinstance(told, dict):
        return told
    return {name: _value_as_kept(name, value) for name, value in told.items()}


def _value_as_kept(name: str, value: Any) -> Any:
    if name == CONTENT:
        return _digest(value)
    if name.lower() in IDENTITY_NUMBER_FIELDS and isinstance(value, str | int) and value:
        return value if str(value).startswith(NUMBER_MARK) else NUMBER_MARK + blind_index(str(value))
    if isinstance(value, list):
        return [_value_as_kept(name, item) for item in value]
    return as_kept(value)


def _digest(value: Any) -> Any:
    if not isinstance(value, str) or not value or value.startswith(DIGEST_MARK):
        return value
    return DIGEST_MARK + hashlib.sha256(value.encode(errors="replace")).hexdigest()


def _key(service: str, subject: str, told: Any) -> str:
    # told again, it is the same as what was kept of it
    canonical = json.dumps([service, subject, as_kept(told)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def arrivals(subject: str) -> dict[str, datetime | None]:
    """When each message about a subject reached its partner, by message id; None while it is on its way."""
    return dict(OutboxMessage.objects.filter(subject=subject).order_by().values_list("message_id", "done_at"))


def arrivals_of_many(subjects: Iterable[str]) -> dict[str, datetime | None]:
    """The same for many subjects at once: a message id names its subject, so the answers cannot mix."""
    found = OutboxMessage.objects.filter(subject__in=list(subjects)).order_by()
    return dict(found.values_list("message_id", "done_at"))


_HURRY = Statement(
    f"UPDATE {InboxMessage._meta.db_table} SET next_try_at = %s, work_state = %s, attempts = 0, created_at = "  # noqa: S608 - the name of a table
    "CASE waits_for WHEN '' THEN created_at ELSE %s END, quarantine_reason = '', waits_for = '' WHERE subject = %s"
    " AND (work_state = %s AND next_try_at > %s OR work_state = %s AND waits_for = %s) RETURNING id"
)


def hurry_received(subject: str) -> None:
    """Make reports about a subject due now, because what they waited for has arrived; also those that were given up."""
    now, pending = timezone.now(), WorkState.PENDING
    if _HURRY.rows([now, pending, now, subject, pending, now, WorkState.DEAD, waits_for(subject)]):
        ring(APPLY_BELL)


def waits_for(subject: str) -> str:
    """What a report waits for that was given up because nobody knew its subject."""
    return f"subject:{subject}"


@transaction.atomic
def redrive(message_ids: Iterable[int]) -> int:
    """Put dead messages back in the queue, by an official's hand; return how many there were."""
    now = timezone.now()
    count = 0
    dead = OutboxMessage.objects.filter(pk__in=list(message_ids), work_state=WorkState.DEAD)
    for message in dead.select_for_update(of=("self",)).order_by("pk"):
        message.redrive(now)
        message.save(update_fields=["work_state", "next_try_at", "attempts", "tried_since"])
        count += 1
    ring(DELIVER_BELL)
    return count


@transaction.atomic
def redrive_received(message_ids: Iterable[int]) -> int:
    """Put quarantined reports back in the queue, as after a code was mapped; return how many there were."""
    now = timezone.now()
    dead = InboxMessage.objects.filter(pk__in=list(message_ids), work_state=WorkState.DEAD)
    messages = list(dead.select_for_update(of=("self",)).order_by("pk"))
    for message in messages:
        _set_anew(message, now)
    InboxMessage.objects.bulk_update(messages, REQUEUED, batch_size=RELEASED_AT_ONCE)
    ring(APPLY_BELL)
    return len(messages)


def kept_at(message: InboxMessage) -> datetime:
    """Since when a report has been here, however often it was tried anew."""
    first: str | None = message.payload.get(KEPT_AT)
    return datetime.fromisoformat(first) if first else message.created_at


def _set_anew(message: InboxMessage, now: datetime) -> None:
    message.payload = {**message.payload, KEPT_AT: kept_at(message).isoformat()}
    message.redrive(now)
    message.done_at = None
    message.quarantine_reason = message.waits_for = ""
