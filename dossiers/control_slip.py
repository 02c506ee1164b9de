"""The control slip (phiếu kiểm soát quá trình giải quyết hồ sơ, form 06 of TT 03/2025/TT-VPCP): whose hands it was in.

Each hand-over is an event that moved it from one hand to another; nothing is kept beside the events. The result of a
hand-over compares it with what was due then: the intake, the answer of another agency, the appointment, and within the
agency the limit of the step that it ends.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore.results import rendering
from dossiers import step_limits, timeline
from dossiers.event_names import STAGE_ENDED, STAGE_RETURNED, STAGE_SKIPPED
from dossiers.models import Dossier, DossierEvent
from portal.agencies.actors import ActorKind
from portal.agencies.models import HandStep
from portal.core import qr

TITLE = "Phiếu kiểm soát quá trình giải quyết hồ sơ"
CITIZEN = "Người nộp hồ sơ"
DESK = "Bộ phận một cửa"


@dataclass(frozen=True, slots=True)
class HandOver:
    """One line of the slip."""

    giver: str
    taker: str
    at: datetime
    due_at: datetime | None
    what: str
    note: str = ""

    @property
    def result(self) -> str:
        """Before, at or after what was due, in the words of the form; empty where nothing was."""
        if self.due_at is None:
            return ""
        if self.at > self.due_at:
            return "Quá hạn"
        return "Trước hạn" if timezone.localdate(self.at) < timezone.localdate(self.due_at) else "Đúng hạn"


def hand_overs(dossier: Dossier, events: Iterable[DossierEvent]) -> list[HandOver]:
    """The hand-overs that a dossier's events tell, in their order; the last holder is who has it now."""
    lines: list[HandOver] = []
    holder, limits = CITIZEN, step_limits.Limits()
    consulted: dict[str, datetime | None] = {}
    asked = iter(dossier.consultations.order_by("asked_at", "pk").values_list("answer_due_at", flat=True))
    for event, hand, since in step_limits.followed(events):
        if event.name == "dossier.consultation_requested":
            consulted[event.data.get("agency", "")] = next(asked, None)
        step = STEPS.get(event.name)
        if step is None:
            continue
        taker = step.taker(event, dossier)
        answer_due = consulted.get(event.data.get("agency", ""))
        due = step.due(dossier, answer_due) if step.due is not None else None
        if hand is not None and hand in step.ends and since is not None:
            due = limits.due_at(dossier, hand, since) or due
        if event.data.get("limit_at"):  # of the stage that it ends
            due = datetime.fromisoformat(event.data["limit_at"])
        giver = _official(event) if step.giver_is_actor else holder
        lines.append(HandOver(giver, taker, event.occurred_at, due, step.what, event.reason))
        holder = taker
    return lines


@dataclass(frozen=True, slots=True)
class Step:
    """How one kind of event stands on the slip."""

    what: str
    taker: Callable[[DossierEvent, Dossier], str]
    due: Callable[[Dossier, datetime | None], datetime | None] | None = None
    giver_is_actor: bool = False
    ends: tuple[HandStep, ...] = ()
    """The steps within the agency that it ends, which may have a limit of their own (dossiers.step_limits)."""


def _official(event: DossierEvent) -> str:
    if event.actor_kind == ActorKind.CITIZEN or timeline.counter_words(event):
        return CITIZEN
    return event.actor_name or str(ActorKind(event.actor_kind).label)


def _actor(event: DossierEvent, dossier: Dossier) -> str:
    return _official(event)


def _agency(event: DossierEvent, dossier: Dossier) -> str:
    return dossier.agency.name if dossier.agency else ""


def _named(key: str, otherwise: str = "") -> Callable[[DossierEvent, Dossier], str]:
    return lambda event, dossier: str(event.data.get(key) or otherwise)


def _always(words: str) -> Callable[[DossierEvent, Dossier], str]:
    return lambda event, dossier: words


def _intake(dossier: Dossier, consulted: datetime | None) -> datetime | None:
    return dossier.intake_due_at


def _appointment(dossier: Dossier, consulted: datetime | None) -> datetime | None:
    return dossier.original_due_at or dossier.due_at


def _answer(dossier: Dossier, consulted: datetime | None) -> datetime | None:
    return consulted


STEPS: dict[str, Step] = {
    "dossier.submitted": Step("Nộp hồ sơ", _always(DESK)),
    "dossier.forwarded": Step("Chuyển đúng thẩm quyền", _named("to_name"), giver_is_actor=True),
    "dossier.accepted": Step("Tiếp nhận", _actor, _intake),
    "dossier.refused": Step("Từ chối tiếp nhận", _always(CITIZEN), _intake, giver_is_actor=True),
    "dossier.processing_started": Step("Chuyển xử lý", _actor, ends=(HandStep.ASSIGN,)),
    "dossier.assigned": Step(
        "Phân công thụ lý", _named("official", "Chưa phân công"), giver_is_actor=True, ends=(HandStep.ASSIGN,)
    ),
    "dossier.supplement_requested": Step("Yêu cầu bổ sung", _always(CITIZEN), giver_is_actor=True),
    "dossier.supplemented": Step("Bổ sung", _always(DESK), giver_is_actor=True),
    "dossier.consultation_requested": Step(
        "Lấy ý kiến", _named("agency_name", "Cơ quan được hỏi"), giver_is_actor=True
    ),
    "dossier.consultation_answered": Step("Trả lời ý kiến", _agency, _answer, giver_is_actor=True),
    "dossier.proposed": Step(
        "Trình duyệt", _always("Lãnh đạo cơ quan"), giver_is_actor=True, ends=(HandStep.ASSIGN, HandStep.WORK)
    ),
    "dossier.sent_back": Step("Trả lại", _always("Chuyên viên thụ lý"), giver_is_actor=True, ends=(HandStep.SIGN,)),
    STAGE_ENDED: Step("Xong bước, chuyển bước sau", _named("official", "Người làm bước sau"), giver_is_actor=True),
    STAGE_SKIPPED: Step("Bỏ qua bước tùy chọn", _named("official", "Người làm bước sau"), giver_is_actor=True),
    STAGE_RETURNED: Step("Trả lại bước trước", _named("official", "Người làm bước trước"), giver_is_actor=True),
    "dossier.decided": Step(
        "Phê duyệt, chuyển kết quả", _always(DESK), _appointment, giver_is_actor=True, ends=(HandStep.SIGN,)
    ),
    "dossier.returned": Step("Trả kết quả", _always(CITIZEN)),
    "dossier.withdrawn": Step("Trả hồ sơ do rút", _always(CITIZEN), giver_is_actor=True),
    "dossier.stopped": Step("Dừng giải quyết", _always(CITIZEN), giver_is_actor=True),
}
"""Events that move a dossier from hand to hand, and how the form words them; the paper is in Vietnamese."""


def render(dossier: Dossier) -> bytes:
    """Draw the slip as it stands now, as PDF."""
    return rendering.render_pdf("dossiers/letters/06.html", context(dossier), title=TITLE)


def context(dossier: Dossier) -> dict[str, Any]:
    """What the template uses."""
    agency, code = dossier.agency, dossier.code or ""
    events = dossier.events.order_by("sequence")
    address = f"{settings.BASE_URL}/tra-cuu/?code={code}"
    return {
        "agency_name": agency.name if agency else "",
        "parent_name": agency.parent.name if agency and agency.parent else "",
        "number": code,
        "qr_svg": qr.draw(address, label=_("Mã QR tra cứu hồ sơ %(code)s") % {"code": code}).svg,
        "dossier": dossier,
        "lines": hand_overs(dossier, events),
        "first_due_at": dossier.original_due_at,
    }
