"""Dossier services of the wire protocol (§3): synchronise, report progress, look up."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.models import Dossier
from dossiers.partners import code_tables, reported, wire_names
from dossiers.partners.same_dossier import AnotherDossierError
from dossiers.partners.wire import (
    ARRIVED_AT,
    PORTAL_STATUS,
    PROGRESS,
    SYNC,
    ProgressLine,
    UnmappedCodeError,
    WireFieldError,
    read_dossier,
    read_line,
    read_portal_status,
)
from portal.api.wire.calls import Call, service
from portal.api.wire.replies import INVALID_FIELD, NOT_PERMITTED, Reply, WireError, done
from portal.core.errors import NotFoundError, PortalError
from portal.exchange import services as exchange

log = structlog.get_logger(__name__)

AT_ONCE_SECONDS = 3.0
"""Half of the client's patience (§0.4): what is not applied by then is kept and applied by the worker."""
NAMED_AT_MOST = 20


@service("TraCuuHoSo")
def look_up(call: Call) -> Reply:
    """Whether a dossier exists; clients read the length of `result` and take it for isUpdating."""
    code = call.text("mahoso")
    if not code:
        raise WireError(INVALID_FIELD, _("Thiếu mahoso"))
    dossier = reported.find(call.client, code)
    return done([_row(dossier)] if dossier is not None else [])


def _row(dossier: Dossier) -> dict[str, str]:
    return {
        "MAHOSO": dossier.code or "",
        "MATTHC": dossier.procedure_code,
        "TENTTHC": dossier.procedure_name,
        "CHUHOSO": dossier.applicant_name,
        "TRANGTHAIHOSO": str(dossier.national_status or ""),
        "NGAYTIEPNHAN": _stamp(dossier.accepted_at),
        "NGAYHENTRA": _stamp(dossier.due_at),
        "DONVIXULY": dossier.agency.name,
        "MADONVI": dossier.agency.code,
    }


def _stamp(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y%m%d%H%M%S") if at else ""


@service(SYNC)
def synchronise(call: Call) -> Reply:
    """Create or update dossiers, whatever isUpdating says; a bad one is named, the others are kept (§3.3).

    The answer to an insert that met a dossier says so beside the success: some clients look for those words (§0.6).
    """
    is_insert = str(call.body.get("isUpdating")).strip().lower() in {"false", "0"}
    already_there = 0

    def take(item: Any) -> Sequence[str]:
        nonlocal already_there
        record = read_dossier(item, code_tables.book_of(call.client))
        _dossier, is_new = reported.sync_record(call.client, record, agency=call.agency)
        already_there += not is_new
        return record.problems

    reply = _each(call, SYNC, take, done_message=_("Đồng bộ hồ sơ thành công"))
    if is_insert and already_there and not reply.code:
        return replace(reply, message=f"{reply.message} ({_('hồ sơ đã tồn tại, đã cập nhật')})")
    return reply


@service(PROGRESS)
def report_progress(call: Call) -> Reply:
    """Keep lines of progress; a line about a dossier that is not known yet waits for it (§3.4)."""

    def take(item: Any) -> Sequence[str]:
        book = code_tables.book_of(call.client)
        return _report(call, PROGRESS, item, read_line(item, book, arrived_at=call.arrived_at))

    return _each(call, PROGRESS, take, done_message=_("Cập nhật tiến độ thành công"))


@service(PORTAL_STATUS)
def report_portal_status(call: Call) -> Reply:
    """The status of one dossier that was born here (§3.5); `data` is an object, and a list is taken likewise."""

    def take(item: Any) -> Sequence[str]:
        return _report(call, PORTAL_STATUS, item, read_portal_status(item, code_tables.book_of(call.client)))

    return _each(call, PORTAL_STATUS, take, done_message=_("Đồng bộ trạng thái thành công"))


def _report(call: Call, name: str, item: Any, line: ProgressLine) -> Sequence[str]:
    try:
        reported.report_progress(call.client, line)
    except NotFoundError:
        exchange.receive(client=call.client, service=name, subject=line.code, payload=_payload(call, item))
    return line.problems


def _each(call: Call, name: str, take: Callable[[Any], Sequence[str]], *, done_message: str) -> Reply:
    """Apply each element in a transaction of its own; one reply for all of them names those that failed.

    What is over when half of the client's patience is gone is kept in one go. `take` returns the names of fields whose
    value could not be read: the reply tells them, beside the success that it is.
    """
    items = call.items()
    if not items:
        raise WireError(INVALID_FIELD, _("data phải là một mảng có ít nhất một phần tử"))
    started, failures = time.monotonic(), []
    unread: dict[str, None] = {}
    for position, item in enumerate(items):
        if time.monotonic() - started > AT_ONCE_SECONDS:
            _keep_for_later(call, name, items[position:])
            break
        try:
            unread |= dict.fromkeys(take(item))
        except UnmappedCodeError as error:
            failures.append((_code_of(item), _keep_unmapped(call, name, item, error)))
        except WireFieldError as error:
            failures.append((_code_of(item), str(error)))
        except AnotherDossierError as error:
            # refused and kept: an official sees it too, since a partner may not read replies
            reason = str(error.message)
            exchange.quarantine(
                client=call.client, service=name, subject=_code_of(item), payload=_payload(call, item), reason=reason
            )
            failures.append((_code_of(item), reason))
        except PortalError as error:
            failures.append((_code_of(item), str(error.message)))
        except (OperationalError, IntegrityError) as error:
            # the row is held by somebody else, or two requests met: nothing is lost, the worker tries again
            log.warning("wire.kept_for_later", service=name, error=type(error).__name__)
            _keep_for_later(call, name, [item])
        except Exception:  # one element that we cannot take, whyever, must not keep out those behind it
            log.exception("wire.element_failed", service=name)
            failures += _keep_failed(call, name, item)
    remark = f" ({_('không đọc được giá trị của %(fields)s') % {'fields': ', '.join(unread)}})" if unread else ""
    if not failures:
        return done(message=done_message + remark)
    named = "; ".join(f"{code}: {text}" for code, text in failures[:NAMED_AT_MOST])
    kept = len(items) - len(failures)
    message = _("%(failed)s mục không nhận được – %(named)s. Đã nhận %(kept)s mục còn lại") % {
        "failed": len(failures),
        "named": named,
        "kept": kept,
    }
    foreign = all(text == str(reported.ForeignDossierError.message) for _code, text in failures)
    return Reply(message + remark, code=NOT_PERMITTED if foreign else INVALID_FIELD)


def _keep_for_later(call: Call, name: str, items: Sequence[Any]) -> None:
    """Keep them for the worker, by a few statements however many they are: the client waits (§0.4)."""
    reports = [exchange.Report(name, _code_of(item), _payload(call, item)) for item in items]
    if name == SYNC:  # the same record after another one is a change back
        exchange.receive_many(call.client, reports, tries_again=True)
    else:  # a line after another one is most often the retry of both
        exchange.receive_each(call.client, reports)


def _keep_failed(call: Call, name: str, item: Any) -> list[tuple[str, str]]:
    """Keep for the worker, and in the end for a person, what we failed at; where not even that goes, it is refused."""
    try:
        with transaction.atomic():
            _keep_for_later(call, name, [item])
    except OperationalError:
        raise  # the database is away: nothing is taken from here on
    except (DatabaseError, TypeError, ValueError):
        return [(_code_of(item), _("Cổng không ghi được bản ghi này, hãy báo đơn vị vận hành Cổng"))]
    return []


def _keep_unmapped(call: Call, name: str, item: Any, error: UnmappedCodeError) -> str:
    """Keep a report whose code says nothing to us; return what the partner reads."""
    told = item[0] if isinstance(item, list) else item
    code_tables.quarantine(call.client, error, service=name, subject=_code_of(told), payload=_payload(call, told))
    return f"{error}; {_('đã giữ lại, tự xử lý khi mã được ánh xạ, không cần gửi lại')}"


def _payload(call: Call, item: Any) -> dict[str, Any]:
    """What is kept of an element: as it came, and beside it what its envelope says."""
    dated = {ARRIVED_AT: call.arrived_at.isoformat()} if call.arrived_at else {}
    return {"item": item, "madonvi": call.agency.code if call.agency else "", **dated}


def _code_of(item: Any) -> str:
    return wire_names.code_of(item)[:60] or _("(thiếu MaHoSo)")
