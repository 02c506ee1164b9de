"""Going from one stage of the work to another (xong bước, bỏ qua, trả lại), under the lock of the dossier."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dossiers import access, lifecycle, passage, stages, step_limits
from dossiers.event_names import OF_STAGES, STAGE_ENDED, STARTED
from dossiers.models import Dossier
from dossiers.reasons import clean_reason
from dossiers.stages import Course
from portal.accounts.models import User
from portal.agencies import memberships
from portal.agencies.actors import Actor
from portal.agencies.memberships import KIND_OF_ROLE
from portal.agencies.models import MembershipRole
from portal.agencies.processes import Stage
from portal.core.errors import TransitionError

WORKED = frozenset({STARTED, "dossier.proposed", *OF_STAGES})
"""Events of who worked on a dossier: the next stage of her role comes back to her."""


def end(code: str, *, actor: Actor) -> Dossier:
    """The stage is done (xong bước): the next one's people have the dossier.

    Raises TransitionError, as the others here, where the dossier has no stages, all are done, a proposal lies before
    the leader or the stage is another role's.
    """
    return _go("end_stage", code, actor, +1)


def skip(code: str, *, actor: Actor) -> Dossier:
    """Leave out a stage that is optional (bỏ qua bước tùy chọn)."""
    return _go("skip_stage", code, actor, +1)


def return_to_earlier(code: str, *, actor: Actor, reason: str) -> Dossier:
    """Give the dossier back to the stage before, with what is to be mended (trả lại bước trước)."""
    return _go("return_stage", code, actor, -1, reason=reason)


def refusal(name: str, dossier: Dossier, course: Course | None, actor: Actor) -> Any:
    """Why a step is not there now, in words; empty where it is."""
    if course is None:
        return _("Cơ quan không chia việc xử lý hồ sơ này thành các bước.")
    if dossier.proposed_at is not None:
        return _("Hồ sơ đang chờ lãnh đạo duyệt. Lãnh đạo trả lại thì mới chuyển bước được.")
    stage = course.current
    if name == "return_stage":
        if course.before is None:
            return _("Hồ sơ đang ở bước đầu, không có bước trước để trả lại.")
    elif stage is None:
        return _("Các bước đã xong. Hãy trình lãnh đạo.")
    elif name == "end_stage" and course.is_signing:
        return _("Bước này xong khi lãnh đạo duyệt kết quả.")
    elif name == "skip_stage" and not stage.is_optional:
        return _("Bước này không tùy chọn nên không bỏ qua được.")
    if stage is not None and not stages.may_do(stage, actor):
        return _("Bước “%(stage)s” do %(who)s làm.") % {"stage": stage.name, "who": stage.who.lower()}
    return ""


def is_offered(name: str, dossier: Dossier, actor: Actor) -> bool:
    """Whether there is such a step for this official now; looked at again under the lock."""
    return not refusal(name, dossier, stages.of(dossier), actor)


def _go(name: str, code: str, actor: Actor, by: int, *, reason: str = "") -> Dossier:
    with access.locked(code, actor=actor) as dossier:
        lifecycle.check(name, state=dossier.state, actor=actor.kind, reason=reason)
        course = stages.of(dossier)
        if words := refusal(name, dossier, course, actor):
            raise TransitionError(words)
        assert course is not None  # noqa: S101 - refused above
        moved = Course(course.stages, course.position + by)
        limit = step_limits.of(dossier)
        told = {
            stages.POSITION: moved.position,
            "stage": course.current.name if course.current else "",
            "next": moved.current.name if moved.current else "",
            "role": moved.current.role if moved.current else MembershipRole.SPECIALIST,
            "limit_at": limit.due_at.isoformat() if limit and limit.stage else "",
            **_hand(dossier, moved.current),
        }
        passage.apply(dossier, name, actor=actor, reason=clean_reason(reason), data=told)
        return dossier


def _hand(dossier: Dossier, stage: Stage | None) -> dict[str, Any]:
    """Let somebody whose role the stage is have the dossier: who has it, or who did that stage, or nobody yet.

    Where nobody did that stage before, who last worked on the dossier in that role has it. After the last one it is a
    specialist's, to propose. Tells whom it was given to where that changes.
    """
    role = stage.role if stage else MembershipRole.SPECIALIST
    if not role or (dossier.assignee is not None and _holds(dossier.assignee, role, dossier)):
        return {}
    worked = dossier.events.filter(name__in=WORKED, actor_kind=KIND_OF_ROLE[MembershipRole(role)])
    found = list(worked.select_related("actor_user").order_by("-sequence"))
    same = [event for event in found if stage and event.name == STAGE_ENDED and event.data.get("stage") == stage.name]
    people = list(dict.fromkeys(event.actor_user for event in (*same, *found)))
    taker = next((person for person in people if _holds(person, role, dossier)), None)
    dossier.assignee = taker
    return {"official": str(taker) if taker else ""}


def _holds(person: User | None, role: str, dossier: Dossier) -> bool:
    return person is not None and dossier.agency is not None and memberships.holds(person, role, dossier.agency)
