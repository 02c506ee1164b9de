"""Status events from an agency's own system over REST: the same services, through the same table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, charging, lifecycle, obligations, passage, replacing, revocation, services, withdrawal
from dossiers.models import Dossier, DossierEvent
from dossiers.passage import Occasion
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import ApiClient
from portal.core import optimistic, writes
from portal.core.errors import InvalidInputError, NotFoundError, PortalError
from portal.core.rows import next_id
from portal.core.statements import Statement

log = structlog.get_logger(__name__)

EVENTS = (
    "accept",
    "refuse_intake",
    "start_processing",
    "request_supplement",
    "require_payment",
    "approve",
    "stop",
    "confirm_withdrawal",
    "refuse_withdrawal",
    "return_result",
    "replace_result",
    "revoke_result",
)
"""Steps a partner may report, by the names of the transition table."""


@dataclass(frozen=True, slots=True)
class PartnerEvent:
    """One thing that happened to a dossier at the agency, as its system tells it."""

    code: str
    event: str
    occurred_at: datetime
    reference: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


AT_ONE_GO = frozenset({"accept", "start_processing", "approve"})
"""Steps that ask nothing more of the database once the dossier is read: nearly all that systems report."""

_ALONE = frozenset({"start_processing"})
"""Of these, steps that look at nothing but the dossier itself: no day is fixed, and nobody is told."""

SENT_AHEAD = 50
"""Events of a batch whose rows the database writes while the next ones are worked out."""

Applied = tuple[Dossier, DossierEvent, bool]
"""The dossier, the event row and whether it is new."""


def apply_partner_event(
    code: str,
    *,
    client: ApiClient,
    event: str,
    occurred_at: datetime,
    reference: str,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> Applied:
    """Apply one event of a partner's system.

    A replay (same reference) returns the first event. A report older than what set the current state is kept as an
    event and moves nothing, unless the table still allows it. Raises NotFoundError, TransitionError, InvalidInputError.
    """
    told = PartnerEvent(code, event, occurred_at, reference, reason, data or {})
    # within the transaction of an idempotent request there is no need for one of our own
    with nullcontext() if connection.in_atomic_block else transaction.atomic(), writes.gathered():
        apply_one = _opened([told], Actor.partner(client))
        return apply_one(told)


@contextmanager
def applied_unlocked(told: PartnerEvent, *, client: ApiClient, key: str) -> Iterator[tuple[Dossier, DossierEvent]]:
    """Apply one new event in two statements, a read and a write, and give the dossier and the event row.

    What is written inside goes with it. Raises NotAtOneGoError, having changed nothing, where apply_partner_event has
    to do it under the lock, and what that raises for the dossier as it was read.
    """
    is_alone = told.event in _ALONE
    found = access.read_for_report(told.code, client=client, reference=told.reference, key=key, is_alone=is_alone)
    if found is None:
        raise optimistic.NotAtOneGoError
    dossier, version = found
    with optimistic.attempt(dossier, version):
        yield dossier, _apply(dossier, told, Actor.partner(client), client.event_source)


def apply_partner_events(events: Sequence[PartnerEvent], *, client: ApiClient) -> list[Applied | PortalError]:
    """Apply many events as apply_partner_event applies one, each dossier's in the order given.

    What is wrong with one is returned in its place and changes nothing for the others. All are read and written
    together; where the database refuses that, they are applied one by one, so that only the guilty one fails.
    """
    try:
        with transaction.atomic():
            return _apply_together(events, Actor.partner(client))
    except (writes.CannotUndoError, DataError, IntegrityError) as error:
        log.warning("partner_events.one_by_one", error=type(error).__name__, client_id=client.pk)
    return [_apply_apart(event, Actor.partner(client)) for event in events]


def _apply_together(events: Sequence[PartnerEvent], actor: Actor) -> list[Applied | PortalError]:
    applied: list[Applied | PortalError] = []
    with writes.gathered() as pending:
        apply_one = _opened(events, actor)
        for number, event in enumerate(events, 1):
            undo = pending.attempt()
            try:
                applied.append(apply_one(event))
            except PortalError as error:
                undo()
                applied.append(error)
            if number % SENT_AHEAD == 0:
                pending.send_ahead()
    return applied


def _apply_apart(event: PartnerEvent, actor: Actor) -> Applied | PortalError:
    try:
        with transaction.atomic(), writes.gathered():
            return _opened([event], actor)(event)
    except PortalError as error:
        return error
    except (DataError, IntegrityError) as error:
        log.warning("partner_event.refused", error=type(error).__name__, dossier_code=event.code)
        return InvalidInputError(_("Không lưu được sự kiện này. Hãy kiểm tra lại các giá trị."))


_MORE_IDS = Statement(f"SELECT {next_id(DossierEvent)} FROM generate_series(1, %s)")  # noqa: S608 - our own name


def _opened(events: Sequence[PartnerEvent], actor: Actor) -> Callable[[PartnerEvent], Applied]:
    """Lock the dossiers of these events, see which are known already, and return what applies one of them."""
    source = f"client:{actor.client.pk}" if actor.client else ""
    references = [event.reference for event in events]
    only_one = references[0] if len(references) == 1 else ""
    codes, are_alone = sorted({event.code for event in events}), all(event.event in _ALONE for event in events)
    dossiers = access.lock_dossiers(codes, actor=actor, reference=only_one, are_alone=are_alone)
    to_ask = [dossier for dossier in dossiers.values() if dossier.may_know_reference]
    known = passage.known_events(to_ask, source=source, references=references) if to_ask else {}
    spare = len(events) - len(dossiers)
    event_ids = [row[0] for row in _MORE_IDS.rows([spare])] if spare > 0 and dossiers else []

    def apply_one(event: PartnerEvent) -> Applied:
        dossier = dossiers.get(event.code)
        if dossier is None:
            raise NotFoundError(code="dossier.not_found")
        if (row := known.get((dossier.pk, event.reference))) is not None:
            return dossier, row, False
        if not dossier.next_event_ids and event_ids:  # the lock brought one for each dossier
            dossier.next_event_ids = (event_ids.pop(0),)
        before = dict(dossier.__dict__)
        try:
            row = _apply(dossier, event, actor, source)
        except PortalError:
            dossier.__dict__ = before
            raise
        known[dossier.pk, event.reference] = row
        return dossier, row, True

    return apply_one


def _apply(dossier: Dossier, told: PartnerEvent, actor: Actor, source: str) -> DossierEvent:
    if told.event not in EVENTS:
        names = ", ".join(EVENTS)
        problem = _("Sự kiện không có trong bảng. Dùng một trong: %(names)s.") % {"names": names}
        raise InvalidInputError(fields={"event": [problem]})
    official = dict(told.data.get("official") or {})
    kept = {"official": official} if official else {}
    if remarks := told.data.get("remarks"):  # of the wire format
        kept |= remarks
    occasion = Occasion(told.occurred_at, source, told.reference, kept)
    allowed = _names_allowed(dossier.state, actor.kind)
    # what stays in its state acts on a paper: kept as late it would say revoked of a result that still counts
    may_be_late = told.event not in allowed and not lifecycle.TRANSITIONS[told.event].stays
    if may_be_late and passage.is_late_report(dossier, told.event, actor, occasion):
        row = passage.record(
            dossier,
            lifecycle.TRANSITIONS[told.event].event,
            actor=actor,
            reason=told.reason,
            occasion=replace(
                occasion, occurred_at=min(told.occurred_at, timezone.now()), data={**occasion.data, "late": True}
            ),
        )
        writes.update(dossier, ["last_sequence", "updated_at"])
        return row
    dossier.newest_event = None
    with access.holding(dossier, actor=actor):
        _call(
            told.event,
            told.code,
            actor=actor,
            reason=told.reason,
            data=told.data,
            occasion=replace(occasion, is_new=True),
        )
    if dossier.newest_event is None:
        raise RuntimeError(f"step {told.event} made no event")
    return dossier.newest_event


@cache
def _names_allowed(state: str, actor: ActorKind) -> frozenset[str]:
    return frozenset(row.name for row in lifecycle.allowed(state, actor))


def _call(event: str, code: str, *, actor: Actor, reason: str, data: Mapping[str, Any], occasion: Occasion) -> Dossier:
    match event:
        case "accept":
            return services.accept(code, actor=actor, due_at=data.get("due_at"), occasion=occasion)
        case "start_processing":
            return services.start_processing(code, actor=actor, occasion=occasion)
        case "request_supplement":
            defects = [
                services.Defect(str(item.get("code", "")), str(item.get("name", "")), str(item.get("text", "")))
                for item in data.get("components", [])
            ]
            return services.request_supplement(code, actor=actor, reason=reason, defects=defects, occasion=occasion)
        case "require_payment":
            charges = [
                charging.Charge(
                    str(item.get("kind", "le_phi")),
                    str(item.get("description", "")),
                    int(item["amount_vnd"]),
                    str(item.get("legal_basis", "")),
                )
                for item in data.get("payments", [])
            ]
            return obligations.require_payment(code, actor=actor, charges=charges, reason=reason, occasion=occasion)
        case "approve":
            return services.approve(code, actor=actor, decision=_decision(data), occasion=occasion)
        case "return_result":
            return services.return_result(code, actor=actor, occasion=occasion)
        case "replace_result":
            return replacing.replace_result(
                code,
                actor=actor,
                reason=reason,
                legal_basis=str(data.get("legal_basis") or ""),
                corrections=dict(data.get("corrections") or {}),
                decision=_decision(data),
                keeps_rest=True,
                occasion=occasion,
            )
        case "revoke_result":
            basis = str(data.get("legal_basis") or "")
            return revocation.revoke_result(code, actor=actor, reason=reason, legal_basis=basis, occasion=occasion)
        case "refuse_intake":
            return services.refuse_intake(code, actor=actor, reason=reason, occasion=occasion)
        case "stop":
            return services.stop(code, actor=actor, reason=reason, occasion=occasion)
        case "confirm_withdrawal":
            return withdrawal.confirm(code, actor=actor, reason=reason, occasion=occasion)
        case _:
            return withdrawal.refuse(code, actor=actor, reason=reason, occasion=occasion)


def _decision(data: Mapping[str, Any]) -> services.Decision:
    result, official = data.get("result") or {}, data.get("official") or {}
    return services.Decision(
        document_number=str(result.get("document_number", "")),
        signer_name=str(official.get("name", "")),
        signer_title=str(official.get("title", "")),
        fields=[(str(label), str(text)) for label, text in dict(result.get("fields") or {}).items()],
    )
