"""Applying what was taken in from partners and answered before it was worked through (hộp thư đến)."""

import random
import time
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.partners import code_tables, event_reading, permitted, pulled_events, reported, result_files, wire
from portal.agencies.codes import find_agency
from portal.core import lock_waits
from portal.core.errors import NotFoundError, PortalError, UpstreamError
from portal.core.work import WorkState, claim_next, drain
from portal.exchange import lanes, services
from portal.exchange.models import InboxMessage
from portal.exchange.transport import AddressNotAllowedError

log = structlog.get_logger(__name__)

BUDGET = timedelta(days=7)
"""How long a line waits for its dossier before an official is asked."""
TURN_COMES = timedelta(seconds=5)
"""How long an event leaves the one before it, before it looks again."""
APPLIED_A_TURN = 20
ROUNDS_SECONDS = 20
"""Each system's reports take turns, so many at a time: one with a hundred thousand of them keeps no other waiting.
Everybody has a turn, and more of them while the time lasts; the next sweep goes on."""
FILES_A_TURN = 5
APPLIED = (wire.SYNC, wire.PROGRESS, wire.PORTAL_STATUS, event_reading.SERVICE)
"""Services whose reports are applied here; files are fetched."""


def apply_received() -> None:
    """Apply every report that is due, then fetch files, each partner's beside the others'."""
    ends, turns = time.monotonic() + ROUNDS_SECONDS, _with_due(service__in=APPLIED)
    while turns:
        turns = [client_id for client_id in turns if _apply_some(client_id)]
        if time.monotonic() > ends:
            break
    lanes.run("files", _with_due(service=result_files.SERVICE), _fetch_some)


def _with_due(**which: Any) -> list[int]:
    """The systems that have a report due, in no order that would favour one."""
    due = InboxMessage.objects.due(timezone.now()).filter(**which)
    client_ids = list(due.order_by("client_id").values_list("client_id", flat=True).distinct())
    random.shuffle(client_ids)  # no secret
    return client_ids


def _apply_some(client_id: int) -> bool:
    most = APPLIED_A_TURN
    return drain(InboxMessage, apply, limit=most, service__in=APPLIED, client_id=client_id) == most


def apply(message: InboxMessage) -> None:
    """Apply one report and settle its row; what cannot be applied says why in an official's words."""
    is_event = message.service == event_reading.SERVICE
    if is_event and _has_earlier(message):
        message.next_try_at = timezone.now() + TURN_COMES
        message.attempts -= 1  # waiting for its turn is no try of its own
        message.save(update_fields=["attempts", "next_try_at"])
        return
    try:
        brought = pulled_events.bring(message.client, message.payload["item"]) if is_event else None
        with transaction.atomic():
            if brought is not None:
                pulled_events.apply(message.client, brought)
            else:
                _take(message)
            message.mark_done(timezone.now())
            message.payload = services.as_kept(message.payload)
            message.save(update_fields=["work_state", "done_at", "last_error", "payload"])
    except NotFoundError:
        reason = _("Chưa có hồ sơ mang mã này trên Cổng. Hãy đồng bộ hồ sơ (DongBoHoSoMC) rồi xử lý lại.")
        _settle_failure(message, reason, is_final=False, waits_for=services.waits_for(message.subject))
    except wire.UnmappedCodeError as error:
        code_tables.note_gap(message.client, error.kind, error.told, example=message.subject)
        waits_for = code_tables.waits_for(error.kind, error.told)
        _settle_failure(message, code_tables.reason_of(error), is_final=True, waits_for=waits_for)
    except wire.WireFieldError as error:
        _settle_failure(message, str(error), is_final=True)
    except UpstreamError as error:  # such as a malware scanner that does not answer
        _settle_failure(message, str(error.message), is_final=isinstance(error, AddressNotAllowedError))
    except PortalError as error:
        _settle_failure(message, _words(error), is_final=True)


def _has_earlier(message: InboxMessage) -> bool:
    """Whether an event of the dossier is still under way, as when its worker was killed: steps keep their order."""
    same = InboxMessage.objects.filter(client_id=message.client_id, subject=message.subject, service=message.service)
    return same.filter(work_state=WorkState.PENDING, pk__lt=message.pk).exists()


def _words(error: PortalError) -> str:
    """The error with what it says of each field, which an official has to tell the system's engineer."""
    texts = [f"{name}: {text}" for name, texts in error.fields.items() for text in texts]
    return " ".join([str(error.message), *texts])


def _take(message: InboxMessage) -> None:
    item, book = message.payload["item"], code_tables.book_of(message.client)
    match message.service:
        case wire.SYNC:
            agency, record = find_agency(message.payload.get("madonvi", "")), wire.read_dossier(item, book)
            permitted.require(message.client, has_result=bool(record.files))
            reported.sync_record(message.client, record, agency=agency, kept_at=services.kept_at(message))
        case wire.PROGRESS:
            _report(message, wire.read_line(item, book, arrived_at=wire.arrival_of(message.payload)))
        case _:
            _report(message, wire.read_portal_status(item, book))


def _report(message: InboxMessage, line: wire.ProgressLine) -> None:
    permitted.require(message.client, has_result=bool(line.files))
    reported.report_progress(message.client, line, kept_at=services.kept_at(message))


def _fetch_some(client_id: int) -> bool:
    for _count in range(FILES_A_TURN):
        message = claim_next(InboxMessage, service=result_files.SERVICE, client_id=client_id)
        if message is None:
            return False
        try:
            result_files.fetch(message)
        except UpstreamError as error:
            _settle_failure(message, str(error.message), is_final=False)
        except Exception as error:  # one paper that cannot be laid down must not hold up the partner's others
            if lock_waits.is_database_away(error):
                raise  # the database is away
            log.error("result_files.failed", message_id=message.pk, error=type(error).__name__)
            words = _("Cổng chưa ghi được tệp này (%(kind)s).") % {"kind": type(error).__name__}
            _settle_failure(message, words, is_final=False)
    return True


def _settle_failure(message: InboxMessage, reason: str, *, is_final: bool, waits_for: str = "") -> None:
    with transaction.atomic():
        fresh = InboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
        fresh.mark_failed(reason, now=timezone.now(), budget=BUDGET, permanent=is_final)
        if fresh.work_state == WorkState.DEAD:
            fresh.quarantine_reason, fresh.waits_for = reason, waits_for
        fresh.save(update_fields=["work_state", "next_try_at", "last_error", "quarantine_reason", "waits_for"])
