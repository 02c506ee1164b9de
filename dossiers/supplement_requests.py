"""What is asked of the citizen (yêu cầu bổ sung) when the dossier goes another way before she answers."""

from django.utils import timezone, translation

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, SupplementRequest
from portal.agencies.calendars import work_calendar
from portal.core.errors import Text


def open_one(dossier: Dossier) -> SupplementRequest | None:
    """The request that waits for an answer; an older one may lie open in a dossier that was stopped and reopened."""
    return dossier.supplement_requests.filter(answered_at__isnull=True).last()


def end_open(dossier: Dossier, words: Text) -> None:
    """Nobody waits for an answer any more; `words` say why. Left open, it would end the dossier once it is reopened."""
    asked = dossier.supplement_requests.filter(answered_at__isnull=True)
    with translation.override("vi"):
        asked.update(answered_at=dossier.state_occurred_at or timezone.now(), answer=str(words))


def give_time_back(dossier: Dossier) -> None:
    """A citizen who waits to supplement has the time again that the agency took to answer her withdrawal."""
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or dossier.agency is None:
        return
    request = open_one(dossier)
    if request is None or request.answer_due_at is None:
        return
    asked_at = dossier.events.filter(name="dossier.withdrawal_requested").latest().occurred_at
    answered_at = max(asked_at, dossier.state_occurred_at or asked_at)
    calendar, was_open = work_calendar(dossier.agency), request.answer_due_at > asked_at
    request.answer_due_at = calendar.resumed_due_at(request.answer_due_at, asked_at, answered_at)
    if was_open:  # asked and answered over a weekend, no office time passed: she still has a day
        tomorrow = calendar.closing(calendar.next_working_day(timezone.localdate(answered_at)))
        request.answer_due_at = max(request.answer_due_at, tomorrow)
    request.save(update_fields=["answer_due_at"])
