"""Taking a step as an official: under the row's lock, on the state she saw, and once however often she presses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore import readings
from dossiers import (
    access,
    closing,
    consultation,
    draft_checks,
    extension,
    forwarding,
    handing_over,
    number_assignment,
    obligations,
    passage,
    rebasing,
    replacing,
    reversal,
    revocation,
    services,
    stage_steps,
    timeline,
    withdrawal,
)
from dossiers.lifecycle import FINISHED_STATES, TRANSITIONS
from dossiers.models import Dossier, DossierEvent
from portal.accounts.models import CitizenProfile, User
from portal.agencies.actors import Actor
from portal.agencies.models import Agency, Membership, MembershipRole
from portal.agencies.scopes import within
from portal.backoffice import presence
from portal.backoffice.step_words import BY_ADDRESS
from portal.backoffice.steps import Offer, refuse_elsewhere
from portal.core.errors import ConflictError, InvalidInputError, TransitionError
from portal.core.moments import vn_datetime
from portal.core.text import clean_line

REVEALED = "dossier.identity_revealed"
ASSIGNED = "dossier.assigned"
QUIET = frozenset({REVEALED, "dossier.refunded", "dossier.draft_lapsed", number_assignment.EVENT})
"""Events that change nothing another official decides on."""


SERVICES: dict[str, Callable[..., Dossier]] = {
    "accept": services.accept,
    "refuse_intake": services.refuse_intake,
    "start_processing": services.start_processing,
    "propose": services.propose,
    "send_back": services.send_back,
    "end_stage": stage_steps.end,
    "skip_stage": stage_steps.skip,
    "return_stage": stage_steps.return_to_earlier,
    "send_draft": draft_checks.send_draft,
    "confirm_draft": draft_checks.confirm_draft,
    "dispute_draft": draft_checks.dispute_draft,
    "correct_draft": draft_checks.correct_draft,
    "approve": services.approve,
    "return_result": handing_over.hand_over,
    "request_supplement": services.request_supplement,
    "go_on_without": closing.go_on_without,
    "require_payment": obligations.require_payment,
    "confirm_withdrawal": withdrawal.confirm,
    "refuse_withdrawal": withdrawal.refuse,
    "stop": services.stop,
    "request_consultation": consultation.request_consultations,
    "answer_consultation": consultation.answer_consultation,
    "cancel_consultation": consultation.cancel_consultation,
    "extend": extension.extend,
    "forward": forwarding.forward,
    "rebase": rebasing.rebase,
    "revert": reversal.revert,
    "reopen": reversal.reopen,
    "replace_result": replacing.replace_result,
    "revoke_result": revocation.revoke_result,
}
"""The service behind each step of the table that an official takes."""


class AlreadyDoneError(ConflictError):
    """The same official took the same step already: a double press or a page sent twice."""

    message = gettext_lazy("Bạn đã làm bước này rồi; không làm lại lần nữa.")


class ChangedMeanwhileError(ConflictError):
    """Others changed the dossier since she opened it; `as_of` is the last event that the words tell of."""

    code = "dossier.changed_meanwhile"

    def __init__(self, words: str, *, as_of: int) -> None:
        super().__init__(words)
        self.as_of = as_of


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom an official chose as handler on the page of which she took a step (người thụ lý)."""

    official_id: int | None


@transaction.atomic
def take(
    code: str, offer: Offer, *, seen_sequence: int, arguments: dict[str, Any], handler: Choice | None = None
) -> Dossier:
    """Take a step on what the official saw, and give the dossier to `handler` with it where that is another than now.

    Raises AlreadyDoneError when she did it herself since, ChangedMeanwhileError naming what others did since,
    InvalidInputError("official") as `assign` does, and whatever the service raises; then neither is done.
    """
    dossier = access.lock_dossier(code, actor=offer.actor)
    refuse_elsewhere(dossier, offer.step.name)
    _refuse_stale(dossier, seen_sequence, actor=offer.actor, event_name=offer.transition.event)
    if handler is not None and handler.official_id != dossier.assignee_id:
        services.assign(code, actor=offer.actor, official=_of_its_agency(dossier, handler.official_id))
    return SERVICES[offer.step.name](code, actor=offer.actor, **arguments)


def has_taken(code: str, address: str, *, user: User) -> bool:
    """Whether this official took this step of this dossier in the last hour, as when she pressed twice."""
    step = BY_ADDRESS.get(address)
    if step is None:
        return False
    name, since = TRANSITIONS[step.name].event, timezone.now() - timedelta(hours=1)
    taken = DossierEvent.objects.filter(dossier__code=code, actor_user=user, name=name, received_at__gt=since)
    return taken.exists()


@transaction.atomic
def assign(code: str, *, actor: Actor, official_id: int | None, seen_sequence: int) -> Dossier:
    """Give a dossier to an official of its agency, or to nobody.

    Raises InvalidInputError when that person does not work there.
    """
    dossier = access.lock_dossier(code, actor=actor)
    refuse_elsewhere(dossier)
    if dossier.state in FINISHED_STATES:
        raise TransitionError(_("Hồ sơ đã kết thúc, không phân công được nữa."))
    _refuse_stale(dossier, seen_sequence, actor=actor, event_name=ASSIGNED)
    return services.assign(code, actor=actor, official=_of_its_agency(dossier, official_id))


def _of_its_agency(dossier: Dossier, official_id: int | None) -> User | None:
    if official_id is None:
        return None
    official = next((user for user in assignable(dossier.agency) if user.pk == official_id), None)
    if official is None:
        raise InvalidInputError(fields={"official": [_("Người này không làm việc tại cơ quan của hồ sơ.")]})
    return official


@transaction.atomic
def reveal_identity(code: str, *, actor: Actor, reason: str) -> None:
    """Note that an official looks at the whole identification number, and why (Luật 91/2025/QH15: purpose).

    The dossier keeps the event, and the person sees it among those who looked at her data.
    """
    dossier = access.lock_dossier(code, actor=actor)
    cleaned = clean_line(reason)[:300]
    if not cleaned:
        raise InvalidInputError(fields={"reason": [_("Hãy nêu lý do xem số định danh đầy đủ.")]})
    passage.record(dossier, REVEALED, actor=actor, reason=cleaned, is_public=False)
    dossier.save(update_fields=["last_sequence", "updated_at"])
    person = _person(dossier)
    if person is not None:
        readings.of_identity(person, actor=actor, purpose=cleaned, dossier_code=code)


def _person(dossier: Dossier) -> User | None:
    """The account of the person whose number it is; a partner's dossier names her by number only."""
    if not dossier.applicant_id_index:
        return dossier.owner or dossier.filer
    profile = CitizenProfile.objects.filter(personal_id_index=dossier.applicant_id_index).select_related("user").first()
    return profile.user if profile else None


def assignable(agency: Agency | None) -> list[User]:
    """Officials who hold a working post at exactly this agency today."""
    return list({post.user.pk: post.user for post in working_posts_at(agency)}.values())


def working_posts_at(agency: Agency | None) -> "QuerySet[Membership]":
    """Working posts of today at exactly this agency, with their people; none without one."""
    return _working_posts().filter(agency=agency) if agency is not None else Membership.objects.none()


def working_posts_within(paths: Sequence[str]) -> "QuerySet[Membership]":
    """Working posts of today at or below these agencies, with their people."""
    return _working_posts().filter(within(paths))


def _working_posts() -> "QuerySet[Membership]":
    posts = Membership.objects.filter(user__is_active=True).exclude(role=MembershipRole.ADMINISTRATOR)
    return posts.valid_on(timezone.localdate()).select_related("user")


def _refuse_stale(dossier: Dossier, seen_sequence: int, *, actor: Actor, event_name: str) -> None:
    since = [
        event
        for event in dossier.events.filter(sequence__gt=seen_sequence).order_by("sequence")
        if event.name not in QUIET
    ]
    if not since:
        return
    if all(event.actor_user_id == (actor.user.pk if actor.user else None) for event in since) and any(
        event.name == event_name for event in since
    ):
        raise AlreadyDoneError
    changed = _("Hồ sơ vừa thay đổi sau khi bạn mở trang: %(changes)s. Chưa ghi gì của bạn.")
    parts = [
        changed % {"changes": "; ".join(_told(event) for event in since)},
        *_who_has_it(dossier, actor.user),
        _("Hãy xem lại rồi quyết định."),
    ]
    raise ChangedMeanwhileError(" ".join(parts), as_of=since[-1].sequence)


def _who_has_it(dossier: Dossier, user: User | None) -> list[str]:
    """Whose the dossier is now, where it is another's, and who has it open beside her."""
    found = []
    if dossier.assignee is not None and dossier.assignee != user:
        found.append(_("Người thụ lý: %(name)s.") % {"name": dossier.assignee})
    return [*found, *(one.words for one in presence.others(dossier, user))]


def _told(event: DossierEvent) -> str:
    title = timeline.TITLES.get(event.name)
    who = event.actor_name or event.get_actor_kind_display()
    return f"{title() if title else event.name} ({who}, {vn_datetime(event.received_at)})"
