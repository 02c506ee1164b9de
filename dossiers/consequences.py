"""What follows from an event, as rows in the same transaction: letter, message to the partner, notice to people."""

from dossiers import envelope, notices, official_notices, person_numbers
from dossiers.event_names import SUPPLEMENTED
from dossiers.lifecycle import BEFORE_DECISION, DossierState
from dossiers.models import Dossier, DossierEvent, DraftCheck, DraftState, Letter, LetterKind
from dossiers.models.bundles import HAS_RESULT
from portal.agencies.actors import Actor, ActorKind
from portal.core import rows, writes
from portal.core.work import ring
from portal.exchange import services as exchange
from procedures import bundles

LETTER_OF_EVENT = {
    "dossier.submitted": LetterKind.SUBMISSION,
    "dossier.accepted": LetterKind.RECEIPT,
    "dossier.supplement_requested": LetterKind.SUPPLEMENT,
    "dossier.refused": LetterKind.REFUSAL,
    "dossier.extended": LetterKind.EXTENSION,
    "dossier.withdrawn": LetterKind.STOP,
    "dossier.stopped": LetterKind.STOP,
}

PARTNER_HEARS = frozenset(
    {
        "dossier.submitted",
        "dossier.forwarded",
        SUPPLEMENTED,
        "dossier.paid",
        "dossier.withdrawal_requested",
        "dossier.result_revoked",
    }
)
"""What the deciding agency's own system has to know: events of the citizen's side, and a result of ours taken back.

Of a result, and of one in the place of another, it hears when the paper lies in the store (dossiers.result_delivery).
"""

ENDS_DRAFT_CHECK = frozenset(
    {
        "dossier.supplement_requested",
        "dossier.payment_required",
        "dossier.consultation_requested",
        "dossier.withdrawal_requested",
        "dossier.stopped",
    }
)
"""Steps that take a dossier out of the specialist's hands: the draft that lay before the applicant counts no more."""

READY_TO_REGISTER = frozenset({"dossier.draft_confirmed", "dossier.draft_lapsed", "dossier.proposed"})
"""Steps after which the person can be registered: the population database is asked for her number."""


def follow(dossier: Dossier, event: DossierEvent, *, actor: Actor) -> None:
    """Write every row that the event causes."""
    _letter(dossier, event)
    _tell_partner(dossier, event, actor)
    notices.tell(dossier, event)
    official_notices.tell(dossier, event)
    if event.name in READY_TO_REGISTER:
        person_numbers.order(dossier)
    if event.name in ENDS_DRAFT_CHECK and event.from_state in BEFORE_DECISION and dossier.is_decided_here:
        waiting = DraftCheck.objects.filter(dossier=dossier, state=DraftState.OPEN)
        waiting.update(state=DraftState.OVERTAKEN, answered_at=event.occurred_at)
    if event.to_state in HAS_RESULT and bundles.is_part_of_any(dossier.procedure_code):
        ring("dossiers.go_on_with_bundles")  # the parts that waited are the rows; a sweep finds them, too


def _letter(dossier: Dossier, event: DossierEvent) -> None:
    kind = LETTER_OF_EVENT.get(event.name)
    if kind is None or dossier.owner_id is None:
        return
    writes.insert(rows.fresh(Letter, dossier_id=dossier.pk, kind=kind, event_id=event.pk))
    ring("dossiers.write_letters")


def _tell_partner(dossier: Dossier, event: DossierEvent, actor: Actor) -> None:
    client = dossier.handled_by
    if client is None or event.name not in PARTNER_HEARS:
        return
    if actor.kind == ActorKind.PARTNER and actor.client == client:
        return
    kind = event.name
    if kind == "dossier.forwarded":
        kind = "dossier.submitted"  # for the system it comes to it is new
    if kind == "dossier.submitted" and event.data.get("waits_for_payment"):
        return  # an unpaid filing waits here; the partner gets it whole once it is paid
    if (
        kind == "dossier.paid"
        and event.to_state == DossierState.SUBMITTED
        and not dossier.events.filter(name="dossier.accepted").exists()
    ):
        kind = "dossier.submitted"
    exchange.enqueue(
        client=client,
        type=kind,
        subject=dossier.code or "",
        message_id=f"{dossier.code}.{event.sequence}",
        payload={
            "type": kind,
            "timestamp": event.occurred_at.isoformat(),
            "data": {"reason": event.reason, "details": event.data, "dossier": envelope.dossier_payload(dossier)},
        },
    )
