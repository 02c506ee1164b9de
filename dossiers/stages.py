"""The stages of the work on a dossier (các bước xử lý): which ones it goes by, where it stands, who may do what.

The internal process of its agency divides the work (portal.agencies.processes). The stages that hold when the work
begins stay the dossier's own: the event that begins it carries them, each step from one to another is an event, and
where it stands is a fold over these. The state stays `processing`; without a process nothing of this is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dossiers import at_hand
from dossiers.event_names import OF_STAGES, STAGE_SKIPPED, STARTED
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent, DossierStage
from portal.agencies import processes
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.memberships import KIND_OF_ROLE
from portal.agencies.models import Agency, MembershipRole, StageRole
from portal.agencies.processes import Stage
from portal.core.errors import InvalidInputError
from portal.core.text import clean_block
from procedures.models import Procedure

S = DossierState
STAGES, PROCESS, POSITION = "stages", "process", "position"
"""Told by events: the stages and the row they came from, where the work begins; the new place, where it moves."""
FIELD, LEFT, ENDED = "stages_reason", "stages_left", "stage_ended"
"""Told with a proposal or decision before the last stage: which were left, and why; which one ended with it."""


@dataclass(frozen=True, slots=True)
class Course:
    """The stages of one dossier, and the place of the one it is in, counted from 0."""

    stages: tuple[Stage, ...]
    position: int = 0
    skipped: frozenset[int] = frozenset()
    """Places of stages that were left out; known where the events were read."""

    @property
    def current(self) -> Stage | None:
        """The stage it is in; None where all are done."""
        return self.stages[self.position] if self.position < len(self.stages) else None

    @property
    def before(self) -> Stage | None:
        """The one it would be returned to."""
        return self.stages[self.position - 1] if self.position else None

    @property
    def after(self) -> Stage | None:
        """The one that follows."""
        return self.stages[self.position + 1] if self.position + 1 < len(self.stages) else None

    @property
    def signing(self) -> int:
        """Place of the leader's stage at the end, which her decision does; behind them all where there is none."""
        last = len(self.stages) - 1
        return last if self.stages and self.stages[last].role == StageRole.LEADER else last + 1

    @property
    def is_signing(self) -> bool:
        """Whether all that is left is the leader's stage at the end."""
        return self.position == self.signing < len(self.stages)

    @property
    def still_to_come(self) -> list[Stage]:
        """Those after the current one that nobody may leave out, but the signature: a proposal asks for that."""
        return [stage for stage in self.stages[self.position + 1 : self.signing] if not stage.is_optional]

    def left_by(self, actor: Actor) -> list[Stage]:
        """What a proposal of this official would leave undone; the stage that is hers ends with it."""
        current = None if self.is_signing else self.current
        not_hers = [current] if current and not current.is_optional and not may_do(current, actor) else []
        return [*not_hers, *self.still_to_come]

    def ended_by(self, actor: Actor) -> Stage | None:
        """The stage that ends with a proposal of this official: the one it is in, where that is hers to do."""
        current = None if self.is_signing else self.current
        return current if current and may_do(current, actor) else None


def may_do(stage: Stage, actor: Actor) -> bool:
    """Whether it is her role's; a leader answers for all of the agency's work."""
    if not stage.role or actor.kind == ActorKind.LEADER:
        return actor.kind in KIND_OF_ROLE.values()
    return KIND_OF_ROLE[MembershipRole(stage.role)] == actor.kind


def folded(events: Iterable[DossierEvent]) -> Course | None:
    """Where the events of a dossier, oldest first, say that it stands; None without stages."""
    found: Course | None = None
    for event in events:
        if STAGES in event.data:
            found = Course(processes.read(event.data[STAGES]))
        elif event.name == STARTED:
            found = None
        elif event.name in OF_STAGES and found is not None:
            here, there = found.position, int(event.data[POSITION])
            left_out = found.skipped | {here} if event.name == STAGE_SKIPPED else found.skipped - {here}
            found = replace(found, position=there, skipped=frozenset(left_out) - {there})
    return found


def of(dossier: Dossier) -> Course | None:
    """Where a dossier in the work stands; None without stages, and while it is not worked on here."""
    if dossier.state not in {S.PROCESSING, S.CONSULTING} or not dossier.is_decided_here:
        return None
    events: list[DossierEvent] | None = at_hand.of(dossier, at_hand.EVENTS)
    if events is not None:
        return folded(events)
    row = DossierStage.objects.filter(dossier=dossier).first()
    return Course(processes.read(row.stages), row.position) if row else None


def begun(dossier: Dossier, name: str, before: DossierState, after: DossierState, at: datetime) -> dict[str, Any]:
    """What the event that brings a dossier into the work tells of its stages; they stay its own from then on.

    A dossier that was worked on before keeps what it has, or that it has none, unless its work is begun anew.
    """
    if after != S.PROCESSING or before == S.PROCESSING or not dossier.is_decided_here or not processes.are_any():
        return {}
    if name != "start_processing" and dossier.events.filter(to_state=S.PROCESSING).exists():
        return {}
    agency = dossier.agency
    if agency is None:
        return {}
    code = dossier.procedure_code
    process = processes.in_force(agency, code, lambda: _field_of(code), timezone.localdate(at))
    return {STAGES: process.stages, PROCESS: process.pk} if process else {}


def _field_of(procedure_code: str) -> str:
    found = Procedure.objects.filter(code=procedure_code).values_list("field__code", flat=True).first()
    return found or ""


def keep(dossier: Dossier, event: DossierEvent) -> None:
    """Let the row beside the events say what they say, after an event of a locked dossier."""
    if STAGES in event.data:
        course = Course(processes.read(event.data[STAGES]))
        fixed = {"stages": event.data[STAGES], "process_id": event.data[PROCESS]}
        DossierStage.objects.update_or_create(
            dossier=dossier, defaults={**fixed, **_place(course, dossier.agency, event.occurred_at)}
        )
    elif event.name in OF_STAGES:
        row = DossierStage.objects.get(dossier=dossier)
        course = Course(processes.read(row.stages), int(event.data[POSITION]))
        DossierStage.objects.filter(dossier=dossier).update(**_place(course, dossier.agency, event.occurred_at))
    elif event.name == STARTED and dossier.is_decided_here and processes.are_any():
        DossierStage.objects.filter(dossier=dossier).delete()


def _place(course: Course, agency: Agency | None, at: datetime) -> dict[str, Any]:
    stage = course.current
    return {
        "position": course.position,
        "name": stage.name if stage else "",
        "role": stage.role if stage else "",
        "entered_at": at,
        "due_at": ends_at(stage, agency, at) if stage else None,
    }


def ends_at(stage: Stage, agency: Agency | None, since: datetime) -> datetime | None:
    """When a stage ends that began at this moment, by its own limit; None without one."""
    limit = stage.limit
    return work_calendar(agency).due_at(since, limit) if limit is not None and agency is not None else None


def passed_over(dossier: Dossier, actor: Actor, reason: str, *, is_required: bool) -> dict[str, Any]:
    """What a proposal or a decision tells of stages that were not done; a proposal also of the one that ends with it.

    Raises InvalidInputError naming FIELD where a reason is required, as for a proposal, and missing.
    """
    course = of(dossier)
    if course is None:
        return {}
    ended = course.ended_by(actor) if is_required else None
    told: dict[str, Any] = {ENDED: ended.name} if ended else {}
    left = course.left_by(actor)
    if not left:
        return told
    cleaned = clean_block(reason)[:4000]
    if is_required and not cleaned:
        raise InvalidInputError(
            fields={FIELD: [_("Chưa xong các bước: %(names)s. Hãy nêu lý do.") % {"names": names(left)}]}
        )
    return told | {LEFT: [stage.name for stage in left], FIELD: cleaned}


def names(stages: Iterable[Stage]) -> str:
    """Their names in one line."""
    return ", ".join(stage.name for stage in stages)


def to_applicant(dossier: Dossier) -> str:
    """Where the work stands, in a sentence for the applicant; who does it is the agency's own. Empty without stages."""
    course = of(dossier) if processes.are_any() else None
    if course is None:
        return ""
    if dossier.proposed_at is not None or course.current is None:
        return _now("Đang chờ lãnh đạo quyết định.")
    place = {"number": course.position + 1, "total": len(course.stages), "stage": course.current.name}
    return _now("Đang ở bước %(number)d trên %(total)d: %(stage)s.") % place
