"""What happened and what comes next, in words for the citizen (diễn biến hồ sơ)."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dossiers import (
    answer_corrections,
    appointment,
    asked_words,
    delegated,
    echoes,
    outside_words,
    paper_results,
    taken_back,
    told_words,
)
from dossiers.event_names import (
    BY_PORTAL,
    CHANGES,
    DRAFT_ANSWERED,
    DRAFT_SENT,
    OF_STAGES,
    PROGRESS_REPORTED,
    RECORD_UPDATED,
    STAGE_ENDED,
    STAGE_RETURNED,
    STAGE_SKIPPED,
    SUPPLEMENT_LAPSED,
    SUPPLEMENTED,
)
from dossiers.lifecycle import BEFORE_DECISION, DossierState
from dossiers.models import Dossier, DossierEvent
from portal.agencies import post_titles
from portal.agencies.actors import ActorKind
from portal.core.moments import vn_datetime

S = DossierState
TITLES = {
    "dossier.submitted": lambda: _("Đã nộp hồ sơ"),
    "dossier.accepted": lambda: _("Được tiếp nhận"),
    "dossier.refused": lambda: _("Không được tiếp nhận"),
    "dossier.processing_started": lambda: _("Bắt đầu xử lý"),
    "dossier.supplement_requested": lambda: _("Yêu cầu bổ sung giấy tờ"),
    SUPPLEMENTED: lambda: _("Đã bổ sung"),
    SUPPLEMENT_LAPSED: lambda: _("Giải quyết theo giấy tờ đã có"),
    "dossier.payment_required": lambda: _("Yêu cầu nộp phí, lệ phí"),
    "dossier.paid": lambda: _("Đã nộp tiền"),
    "dossier.payment_recorded": lambda: _("Ghi nhận khoản nộp"),
    "dossier.refunded": lambda: _("Đã hoàn tiền"),
    "dossier.withdrawal_requested": lambda: _("Yêu cầu rút hồ sơ"),
    "dossier.withdrawn": lambda: _("Đã rút hồ sơ"),
    "dossier.withdrawal_refused": lambda: _("Không chấp nhận rút hồ sơ"),
    "dossier.stopped": lambda: _("Dừng xử lý"),
    "dossier.proposed": lambda: _("Trình lãnh đạo duyệt"),
    "dossier.sent_back": lambda: _("Trả lại chuyên viên"),
    STAGE_ENDED: lambda: _("Xong một bước xử lý"),
    STAGE_SKIPPED: lambda: _("Bỏ qua một bước tùy chọn"),
    STAGE_RETURNED: lambda: _("Trả lại bước trước"),
    DRAFT_SENT: lambda: _("Gửi bản dự thảo để xác nhận"),
    "dossier.draft_confirmed": lambda: _("Đã xác nhận bản dự thảo"),
    "dossier.draft_disputed": lambda: _("Báo bản dự thảo có chỗ sai"),
    "dossier.draft_lapsed": lambda: _("Hết hạn trả lời, coi như đã xác nhận bản dự thảo"),
    "dossier.draft_corrected": lambda: _("Sửa bản dự thảo"),
    "dossier.personal_id_assigned": lambda: _("Cơ sở dữ liệu dân cư đã cấp số định danh"),
    "dossier.consultation_requested": lambda: _("Lấy ý kiến cơ quan khác"),
    "dossier.consultation_answered": lambda: _("Cơ quan khác đã cho ý kiến"),
    "dossier.consultation_cancelled": lambda: _("Thôi lấy ý kiến cơ quan khác"),
    "dossier.extended": lambda: _("Xin lỗi và hẹn lại ngày trả"),
    "dossier.forwarded": lambda: _("Chuyển đến cơ quan có thẩm quyền"),
    "dossier.rebased": lambda: _("Áp dụng bản công bố mới của thủ tục"),
    "dossier.reverted": lambda: _("Đã thu hồi bước vừa làm"),
    "dossier.reopened": lambda: _("Mở lại hồ sơ"),
    "dossier.decided": lambda: _("Đã duyệt kết quả"),
    paper_results.READY: lambda: _("Bản giấy kết quả đã sẵn sàng"),
    "dossier.returned": lambda: _("Đã trả kết quả"),
    "dossier.result_replaced": lambda: _("Cấp bản thay thế kết quả"),
    "dossier.result_revoked": lambda: _("Đã thu hồi kết quả"),
    "dossier.assigned": lambda: _("Phân công người thụ lý"),
    "dossier.status_reported": lambda: _("Cơ quan cập nhật tiến độ"),
    PROGRESS_REPORTED: lambda: _("Cơ quan báo tiến độ"),
    RECORD_UPDATED: lambda: _("Cơ quan cập nhật hồ sơ"),
}
ICONS = {"dossier.paid": "banknote", "dossier.returned": "file-check", "dossier.supplement_requested": "file-plus"}
GOOD = frozenset(
    {
        "dossier.accepted",
        "dossier.draft_confirmed",
        "dossier.paid",
        "dossier.decided",
        paper_results.READY,
        "dossier.returned",
    }
)
YOURS = {
    "dossier.supplement_requested": frozenset({S.AWAITING_SUPPLEMENT}),
    "dossier.payment_required": frozenset({S.AWAITING_PAYMENT}),
    DRAFT_SENT: BEFORE_DECISION,
}
"""What asks something of the applicant, and the states in which it still does; settled, it is a step as any other."""
ENDED = frozenset({"dossier.refused", "dossier.withdrawn", "dossier.stopped", "dossier.result_revoked"})

BETWEEN_AGENCIES = frozenset(
    {"dossier.consultation_requested", "dossier.consultation_answered", "dossier.consultation_cancelled"}
)
AMONG_OFFICIALS = BETWEEN_AGENCIES | OF_STAGES | {"dossier.proposed", "dossier.sent_back"}
"""What officials write to each other before a decision, in one agency or between two, is nobody else's to read.

Of a question to another agency the applicant learns which one it is and by when it is to answer (docs/assumptions.md).
"""


def items(dossier: Dossier, *, with_names: bool = True) -> list[dict[str, Any]]:
    """Rows for templates/components/timeline.html, oldest first, then what comes next.

    Current is the last one that is no late news: what was told after the step it came before moved nothing.
    """
    events = list(dossier.events.filter(is_public=True).order_by("sequence"))
    waiting = still_asked(events, dossier)
    names = answer_corrections.names_of(dossier)
    told = list(echoes.merged(events, lambda event: _text(event, names, waiting)))
    asked = {event.pk: asked_lines(event, dossier, waiting) for event in events} if with_names else {}
    rows = [
        _item(event, with_names, waiting, "\n".join(filter(None, [words, *asked.get(event.pk, ())])))
        for event, words in told
    ]
    if rows and dossier.state not in {S.RETURNED, S.REFUSED, S.STOPPED}:
        in_order = [row for row, (event, _words) in zip(rows, told, strict=True) if not event.data.get("late")]
        (in_order or rows)[-1]["current"] = True
    if (
        dossier.due_at
        and not appointment.is_paused(dossier)
        and dossier.state in {S.ACCEPTED, S.PROCESSING, S.CONSULTING}
    ):
        rows.append({"title": _("Hẹn trả kết quả"), "at": dossier.due_at, "future": True, "tone": "neutral"})
    return rows


def _item(event: DossierEvent, with_names: bool, waiting: Set[int], words: str) -> dict[str, Any]:
    return {
        "title": _title(event),
        "at": event.occurred_at,
        "actor": _actor(event) if with_names else "",
        "text": told_words.step(words) if with_names else "",
        "tone": tone(event, waiting),
        "icon": ICONS.get(event.name, ""),
    }


def _title(event: DossierEvent) -> str:
    """What happened; of a report by the agency's system the state it names, as its words are for who may read them."""
    state = echoes.state_told(event)
    if state is not None:
        return _("Cơ quan báo: %(state)s") % {"state": state.label}
    if asked := _asked_in_words(event):
        return asked
    title = TITLES.get(event.name)
    return title() if title else _("Cập nhật hồ sơ")


def _asked_in_words(event: DossierEvent) -> str:
    """Of a request for more than papers what it asks for, as the tag of the dossier says it; empty for any other."""
    items = event.data.get("components") or [] if event.name == "dossier.supplement_requested" else []
    marked = [bool(item.get(answer_corrections.FIELD)) for item in items]
    if not any(marked):
        return ""
    return _("Yêu cầu sửa nội dung khai") if all(marked) else _("Yêu cầu bổ sung và sửa")


def _text(event: DossierEvent, names: Mapping[str, str], waiting: Set[int]) -> str:
    if event.name in AMONG_OFFICIALS:
        return _asked_agency(event)
    if event.name == SUPPLEMENTED:
        answer = str(event.data.get("answer") or "")
        said = [_("Lời nhắn: %(words)s") % {"words": answer}] if answer else []
        return "\n".join([*said, *answer_corrections.words_of(event.data.get(CHANGES) or [], names)])
    words = paper_results.handed_words(event) or taken_back.with_reason(event)
    if event.pk in waiting and event.data.get("components"):
        words = told_words.without_below(words)
    ground = event.data.get("legal_basis") if event.name == "dossier.supplement_requested" else ""
    again = _("Căn cứ yêu cầu lần nữa: %(basis)s") % {"basis": ground} if ground else ""
    return "\n".join(filter(None, [words, again, delegated.words(event)]))


def _asked_agency(event: DossierEvent) -> str:
    """Which other agency was asked, and by when it is to answer; empty for what stays in one agency."""
    if event.name not in BETWEEN_AGENCIES:
        return ""
    agency, due = str(event.data.get("agency_name") or ""), event.data.get("answer_due_at")
    if not agency or not due:
        return agency
    told = {"agency": agency, "moment": vn_datetime(datetime.fromisoformat(str(due)))}
    return _("%(agency)s, đề nghị trả lời trước %(moment)s.") % told


def asked_lines(event: DossierEvent, dossier: Dossier, waiting: Set[int]) -> list[str]:
    """Each thing that a request asked for, as a line; while it waits these stand above, on the workbench, too."""
    items = [] if event.pk in waiting else outside_words.asked_items(event)
    return [f"– {each}" for each in asked_words.with_words(items, dossier)] if items else []


def still_asked(events: Iterable[DossierEvent], dossier: Dossier) -> set[int]:
    """Primary keys of the events, given oldest first, that still wait for the applicant."""
    last = {DRAFT_SENT if event.name in DRAFT_ANSWERED else event.name: event for event in events}
    return {event.pk for event in last.values() if dossier.state in YOURS.get(event.name, ())}


def tone(event: DossierEvent, waiting: Set[int]) -> str:
    """The colour of an event's dot; `waiting` is of still_asked."""
    if event.name in GOOD:
        return "jade"
    if event.pk in waiting:
        return "gold"
    return "crimson" if event.name in ENDED else "neutral"


ON_PAPER = frozenset({"dossier.draft_confirmed", "dossier.draft_disputed"})


def counter_words(event: DossierEvent) -> str:
    """Who wrote down at a counter what the citizen brought there; empty for what she sent herself."""
    if event.name in ON_PAPER and event.actor_kind != ActorKind.CITIZEN:
        return _("Trả lời trên giấy tại quầy, người ghi: %(name)s") % {"name": event.actor_name}
    if event.name != SUPPLEMENTED or event.actor_kind != ActorKind.DESK:
        return ""
    return _("Nộp tại quầy, người nhập: %(name)s") % {"name": event.actor_name}


def _actor(event: DossierEvent) -> str:
    if at_counter := counter_words(event):
        return at_counter
    if event.data.get(BY_PORTAL):
        return _("Cổng Dịch vụ công, theo hồ sơ liên thông đã khai")
    if event.actor_kind == ActorKind.CITIZEN:
        return _("Bạn")
    if event.actor_kind == ActorKind.PAYMENT:
        return (
            _("Tiền mặt, người thu: %(name)s") % {"name": event.actor_name}
            if event.actor_user_id
            else _("Cổng thanh toán")
        )
    if event.actor_kind == ActorKind.SYSTEM:
        return _("Cổng Dịch vụ công")
    if event.actor_kind == ActorKind.HELPER:
        return _("Người giúp bạn: %(name)s") % {"name": event.actor_name}
    return post_titles.official(event.actor_name)
