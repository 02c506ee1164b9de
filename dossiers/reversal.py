"""Taking back a wrong step, and opening an ended dossier again (thu hồi bước sai, mở lại hồ sơ).

No act that we read names these steps; they follow the general duty to mend wrong acts (docs/assumptions.md). A leader
takes them, with a reason that the citizen reads; who pressed a button by mistake takes back her own press at once.
Nothing is erased: what was taken back stays in the history.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import services as datastore
from dossiers import access, at_hand, charging, deadlines, obligations, papers, passage, supplement_requests, taken_back
from dossiers.event_names import REVERTIBLE
from dossiers.lifecycle import TRANSITIONS, DossierState
from dossiers.models import Dossier, DossierEvent, Letter, ObligationState
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.core.errors import TransitionError
from portal.core.work import WorkState

S = DossierState
STARTED = "dossier.processing_started"
OWN_PRESSES = frozenset({"dossier.accepted", STARTED})
"""One press does them, and they ask nothing of the applicant: who took one by mistake takes it back herself. Not a
request for money: it may be on its way."""
OWN_PRESS_WITHIN = timedelta(minutes=15)
STEPS = frozenset(row.event for row in TRANSITIONS.values()) | {"dossier.payment_recorded"}
"""Events that rest on the ones before them; an assignment or a look at a number does not."""


def revertible(dossier: Dossier) -> DossierEvent | None:
    """The last step, if an official took it and nobody has built on it yet: an extension or a proposal does."""
    last = passage.last_move(dossier)
    if last is None or last.name not in REVERTIBLE or last.actor_kind not in access.OFFICIALS:
        return None
    events = at_hand.of(dossier, at_hand.EVENTS)
    if events is not None:
        return None if any(event.sequence > last.sequence and event.name in STEPS for event in events) else last
    later = dossier.events.filter(sequence__gt=last.sequence, name__in=STEPS)
    return None if later.exists() else last


def revertible_by(dossier: Dossier, actor: Actor) -> DossierEvent | None:
    """The same, as far as this official may: a leader any, others their own press of the last minutes (ours)."""
    step = revertible(dossier)
    if step is None or actor.kind == ActorKind.LEADER:
        return step
    is_hers = actor.user is not None and step.actor_user_id == actor.user.pk and step.name in OWN_PRESSES
    return step if is_hers and timezone.now() - step.received_at < OWN_PRESS_WITHIN else None


def revert(code: str, *, actor: Actor, reason: str) -> Dossier:
    """Take back the last step (thu hồi bước vừa làm): the dossier and its times are as before, its letter is void.

    Raises TransitionError when the last step is not one that can be taken back, or not by this official any more.
    """
    with access.locked(code, actor=actor) as dossier:
        step = revertible_by(dossier, actor)
        if step is None and revertible(dossier) is not None:
            raise TransitionError(_("Đã quá 15 phút hoặc bước này không phải của bạn. Hãy nhờ lãnh đạo thu hồi."))
        if step is None:
            raise TransitionError(_("Bước vừa làm không thu hồi được nữa vì đã có bước sau hoặc người nộp đã trả lời."))
        stopped = dossier.clock_stopped_at
        if step.name != STARTED:  # the clock goes on as if it had never stood still; that step did not stop it
            dossier.clock_stopped_at = None
        event = passage.apply(
            dossier,
            "revert",
            actor=actor,
            reason=clean_reason(reason),
            data={
                "reverted": step.name,
                "sequence": step.sequence,
                "clock_stopped_at": str(stopped or ""),
                **taken_back.facts_of(step, dossier),
            },
        )
        if dossier.state == S.SUBMITTED and step.name == "dossier.accepted":
            dossier.accepted_at = dossier.due_at = dossier.counted_from = None
            dossier.is_without_time_limit = False
            dossier.save(update_fields=["accepted_at", "due_at", "counted_from", "is_without_time_limit"])
        if step.name == "dossier.supplement_requested":
            supplement_requests.end_open(dossier, _("Cơ quan đã thu hồi yêu cầu này."))
        if step.name == "dossier.payment_required":
            dossier.obligations.filter(state=ObligationState.DUE).update(state=ObligationState.CANCELLED)
        _void_letter(step, event.reason)
        return dossier


def reopen(code: str, *, actor: Actor, reason: str) -> Dossier:
    """Open a refused or stopped dossier again (mở lại hồ sơ); the time it lay closed does not count.

    What its end let off is owed again: a dossier is not decided unpaid because it was stopped in between.
    """
    with access.locked(code, actor=actor) as dossier:
        ended_at, last = dossier.finished_at, passage.last_move(dossier)
        passage.apply(dossier, "reopen", actor=actor, reason=clean_reason(reason))
        now = timezone.now()
        dossier.finished_at = None
        if dossier.state == S.SUBMITTED and dossier.agency is not None:
            dossier.intake_due_at = deadlines.intake_due_at(work_calendar(dossier.agency), now)
        elif ended_at is not None:
            passage.resume_clock(dossier, ended_at, now)
        dossier.save(update_fields=["finished_at", "intake_due_at", "due_at", "original_due_at"])
        papers.share_all(dossier)
        if last is not None:
            _void_letter(last, clean_reason(reason))
        if charges := _let_off(dossier):
            obligations.ask(dossier, charges, actor=actor)
        return dossier


def _let_off(dossier: Dossier) -> list[charging.Charge]:
    """What the dossier waited for when it ended, and was cancelled with its end."""
    asked = list(dossier.events.filter(name="dossier.payment_required").order_by("-sequence")[:2])
    if not asked:
        return []
    over = dossier.events.filter(sequence__gt=asked[0].sequence, name__in=["dossier.paid", "dossier.reverted"])
    if over.exists():
        return []
    cancelled = dossier.obligations.filter(state=ObligationState.CANCELLED).order_by("pk")
    if len(asked) > 1:
        cancelled = cancelled.filter(created_at__gt=asked[1].received_at)
    return [
        charging.Charge(owed.kind, owed.description, owed.amount_vnd, owed.legal_basis, owed.charge)
        for owed in cancelled
    ]


def _void_letter(step: DossierEvent, reason: str) -> None:
    """The letter of a step that no longer holds: void when it was written, and not written any more when it was not."""
    letter = Letter.objects.select_for_update().filter(event=step).first()
    if letter is None:
        return
    if letter.document_id is not None:
        datastore.void(letter.document_id, reason=reason)
    elif letter.work_state != WorkState.DONE:
        letter.mark_done(timezone.now())
        letter.save()
