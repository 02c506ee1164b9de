"""What the page of one dossier looks at many times, read once (đọc một lần): events, questions, drafts.

Only for pages that change nothing: a step works on a dossier read under its lock, where nothing is at hand and every
question goes to the database.
"""

from typing import Any

from dossiers.event_names import DRAFT_SENT
from dossiers.models import Consultation, Dossier, DossierEvent, DraftCheck, ResultDraft

EVENTS, CONSULTATIONS, DRAFTS, RESULT_DRAFTS = "events", "consultations", "draft_checks", "result_drafts"
_KEY = "_at_hand"
WRITES_A_DRAFT = frozenset({"dossier.proposed", "dossier.draft_corrected", "dossier.decided"})
"""Events without which nothing was written for the coming paper (dossiers.draft_checks, dossiers.paper_gaps)."""


def read(dossier: Dossier) -> None:
    """Read all of it, in two queries and one more for each kind of draft that its events tell of."""
    events: list[DossierEvent] = list(dossier.events.select_related("actor_agency").order_by("sequence"))
    names = {event.name for event in events}
    questions: list[Consultation] = list(dossier.consultations.select_related("agency"))
    drafts: list[DraftCheck] = list(dossier.draft_checks.order_by("round")) if DRAFT_SENT in names else []
    written = list(ResultDraft.objects.filter(dossier=dossier)) if names & WRITES_A_DRAFT else []
    dossier.__dict__[_KEY] = {EVENTS: events, CONSULTATIONS: questions, DRAFTS: drafts, RESULT_DRAFTS: written}


def of(dossier: Dossier, what: str) -> list[Any] | None:
    """The rows of one kind in their order; None where they were not read ahead."""
    found: list[Any] | None = dossier.__dict__.get(_KEY, {}).get(what)
    return found


def has_event(dossier: Dossier, *names: str) -> bool:
    """Whether one of these events happened."""
    events = of(dossier, EVENTS)
    if events is None:
        return dossier.events.filter(name__in=names).exists()
    return any(event.name in names for event in events)
