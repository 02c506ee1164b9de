"""The life of a dossier as a table a jurist can check (vòng đời hồ sơ). No database, no clock, no side effects.

Source: NĐ 118/2025/NĐ-CP art. 17–21 and TT 03/2025/TT-VPCP as restated by the acts listed in docs/assumptions.md;
the law prints no grid, this is our reading of it. Conditions and legal grounds: dossiers.step_grounds; the whole as one
page for jurists: docs/lifecycle.md.
"""

from dataclasses import dataclass
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.agencies.actors import ActorKind as A
from portal.core.errors import TransitionError


class DossierState(models.TextChoices):
    """State of a dossier (trạng thái hồ sơ); labels are the official wording."""

    DRAFT = "draft", _("Bản nháp")
    SUBMITTED = "submitted", _("Mới đăng ký")
    ACCEPTED = "accepted", _("Được tiếp nhận")
    REFUSED = "refused", _("Không được tiếp nhận")
    PROCESSING = "processing", _("Đang xử lý")
    AWAITING_SUPPLEMENT = "awaiting_supplement", _("Yêu cầu bổ sung giấy tờ")
    AWAITING_PAYMENT = "awaiting_payment", _("Yêu cầu thực hiện nghĩa vụ tài chính")
    CONSULTING = "consulting", _("Đang lấy ý kiến cơ quan khác")
    WITHDRAWAL_REQUESTED = "withdrawal_requested", _("Công dân yêu cầu rút hồ sơ")
    STOPPED = "stopped", _("Dừng xử lý")
    DECIDED = "decided", _("Đã xử lý xong")
    RETURNED = "returned", _("Đã trả kết quả")


S = DossierState

NATIONAL_STATUS = {
    S.SUBMITTED: 1,
    S.ACCEPTED: 2,
    S.REFUSED: 3,
    S.CONSULTING: 4,
    S.PROCESSING: 4,
    S.AWAITING_SUPPLEMENT: 5,
    S.AWAITING_PAYMENT: 6,
    S.WITHDRAWAL_REQUESTED: 7,
    S.STOPPED: 8,
    S.DECIDED: 9,
    S.RETURNED: 10,
}
"""Published status numbers (QĐ list of ten, protocol §6.1); an 11th, seen in old clients, is read as refused.
Asking another agency has no number of its own: outside it is “Đang xử lý”."""

STATE_OF_NATIONAL_STATUS = {number: state for state, number in NATIONAL_STATUS.items()} | {
    4: S.PROCESSING,
    11: S.REFUSED,
}

CLOCK_STOPPED = frozenset({S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.WITHDRAWAL_REQUESTED})
"""States in which the agency's time does not run; in CONSULTING it does, unless a law named there stops it."""
DUE_STATES = frozenset({S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.CONSULTING})
"""States in which the agency has to act."""
FINISHED_STATES = frozenset({S.REFUSED, S.STOPPED, S.DECIDED, S.RETURNED})
OPEN_STATES = frozenset(NATIONAL_STATUS) - FINISHED_STATES
BEFORE_DECISION = frozenset({S.ACCEPTED, S.PROCESSING})
"""States in which the coming result takes shape: its draft is sent, answered, put right."""

OFFICE = frozenset({A.DESK, A.AGENCY, A.LEADER, A.PARTNER})
"""Anyone who acts for the deciding agency; its own system speaks for all its officials."""
DECIDING = frozenset({A.LEADER, A.DELEGATE})
"""Who signs here: a leader, or whom the head has sign in her stead, who does nothing else (dossiers.delegated)."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: from which states, to which, by whom, and what it needs."""

    name: str
    sources: frozenset[DossierState]
    target: DossierState | None
    """None: the state before, kept in resume_state, or for a step that stays the state itself."""
    by: frozenset[A]
    event: str
    needs_reason: bool = False
    stays: bool = False
    """The state does not change; what changes is the place, the date or who has the dossier."""


def _row(
    name: str,
    sources: frozenset[DossierState] | set[DossierState],
    target: DossierState | None,
    *,
    by: frozenset[A] | set[A],
    event: str,
    needs_reason: bool = False,
    stays: bool = False,
) -> Transition:
    return Transition(name, frozenset(sources), target, frozenset(by), event, needs_reason, stays)


STAGE_STEPS = {
    "end_stage": "dossier.stage_ended",
    "skip_stage": "dossier.stage_skipped",
    "return_stage": "dossier.stage_returned",
}
"""Steps from one stage of the work to another, with their events."""

TRANSITIONS: dict[str, Transition] = {
    row.name: row
    for row in (
        _row(
            "submit",
            {S.DRAFT},
            S.SUBMITTED,
            by={A.CITIZEN, A.HELPER, A.DESK},
            event="dossier.submitted",
        ),
        _row(
            "accept",
            {S.SUBMITTED},
            S.ACCEPTED,
            by=OFFICE,
            event="dossier.accepted",
        ),
        _row(
            "refuse_intake",
            {S.SUBMITTED},
            S.REFUSED,
            by=OFFICE,
            event="dossier.refused",
            needs_reason=True,
        ),
        _row("start_processing", {S.ACCEPTED}, S.PROCESSING, by=OFFICE, event="dossier.processing_started"),
        _row(
            "request_supplement",
            {S.SUBMITTED, S.ACCEPTED, S.PROCESSING},
            S.AWAITING_SUPPLEMENT,
            by=OFFICE,
            event="dossier.supplement_requested",
            needs_reason=True,
        ),
        # the desk for a citizen who comes in with the papers (dossiers.supplement_answers)
        _row(
            "supplement", {S.AWAITING_SUPPLEMENT}, None, by={A.CITIZEN, A.DESK, A.PARTNER}, event="dossier.supplemented"
        ),
        # of a procedure whose rule does not end it by silence (dossiers.closing)
        _row(
            "go_on_without",
            {S.AWAITING_SUPPLEMENT},
            None,
            by={A.DESK, A.AGENCY, A.LEADER},
            event="dossier.supplement_lapsed",
        ),
        _row(
            "require_payment",
            {S.SUBMITTED, S.ACCEPTED, S.PROCESSING},
            S.AWAITING_PAYMENT,
            by=OFFICE | {A.SYSTEM},
            event="dossier.payment_required",
        ),
        _row("settle_payment", {S.AWAITING_PAYMENT}, None, by={A.PAYMENT, A.PARTNER}, event="dossier.paid"),
        _row(
            "request_withdrawal",
            {S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.CONSULTING},
            S.WITHDRAWAL_REQUESTED,
            by={A.CITIZEN},
            event="dossier.withdrawal_requested",
            needs_reason=True,
        ),
        _row(
            "confirm_withdrawal",
            {S.WITHDRAWAL_REQUESTED},
            S.STOPPED,
            by=OFFICE,
            event="dossier.withdrawn",
        ),
        _row(
            "refuse_withdrawal",
            {S.WITHDRAWAL_REQUESTED},
            None,
            by=OFFICE,
            event="dossier.withdrawal_refused",
            needs_reason=True,
        ),
        _row(
            "stop",
            {S.ACCEPTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.CONSULTING},
            S.STOPPED,
            by=OFFICE | {A.SYSTEM},
            event="dossier.stopped",
            needs_reason=True,
        ),
        _row("propose", {S.PROCESSING}, S.PROCESSING, by={A.AGENCY, A.LEADER, A.PARTNER}, event="dossier.proposed"),
        _row("send_back", {S.PROCESSING}, None, by=DECIDING, event="dossier.sent_back", needs_reason=True, stays=True),
        # of an agency that divides its work into stages (dossiers.stages)
        *(
            _row(
                name,
                {S.PROCESSING},
                None,
                by={A.DESK, A.AGENCY, A.LEADER},
                event=event,
                needs_reason=name == "return_stage",
                stays=True,
            )
            for name, event in STAGE_STEPS.items()
        ),
        _row(
            "request_consultation",
            {S.ACCEPTED, S.PROCESSING, S.CONSULTING},
            S.CONSULTING,
            by={A.AGENCY, A.LEADER},
            event="dossier.consultation_requested",
            needs_reason=True,
        ),
        _row(
            "answer_consultation",
            {S.CONSULTING},
            None,
            by={A.CONSULTED},
            event="dossier.consultation_answered",
            needs_reason=True,
        ),
        _row(
            "cancel_consultation",
            {S.CONSULTING},
            None,
            by={A.AGENCY, A.LEADER},
            event="dossier.consultation_cancelled",
            needs_reason=True,
        ),
        _row(
            "forward",
            {S.SUBMITTED},
            None,
            by={A.DESK, A.LEADER},
            event="dossier.forwarded",
            needs_reason=True,
            stays=True,
        ),
        _row(
            "rebase",
            {S.SUBMITTED, S.ACCEPTED, S.PROCESSING},
            None,
            by={A.LEADER},
            event="dossier.rebased",
            needs_reason=True,
            stays=True,
        ),
        _row(
            "extend",
            {S.ACCEPTED, S.PROCESSING, S.CONSULTING},
            None,
            by={A.AGENCY, A.LEADER},
            event="dossier.extended",
            needs_reason=True,
            stays=True,
        ),
        # who is no leader: her own acceptance or start, for some minutes (dossiers.reversal)
        _row(
            "revert",
            {S.ACCEPTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT},
            None,
            by={A.DESK, A.AGENCY, A.LEADER},
            event="dossier.reverted",
            needs_reason=True,
        ),
        _row("reopen", {S.REFUSED, S.STOPPED}, None, by={A.LEADER}, event="dossier.reopened", needs_reason=True),
        _row(
            "send_draft",
            BEFORE_DECISION,
            None,
            by={A.AGENCY, A.LEADER},
            event="dossier.draft_sent",
            stays=True,
        ),
        # the desk or the registrar for who confirmed on paper (dossiers.draft_checks)
        _row(
            "confirm_draft",
            BEFORE_DECISION,
            None,
            by={A.CITIZEN, A.DESK, A.AGENCY},
            event="dossier.draft_confirmed",
            stays=True,
        ),
        _row(
            "dispute_draft",
            BEFORE_DECISION,
            None,
            by={A.CITIZEN, A.DESK, A.AGENCY},
            event="dossier.draft_disputed",
            needs_reason=True,
            stays=True,
        ),
        _row("lapse_draft", BEFORE_DECISION, None, by={A.SYSTEM}, event="dossier.draft_lapsed", stays=True),
        _row(
            "correct_draft",
            BEFORE_DECISION,
            None,
            by={A.AGENCY, A.LEADER},
            event="dossier.draft_corrected",
            needs_reason=True,
            stays=True,
        ),
        _row(
            "approve",
            {S.ACCEPTED, S.PROCESSING},
            S.DECIDED,
            by=DECIDING | {A.PARTNER},
            event="dossier.decided",
        ),
        # the portal at once, where the result is electronic only; else the desk, with who collected the paper
        _row(
            "return_result",
            {S.DECIDED},
            S.RETURNED,
            by=OFFICE | {A.SYSTEM},
            event="dossier.returned",
        ),
        _row(
            "replace_result",
            {S.DECIDED, S.RETURNED},
            None,
            by={A.LEADER, A.PARTNER},
            event="dossier.result_replaced",
            needs_reason=True,
            stays=True,
        ),
        _row(
            "revoke_result",
            {S.DECIDED, S.RETURNED},
            None,
            by={A.LEADER, A.PARTNER},
            event="dossier.result_revoked",
            needs_reason=True,
            stays=True,
        ),
    )
}


def check(name: str, *, state: DossierState | str, actor: A, reason: str = "") -> Transition:
    """Return the transition, or raise TransitionError saying which rule forbids it."""
    transition = TRANSITIONS[name]
    if actor not in transition.by:
        raise TransitionError(_("Vai của bạn không được thực hiện bước này."), code="dossier.actor_not_allowed")
    if DossierState(state) not in transition.sources:
        raise TransitionError(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không thực hiện được bước này.")
            % {"state": DossierState(state).label}
        )
    if transition.needs_reason and not reason.strip():
        raise TransitionError(
            _("Hãy nêu lý do."), code="dossier.reason_missing", fields={"reason": [_("Hãy nêu lý do.")]}
        )
    return transition


@cache
def allowed(state: DossierState | str, actor: A) -> tuple[Transition, ...]:
    """The steps this actor may take from a state, in the order of the table."""
    return tuple(row for row in TRANSITIONS.values() if actor in row.by and DossierState(state) in row.sources)
