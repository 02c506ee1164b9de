"""What an agency's system says a second time (tiếng vọng): one step told as a status and again as a line of progress.

Systems of the wire protocol send both, and the portal hands a result over by itself besides. The history keeps every
report; who reads what became of her dossier is told each thing once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from dossiers.event_names import PROGRESS_REPORTED, SUPPLEMENTED
from dossiers.lifecycle import STATE_OF_NATIONAL_STATUS, DossierState
from dossiers.models import DossierEvent
from portal.agencies.actors import ActorKind

WITHIN = timedelta(minutes=10)
"""Between a step and what repeats it: the two are sent one after the other. Our choice (docs/assumptions.md)."""
NOT_THE_AGENCYS = frozenset({ActorKind.CITIZEN, ActorKind.HELPER, ActorKind.PAYMENT})


def state_told(event: DossierEvent) -> DossierState | None:
    """The state that a line of progress names; None for any other event."""
    if event.name != PROGRESS_REPORTED:
        return None
    return STATE_OF_NATIONAL_STATUS.get(event.data.get("reported_status") or 0)


def merged(
    events: Sequence[DossierEvent], words_of: Callable[[DossierEvent], str]
) -> Iterator[tuple[DossierEvent, str]]:
    """Each event that says something new, with what is told of it: its own words, else those of what repeats it.

    A line repeats the step of the agency's into its state that is the nearest before it, or the same line before it.
    Where the step has other words, or the dossier went on meanwhile, the words of a line stand in a row of their own.
    """
    told: dict[int, str] = {}
    left_out: set[int] = set()
    steps: dict[str, DossierEvent] = {}
    lines: dict[tuple[int | None, str, str], datetime] = {}
    newest: DossierEvent | None = None
    for event in sorted(events, key=_moment):
        told[event.pk] = words_of(event)
        state = state_told(event)
        if state is None:
            if event.to_state and event.to_state != event.from_state:
                newest = steps[event.to_state] = event
            continue
        step = steps.get(state)
        if step is not None and _is_the_agencys(step) and _is_near(event, step.occurred_at):
            said = told[step.pk]
            if not said and step is newest:
                said = told[step.pk] = event.reason
            if event.reason in {"", said}:
                left_out.add(event.pk)
        same = (step.pk if step else None, state, event.reason)
        if same in lines and _is_near(event, lines[same]):
            left_out.add(event.pk)
        lines[same] = event.occurred_at
    return ((event, told[event.pk]) for event in events if event.pk not in left_out)


def _moment(event: DossierEvent) -> tuple[datetime, int]:
    """Other systems tell whole seconds: within one second, what was heard first came first."""
    return event.occurred_at.replace(microsecond=0), event.sequence


def _is_the_agencys(step: DossierEvent) -> bool:
    """Not what the applicant did, or what an official only wrote down for her: such a step has no words to repeat."""
    return step.name != SUPPLEMENTED and step.actor_kind not in NOT_THE_AGENCYS


def _is_near(event: DossierEvent, before: datetime) -> bool:
    return event.occurred_at - before <= WITHIN
