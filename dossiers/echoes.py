"""What an agency's system says a second time (tiếng vọng): one step told as a status and again as a line of progress.

Systems of the wire protocol send both, and the portal hands a result over by itself besides. The history keeps every
report; who reads what became of her dossier is told each thing once.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from dossiers.event_names import PROGRESS_REPORTED
from dossiers.lifecycle import STATE_OF_NATIONAL_STATUS, DossierState
from dossiers.models import DossierEvent

WITHIN = timedelta(minutes=10)
"""Between a step and what repeats it: the two are sent one after the other. Our choice (docs/assumptions.md)."""


def state_told(event: DossierEvent) -> DossierState | None:
    """The state that a line of progress names; None for any other event."""
    if event.name != PROGRESS_REPORTED:
        return None
    return STATE_OF_NATIONAL_STATUS.get(event.data.get("reported_status") or 0)


def merged(events: Sequence[DossierEvent]) -> Iterator[tuple[DossierEvent, str]]:
    """Each event that says something new, with the words of what repeats it where it has none itself."""
    echoed: dict[int, str] = {}
    left_out: set[int] = set()
    for event in events:
        first = _repeated_by(event, events, echoed)
        if first is not None:
            left_out.add(event.pk)
            echoed[first.pk] = echoed.get(first.pk) or event.reason
    return ((event, echoed.get(event.pk, "")) for event in events if event.pk not in left_out)


def _repeated_by(event: DossierEvent, events: Sequence[DossierEvent], echoed: dict[int, str]) -> DossierEvent | None:
    """The event that a line of progress repeats: the step itself, else the same line before; None where it is news."""
    state = state_told(event)
    if state is None:
        return None
    near = [other for other in events if other.pk != event.pk and abs(other.occurred_at - event.occurred_at) <= WITHIN]
    for step in near:
        if step.to_state == state and step.from_state != state:
            words = step.reason or echoed.get(step.pk, "")
            if not event.reason or words in {"", event.reason}:
                return step
    same = (other for other in near if other.sequence < event.sequence and state_told(other) == state)
    return next((other for other in same if other.reason == event.reason), None)
