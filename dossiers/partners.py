"""Status events from an agency's own system over REST: the same services, through the same table."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dossiers import access, lifecycle, passage, services
from dossiers.models import Dossier, DossierEvent
from dossiers.passage import Occasion
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.core.errors import InvalidInputError

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
)
"""Steps a partner may report, by the names of the transition table."""


def apply_partner_event(
    code: str,
    *,
    client: ApiClient,
    event: str,
    occurred_at: datetime,
    reference: str,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> tuple[Dossier, DossierEvent, bool]:
    """Apply one event of a partner's system; returns the dossier, the event row and whether it is new.

    A replay (same reference) returns the first event. A report older than what set the current state is kept as an
    event and moves nothing, unless the table still allows it. Raises NotFoundError, TransitionError, InvalidInputError.
    """
    if event not in EVENTS:
        raise InvalidInputError(
            fields={
                "event": [_("Sự kiện không có trong bảng. Dùng một trong: %(names)s.") % {"names": ", ".join(EVENTS)}]
            }
        )
    # within the transaction of an idempotent request there is no need for one of our own
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        return _apply(code, client, event, occurred_at, reference, reason, data or {})


def _apply(
    code: str,
    client: ApiClient,
    event: str,
    occurred_at: datetime,
    reference: str,
    reason: str,
    data: Mapping[str, Any],
) -> tuple[Dossier, DossierEvent, bool]:
    actor = Actor.partner(client)
    official = dict(data.get("official") or {})
    occasion = Occasion(occurred_at, client.event_source, reference, {"official": official} if official else {})
    dossier = access.lock_dossier(code, actor=actor)
    known = passage.replayed(dossier, occasion)
    if known is not None:
        return dossier, known, False
    allowed = {row.name for row in lifecycle.allowed(dossier.state, actor.kind)}
    if event not in allowed and passage.is_late_report(dossier, actor, occasion):
        row = passage.record(
            dossier,
            lifecycle.TRANSITIONS[event].event,
            actor=actor,
            reason=reason,
            occasion=Occasion(occurred_at, occasion.source, reference, {**occasion.data, "late": True}),
        )
        dossier.save(update_fields=["last_sequence", "updated_at"])
        return dossier, row, True
    with access.holding(dossier, actor=actor):
        _call(event, code, actor=actor, reason=reason, data=data, occasion=replace(occasion, is_new=True))
    if dossier.newest_event is None:
        raise RuntimeError(f"step {event} made no event")
    return dossier, dossier.newest_event, True


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
                services.Charge(
                    str(item.get("kind", "le_phi")),
                    str(item.get("description", "")),
                    int(item["amount_vnd"]),
                    str(item.get("legal_basis", "")),
                )
                for item in data.get("payments", [])
            ]
            return services.require_payment(code, actor=actor, charges=charges, reason=reason, occasion=occasion)
        case "approve":
            result = data.get("result") or {}
            official = data.get("official") or {}
            decision = services.Decision(
                document_number=str(result.get("document_number", "")),
                signer_name=str(official.get("name", "")),
                signer_title=str(official.get("title", "")),
                fields=[(str(k), str(v)) for k, v in dict(result.get("fields") or {}).items()],
            )
            return services.approve(code, actor=actor, decision=decision, occasion=occasion)
        case "return_result":
            return services.return_result(code, actor=actor, occasion=occasion)
        case "refuse_intake":
            return services.refuse_intake(code, actor=actor, reason=reason, occasion=occasion)
        case "stop":
            return services.stop(code, actor=actor, reason=reason, occasion=occasion)
        case "confirm_withdrawal":
            return services.confirm_withdrawal(code, actor=actor, reason=reason, occasion=occasion)
        case _:
            return services.refuse_withdrawal(code, actor=actor, reason=reason, occasion=occasion)
