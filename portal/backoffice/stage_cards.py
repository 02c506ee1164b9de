"""The stages of a dossier on its workbench (các bước xử lý): where it stands, and what each button will do."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dossiers import stage_steps, stages
from dossiers.lifecycle import STAGE_STEPS
from dossiers.models import Dossier
from dossiers.stages import Course
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import KIND_OF_ROLE
from portal.agencies.models import MembershipRole
from portal.agencies.processes import Stage
from portal.backoffice.step_words import Step


@dataclass(frozen=True, slots=True)
class Line:
    """One stage as the page shows it."""

    stage: Stage
    is_done: bool
    is_current: bool
    is_skipped: bool = False

    @property
    def extra(self) -> str:
        """Who does it, within what, and whether it may be left out."""
        return self.stage.words.removeprefix(self.stage.name).strip(" ()")


def lines(dossier: Dossier) -> list[Line]:
    """The stages in their order; none where the dossier has none, or is not worked on."""
    course = stages.of(dossier)
    if course is None:
        return []
    here = course.position
    if dossier.proposed_at is not None and here + 1 == course.signing < len(course.stages):
        here = course.signing  # what is proposed waits for the leader's stage, where the process ends with one
    return [
        Line(each, at < here, at == here, at < here and at in course.skipped) for at, each in enumerate(course.stages)
    ]


def actor_for(name: str, dossier: Dossier, actors: list[Actor]) -> Actor | None:
    """As whom she takes a step between stages: by the post whose stage it is, else as a leader."""
    able = [actor for actor in actors if stage_steps.is_offered(name, dossier, actor)]
    return next((actor for actor in able if actor.kind != ActorKind.LEADER), able[0] if able else None)


def worded(step: Step, dossier: Dossier, actor: Actor) -> Step:
    """A step with the stages it leads from and to by name; the way forward is ending the stage that is hers."""
    course = stages.of(dossier)
    if course is None:
        return step
    if step.name == "propose":
        if ended := course.ended_by(actor):
            words = _("Bước “%(stage)s” xong khi bạn trình.") % {"stage": ended.name}
            step = replace(step, effect=f"{step.effect} {words}")
        return replace(step, tone="secondary") if course.left_by(actor) else step
    if step.name == "approve":
        is_early = dossier.proposed_at is None and bool(course.left_by(actor))
        return replace(step, tone="secondary") if is_early else step
    if step.name not in STAGE_STEPS:
        return step
    return _between(step, course, actor)


def _between(step: Step, course: Course, actor: Actor) -> Step:
    current, before, after = course.current, course.before, course.after
    match step.name:
        case "return_stage" if before is not None:
            where = {"number": course.position, "total": len(course.stages), "stage": before.words}
            return replace(
                step,
                label=_("Trả lại bước “%(stage)s”") % {"stage": before.name},
                effect=_("Hồ sơ về bước %(number)d trên %(total)d: %(stage)s, kèm điều cần làm lại.") % where,
            )
        case "end_stage" | "skip_stage" if current is not None:
            label = _("Xong bước “%(stage)s”") if step.name == "end_stage" else _("Bỏ qua bước “%(stage)s”")
            effect = _("Đây là bước cuối; sau đó chuyên viên trình lãnh đạo.")
            if after is not None:
                where = {"number": course.position + 2, "total": len(course.stages), "stage": after.words}
                effect = _("Hồ sơ sang bước %(number)d trên %(total)d: %(stage)s. Người làm bước đó được báo.") % where
            is_hers = not current.role or KIND_OF_ROLE[MembershipRole(current.role)] == actor.kind
            # before the leader's signature the way is the proposal that she signs
            is_way = step.name == "end_stage" and is_hers and course.position + 1 < course.signing
            return replace(
                step, label=label % {"stage": current.name}, effect=effect, tone="main" if is_way else "secondary"
            )
    return step
