"""Which event of a dossier an official acts on now, and which she reads: a proposal, why it came back, a withdrawal."""

from dossiers.event_names import ENDS_PROPOSAL, OF_STAGES, STAGE_RETURNED
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent
from dossiers.timeline import AMONG_OFFICIALS, BETWEEN_AGENCIES
from portal.backoffice import passages

WITHIN_AGENCY = (AMONG_OFFICIALS - BETWEEN_AGENCIES) | {passages.ASSIGNED, passages.REVEALED}
"""What officials of one agency write to each other: no other agency's to read, though it is asked for its opinion."""


def told_to_asked(events: list[DossierEvent]) -> list[DossierEvent]:
    """Of a dossier's events those that an agency reads which is only asked about it."""
    return [event for event in events if event.name not in WITHIN_AGENCY]


def withdrawal(dossier: Dossier, events: list[DossierEvent]) -> DossierEvent | None:
    """The applicant's request to take the dossier back, while the agency has not answered it."""
    if dossier.state != DossierState.WITHDRAWAL_REQUESTED:
        return None
    return next((event for event in reversed(events) if event.name == "dossier.withdrawal_requested"), None)


def proposal(events: list[DossierEvent]) -> DossierEvent | None:
    """The proposal that lies before the leader, if nothing sent the dossier back since."""
    for event in reversed(events):
        if event.name == "dossier.proposed":
            return event
        if event.name in ENDS_PROPOSAL or (event.to_state and event.from_state != event.to_state):
            return None
    return None


def given_back(events: list[DossierEvent]) -> DossierEvent | None:
    """Why the dossier came back to who works on it, while nobody has gone on with it since."""
    for event in reversed(events):
        if event.name in {"dossier.sent_back", STAGE_RETURNED}:
            return event
        is_step = event.name in OF_STAGES or event.name == "dossier.proposed"
        if is_step or (event.to_state and event.from_state != event.to_state):
            return None
    return None
