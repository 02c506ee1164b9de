"""Which steps an official may take with a dossier now, and which of them is the way forward (các bước)."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from dossiers import (
    delegated,
    draft_changes,
    draft_checks,
    extension,
    lifecycle,
    paper_results,
    rebasing,
    replacing,
    reversal,
    revocation,
    stage_steps,
    step_grounds,
    supplement_requests,
)
from dossiers.lifecycle import DossierState, Transition
from dossiers.models import Dossier, FilingChannel
from dossiers.models.letter_forms import LetterForm, own_form
from dossiers.step_grounds import Ground
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import first_actor
from portal.agencies.models import ApiClient
from portal.backoffice import stage_cards
from portal.backoffice.step_words import BY_ADDRESS, STEPS, Step
from portal.core.errors import NotAllowedError, NotFoundError, TransitionError

ALSO_ELSEWHERE = frozenset({"revoke_result"})
"""Steps for dossiers that the agency's own system decides, too: what was issued here is revoked here."""


@dataclass(frozen=True)
class Offer:
    """A step that this official may take now, and as whom."""

    step: Step
    actor: Actor
    transition: Transition
    own: LetterForm | None = None
    """The form of the branch that its letter is on, where that is none of the one-stop forms."""
    is_primary: bool = False
    """What her role is there for now: the one green button of the page."""

    @property
    def ground(self) -> Ground:
        """Its condition and legal ground, as a jurist reads them."""
        ground = step_grounds.GROUNDS[self.transition.name]
        return ground.on_form(self.own.kind, self.own.source) if self.own else ground


def offers(dossier: Dossier, actors: list[Actor]) -> list[Offer]:
    """Exactly the steps that the table allows to any of the official's posts, in the order of this file.

    One that the agency's own system decides or reports offers none of its course: a step here would be unknown there.
    """
    elsewhere = decided_by(dossier) is not None
    # Whom a proposal waits for decides it or sends it back; the specialist may still replace it.
    waits_for_her = dossier.proposed_at is not None and any(_decides(dossier, actor) for actor in actors)
    found = {}
    for actor in actors:
        for transition in lifecycle.allowed(dossier.state, actor.kind):
            if elsewhere and transition.name not in ALSO_ELSEWHERE:
                continue
            if transition.name == "propose" and waits_for_her:
                continue
            if transition.name not in STEPS or transition.name in found:
                continue
            chosen = _as_whom(transition, actors, dossier) or actor
            if _has_object(transition.name, dossier, chosen):
                found[transition.name] = _offer(STEPS[transition.name], chosen, transition, dossier)
    return _primary_first([found[name] for name in STEPS if name in found], dossier, actors)


def _decides(dossier: Dossier, actor: Actor) -> bool:
    """Whether a proposal that lies there is hers to decide: a leader's, or another's for who signs for the head."""
    if actor.kind == ActorKind.DELEGATE:
        return not delegated.not_proposed(dossier, actor.user)
    return actor.kind == ActorKind.LEADER


def _offer(step: Step, actor: Actor, transition: Transition, dossier: Dossier) -> Offer:
    """With the number of the branch's own form (CT04 of the police), where the step's letter is on one."""
    own = own_form(step.letter, dossier.procedure_version) if step.letter else None
    if step.letter:
        step = replace(step, effect=str(step.effect) % {"form": own.number if own else step.letter})
    return Offer(stage_cards.worded(step, dossier, actor), actor, transition, own)


def _primary_first(offered: list[Offer], dossier: Dossier, actors: list[Actor]) -> list[Offer]:
    """One way forward stands first and alone in its colour: for who decides it is the decision.

    Who is specialist and leader at once first takes the dossier to work on; what the applicant has to confirm first is
    sent to her first, and what she said is wrong is put right before it is sent again.
    """
    draft = draft_changes.to_be_sent_again(dossier)
    if draft is not None and draft.is_disputed and not draft.is_corrected:
        offered = [_turned(offer) for offer in offered]
    ways = [offer for offer in offered if offer.step.tone == "main"]
    if not ways:
        return offered
    names = {offer.step.name for offer in ways}
    starts = "start_processing" in names and any(actor.kind == ActorKind.AGENCY for actor in actors)
    asks_first = "send_draft" in names and draft_checks.is_needed(dossier)
    decides = not starts and not asks_first
    chosen = next((offer for offer in ways if decides and offer.step.name == "approve"), ways[0])
    return [replace(chosen, is_primary=True), *(offer for offer in offered if offer is not chosen)]


def _turned(offer: Offer) -> Offer:
    """Putting a draft right as the way forward, in the place of sending it as it is."""
    tone = {"correct_draft": "main", "send_draft": "secondary"}.get(offer.step.name, offer.step.tone)
    return replace(offer, step=replace(offer.step, tone=tone))


def decided_by(dossier: Dossier) -> ApiClient | None:
    """The agency's own system in which a dossier is decided; None for the back office."""
    return dossier.handled_by or dossier.source


def refuse_elsewhere(dossier: Dossier, step_name: str = "") -> None:
    """Raise TransitionError, naming the system, for a step of a dossier that is decided in one."""
    system = decided_by(dossier)
    if system is not None and step_name not in ALSO_ELSEWHERE:
        raise TransitionError(
            _("Hồ sơ này do %(system)s giải quyết. Hãy làm bước này ở hệ thống đó.") % {"system": system.name}
        )


def _as_whom(transition: Transition, actors: list[Actor], dossier: Dossier) -> Actor | None:
    """By the first post that may; by a leader's to take a step back, since others may only for a while.

    From one stage to another by the post whose stage it is.
    """
    if transition.name in lifecycle.STAGE_STEPS:
        return stage_cards.actor_for(transition.name, dossier, actors) or first_actor(actors, transition.by)
    leader = first_actor(actors, {ActorKind.LEADER}) if transition.name == "revert" else None
    return leader or first_actor(actors, transition.by)


def _has_object(name: str, dossier: Dossier, actor: Actor) -> bool:
    """Whether there is something for the step to work on; the service looks again under the lock."""
    if actor.kind == ActorKind.DELEGATE and not _decides(dossier, actor):
        return False
    match name:
        case "end_stage" | "skip_stage" | "return_stage":
            return stage_steps.is_offered(name, dossier, actor)
        case "rebase":
            return rebasing.newer_version(dossier) is not None
        case "request_supplement":
            return supplement_requests.may_ask(dossier)
        case "go_on_without":
            return supplement_requests.is_silent(dossier)
        case "revert":
            return reversal.revertible_by(dossier, actor) is not None
        case "extend":
            return extension.is_open(dossier)
        case "propose" | "approve":
            return draft_changes.to_be_sent_again(dossier) is None and not draft_checks.is_unanswered(dossier)
        case "send_draft":
            return draft_checks.may_send(dossier)
        case "confirm_draft" | "dispute_draft":
            return dossier.channel != FilingChannel.ONLINE and draft_checks.open_one(dossier) is not None
        case "correct_draft":
            return draft_checks.is_offered(dossier) and draft_checks.open_one(dossier) is None
        case "send_back":
            return dossier.proposed_at is not None
        case "return_result":
            return paper_results.awaits(dossier) and not paper_results.is_being_replaced(dossier)
        case "replace_result":
            return replacing.replaceable(dossier) is not None
        case "revoke_result":
            return not dossier.is_reported and revocation.revocable(dossier) is not None
    return True


def _refuse_ended(transition: Transition, dossier: Dossier, actors: list[Actor]) -> None:
    """Raise TransitionError in words for a signature in the head's stead that was hers to give, and is no more."""
    user = actors[0].user
    if ActorKind.DELEGATE in transition.by and user is not None and (words := delegated.why_not(dossier, user)):
        raise TransitionError(words)


def offer_for(dossier: Dossier, actors: list[Actor], address: str, *, is_attempt: bool = False) -> Offer:
    """The offer behind a step's page.

    Raises NotFoundError for an unknown step, NotAllowedError where no post of the official may ever take it, and
    TransitionError in the table's words where the state forbids it. An attempt leaves the state to the service, which
    looks at it under the lock.
    """
    step = BY_ADDRESS.get(address)
    if step is None or not actors:
        raise NotFoundError
    transition = lifecycle.TRANSITIONS[step.name]
    actor = _as_whom(transition, actors, dossier)
    if actor is None:
        _refuse_ended(transition, dossier, actors)
        raise NotAllowedError(_("Vai của bạn không được thực hiện bước này."), code="dossier.actor_not_allowed")
    refuse_elsewhere(dossier, step.name)
    if not is_attempt:
        # The reason is asked by the form; here only the state is in question.
        lifecycle.check(step.name, state=DossierState(dossier.state), actor=actor.kind, reason="-")
    return _offer(step, actor, transition, dossier)
