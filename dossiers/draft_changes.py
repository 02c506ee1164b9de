"""What was put right on a draft since it was declared (chỗ đã sửa), and whether the applicant has seen it so."""

from dataclasses import dataclass

from django.utils import timezone

from dossiers import at_hand, draft_checks, paper_statements
from dossiers.models import Dossier, DraftState

SENT, CORRECTED = "dossier.draft_sent", "dossier.draft_corrected"
AGREED = frozenset({"dossier.draft_confirmed", "dossier.draft_lapsed"})


@dataclass(frozen=True, slots=True)
class Change:
    """One value of the paper that says something else than was declared."""

    key: str
    heading: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A draft that has to be sent again: whether it was put right since it was sent, and what she had said to it."""

    is_disputed: bool
    is_corrected: bool
    was_agreed: bool


def of(dossier: Dossier) -> list[Change]:
    """Every value that was put right, in the order of the form, with what was declared."""
    right = draft_checks.corrections_of(dossier)
    if not right:
        return []
    on = timezone.localdate()
    declared = {row.key: row.text for row in paper_statements.of(dossier, {}, on=on)}
    rows = [row for row in paper_statements.of(dossier, right, on=on) if row.key in right]
    return [
        Change(row.key, row.heading, row.label, declared[row.key], row.text)
        for row in rows
        if row.text != declared[row.key]
    ]


def to_be_sent_again(dossier: Dossier) -> Standing | None:
    """How the draft stands that nobody may sign before it is sent again; None where there is none."""
    last = draft_checks.latest(dossier) if draft_checks.is_offered(dossier) else None
    if last is None or not (
        last.state == DraftState.DISPUTED or (last.state == DraftState.OVERTAKEN and draft_checks.is_needed(dossier))
    ):
        return None
    told, events = {SENT, CORRECTED, *AGREED}, at_hand.of(dossier, at_hand.EVENTS)
    if events is None:
        names = list(dossier.events.filter(name__in=told).order_by("sequence").values_list("name", flat=True))
    else:
        names = [event.name for event in events if event.name in told]
    since = names[len(names) - names[::-1].index(SENT) :] if SENT in names else names
    return Standing(last.state == DraftState.DISPUTED, CORRECTED in since, not AGREED.isdisjoint(since))
