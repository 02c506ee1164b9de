"""Events of a dossier born elsewhere: what a report becomes in its history, with what is odd about it as data."""

from datetime import datetime, timedelta
from typing import Any

from dossiers import passage
from dossiers.lifecycle import FINISHED_STATES, DossierState
from dossiers.models import Dossier, DossierEvent
from dossiers.partners.folding import Report
from dossiers.partners.wire import ProgressLine, words_of
from dossiers.passage import Occasion
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.exchange import services as exchange

S = DossierState

CLOCK_TOLERANCE = timedelta(days=1)
"""How far ahead a source's clock may be; a time beyond that says nothing about order."""

RETRY_WINDOW = exchange.RETRIED_WITHIN
"""For so long a line without a time may be the retry of a batch whose answer was lost: clients send the whole batch
again, some after their session (thirty minutes, protocol §1) is over. In the same words later it is a change back."""

EVENT_OF_STATE = {
    S.SUBMITTED: "dossier.submitted",
    S.ACCEPTED: "dossier.accepted",
    S.REFUSED: "dossier.refused",
    S.PROCESSING: "dossier.processing_started",
    S.AWAITING_SUPPLEMENT: "dossier.supplement_requested",
    S.AWAITING_PAYMENT: "dossier.payment_required",
    S.WITHDRAWAL_REQUESTED: "dossier.withdrawal_requested",
    S.STOPPED: "dossier.stopped",
    S.DECIDED: "dossier.decided",
    S.RETURNED: "dossier.returned",
}
PROGRESS = "dossier.progress_reported"
UPDATED = "dossier.record_updated"
UNREAD, BESIDES = "unread_fields", "besides"
"""Keys in the data of an event: fields whose value says nothing to us; what a report says beyond its fields."""


def position_of(at: datetime | None, now: datetime) -> datetime | None:
    """Where a report stands in the source's order; None where its time is missing or cannot be true."""
    return None if at is None or at > now + CLOCK_TOLERANCE else at


def jump(before: DossierState, after: DossierState) -> dict[str, Any]:
    """A flag for a change that the table does not know: out of a closed state, or back to the start."""
    reopens = before in FINISHED_STATES and (before, after) != (S.DECIDED, S.RETURNED)
    restarts = after == S.SUBMITTED and before in {S.ACCEPTED, S.PROCESSING}
    return {"unexpected": f"{before}>{after}"} if reopens or restarts else {}


def remarks(status: int, told_at: datetime | None, problems: tuple[str, ...], now: datetime) -> dict[str, Any]:
    """What the event keeps of a report: its status, and what was odd about its time and its fields."""
    found: dict[str, Any] = {"reported_status": status}
    if told_at is None:
        found["undated"] = True
    elif position_of(told_at, now) is None:
        found["clock_ahead"] = told_at.isoformat()
    if problems:
        found[UNREAD] = list(problems)
    return found


def is_known(client: ApiClient, dossier: Dossier, reference: str) -> bool:
    """Whether this partner reported an event with this reference before."""
    return bool(passage.known_events([dossier], source=client.event_source, references=[reference]))


def last_said_at(client: ApiClient, dossier: Dossier, words: str) -> datetime | None:
    """When this partner last told of a dossier, without a time, in these words: the reference of such a line."""
    mine = dossier.events.filter(source=client.event_source, source_reference__startswith=words)
    return mine.order_by("-sequence").values_list("received_at", flat=True).first()


def repeats_a_neighbour(client: ApiClient, dossier: Dossier, line: ProgressLine) -> bool:
    """Whether this partner's report right before a line, or right after it, says the same; under the dossier's lock.

    Where another one lies between the two it is a change back, and counts. A line without a time is as new as it came.
    """
    words, at = words_of(line.status, line.content), line.occurred_at
    mine = dossier.events.filter(source=client.event_source).exclude(source_reference="")
    before, after = mine.order_by("-sequence"), mine.none()
    if at is not None:
        before = mine.filter(occurred_at__lte=at).order_by("-occurred_at", "-sequence")
        after = mine.filter(occurred_at__gt=at).order_by("occurred_at", "sequence")
    beside = [rows.values_list("source_reference", flat=True).first() for rows in (before, after)]
    # a report that took several steps gave each a reference of its own
    return any(reference.partition("~")[0].endswith(words) for reference in beside if reference)


def note_state(
    client: ApiClient,
    dossier: Dossier,
    state: DossierState,
    report: Report,
    *,
    before: str,
    reason: str = "",
    data: dict[str, Any],
) -> None:
    """Append the event of a state that began at its source, after the state `before`."""
    note(
        client,
        dossier,
        EVENT_OF_STATE[state],
        at=report.at,
        from_state=before,
        to_state=state,
        reason=reason,
        data=data,
    )


def note(
    client: ApiClient, dossier: Dossier, name: str, *, at: datetime, reference: str = "", **event: Any
) -> DossierEvent:
    """Append an event as the partner's, at its source's time; the caller saves the dossier."""
    occasion = Occasion(at, client.event_source, reference, event.pop("data"))
    return passage.record(dossier, name, actor=Actor.partner(client), occasion=occasion, **event)
