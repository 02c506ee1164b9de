"""What happened, whose turn it is and what comes next, in words for the citizen (diễn biến hồ sơ)."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from datastore.models import DocumentStatus
from datastore.results.service import HOW_TO_COMPLAIN
from dossiers import answer_corrections, appointment, echoes, naming, paper_results, told_words
from dossiers.event_names import CHANGES, DRAFT_ANSWERED, DRAFT_SENT, PROGRESS_REPORTED, RECORD_UPDATED, SUPPLEMENTED
from dossiers.lifecycle import BEFORE_DECISION, DossierState
from dossiers.models import Dossier, DossierEvent, SupplementRequest
from dossiers.models.requests import Wanted
from portal.agencies.actors import ActorKind
from portal.core.moments import vn_datetime, vn_weekday

S = DossierState
ENDED_STATES = frozenset({S.REFUSED, S.STOPPED})


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, in one sentence (yours, theirs, done, stopped)."""

    whose: str
    sentence: str
    text: str = ""


def whose_turn(
    dossier: Dossier,
    now: datetime | None = None,
    *,
    with_reason: bool = False,
    has_draft: bool = False,
    asked: SupplementRequest | None = None,
) -> Turn:
    """The sentence at the top of the dossier's page; reasons and places cost queries and are asked for.

    `has_draft` says that the draft of the result waits for the applicant (dossiers.draft_checks); `asked` is the open
    request to supplement, where it was read: without it the sentence is one that fits all.
    """
    now = now or timezone.now()
    agency = naming.agency_title(dossier) or _("cơ quan giải quyết")
    names = {"agency": agency, "due": vn_weekday(dossier.due_at) if dossier.due_at else ""}
    reason = _last_reason(dossier) if with_reason and dossier.state in ENDED_STATES else ""
    match S(dossier.state):
        case S.DRAFT:
            return Turn("yours", _("Bạn chưa nộp hồ sơ này."))
        case S.SUBMITTED:
            return _awaits_intake(dossier, names, now)
        case S.ACCEPTED | S.PROCESSING if has_draft:
            return Turn(
                "yours",
                _("Đến lượt bạn: kiểm tra bản dự thảo kết quả."),
                _("Trả lời trước hạn ghi bên dưới. Không trả lời thì coi như bạn đã xác nhận."),
            )
        case S.ACCEPTED | S.PROCESSING if appointment.is_paused(dossier):
            return Turn("theirs", _("Đang chờ %(agency)s giải quyết.") % names, _moves(dossier))
        case S.ACCEPTED | S.PROCESSING:
            if dossier.due_at and dossier.due_at < now:
                return Turn(
                    "theirs",
                    _("%(agency)s trả kết quả chậm.") % names,
                    _("Hẹn trả %(due)s, nay đã quá hẹn. Cơ quan phải xin lỗi và hẹn lại bằng văn bản.") % names,
                )
            sentence = (
                _("Đang chờ %(agency)s, hẹn trả %(due)s.") if dossier.due_at else _("Đang chờ %(agency)s giải quyết.")
            )
            return Turn("theirs", sentence % names)
        case S.CONSULTING:
            return Turn(
                "theirs",
                _("%(agency)s đang lấy ý kiến cơ quan khác.") % names,
                _moves(dossier) or (_("Bạn không phải làm gì. Hẹn trả %(due)s.") % names if dossier.due_at else ""),
            )
        case S.AWAITING_SUPPLEMENT if dossier.is_reported:
            return Turn(
                "yours",
                _("Đến lượt bạn: bổ sung giấy tờ."),
                _("Hồ sơ này nộp ở hệ thống của %(agency)s. Hãy bổ sung ở nơi đã nộp.") % names,
            )
        case S.AWAITING_PAYMENT if dossier.is_reported:
            return Turn(
                "yours",
                _("Đến lượt bạn: nộp phí, lệ phí."),
                _("Hồ sơ này nộp ở hệ thống của %(agency)s. Hãy nộp tiền ở nơi đã nộp hồ sơ.") % names,
            )
        case S.AWAITING_SUPPLEMENT:
            return Turn("yours", _asks_for(asked), _("Thời hạn giải quyết tạm dừng cho đến khi bạn gửi."))
        case S.AWAITING_PAYMENT:
            return Turn(
                "yours", _("Đến lượt bạn: nộp phí, lệ phí."), _("Hồ sơ được xử lý tiếp ngay sau khi bạn thanh toán.")
            )
        case S.WITHDRAWAL_REQUESTED:
            return Turn("theirs", _("Đang chờ %(agency)s xác nhận việc rút hồ sơ.") % names)
        case S.DECIDED | S.RETURNED:
            return _with_result(dossier, names, in_full=with_reason)
        case S.REFUSED:
            return Turn("stopped", _("%(agency)s không tiếp nhận hồ sơ.") % names, reason)
        case _:
            return Turn("stopped", _("Hồ sơ đã dừng xử lý."), reason)


def _awaits_intake(dossier: Dossier, names: Mapping[str, str], now: datetime) -> Turn:
    moment = {"moment": vn_datetime(dossier.intake_due_at) if dossier.intake_due_at else ""}
    if dossier.intake_due_at and dossier.intake_due_at < now:
        return Turn(
            "theirs",
            _("%(agency)s tiếp nhận chậm hơn quy định.") % names,
            _("Cơ quan phải trả lời trước %(moment)s. Hồ sơ của bạn không mất, bạn không cần nộp lại.") % moment,
        )
    return Turn(
        "theirs",
        _("Đang chờ %(agency)s tiếp nhận.") % names,
        _("Cơ quan trả lời chậm nhất %(moment)s.") % moment if dossier.intake_due_at else "",
    )


def _with_result(dossier: Dossier, names: Mapping[str, str], *, in_full: bool) -> Turn:
    if dossier.result_document is None:
        if dossier.state == S.DECIDED:
            return Turn("theirs", _("Đã có kết quả, đang ký số và đưa vào kho dữ liệu của bạn."))
        paper = paper_results.by_the_agency(dossier) if in_full else ""
        return Turn("done", _("Xong. %(agency)s đã trả kết quả.") % names, paper)
    if dossier.result_document.status == DocumentStatus.REVOKED:
        told = _revocation(dossier) if in_full else ""
        return Turn("stopped", _("Kết quả đã bị thu hồi, không còn giá trị."), told)
    if paper_results.awaits(dossier):
        return _paper_waits(dossier, in_full=in_full)
    if paper_results.wanted(dossier) is not None and not dossier.is_decided_here:
        sentence = _("Đã có kết quả trong kho dữ liệu của bạn. Bản giấy do %(agency)s trả.") % names
        return Turn("done", sentence, paper_results.by_the_agency(dossier) if in_full else "")
    return Turn("done", _("Xong. Kết quả nằm trong kho dữ liệu của bạn."))


def _asks_for(asked: SupplementRequest | None) -> str:
    match asked.wanted if asked is not None else None:
        case Wanted.WORDS:
            return _("Đến lượt bạn: trả lời cơ quan.")
        case Wanted.FIELDS:
            return _("Đến lượt bạn: sửa nội dung khai.")
        case Wanted.PAPERS:
            return _("Đến lượt bạn: bổ sung giấy tờ.")
    return _("Đến lượt bạn: bổ sung hồ sơ.")


def _moves(dossier: Dossier) -> str:
    """Why the day is not firm; empty where it is, or where none was promised."""
    day = appointment.of(dossier)
    return day.moves if day else ""


def _paper_waits(dossier: Dossier, *, in_full: bool) -> Turn:
    """The electronic result is there; the paper is to be collected, or on its way."""
    in_store = _("Bản điện tử nằm trong kho dữ liệu của bạn, dùng được ngay.")
    paper = paper_results.ordered(dossier)
    if paper is not None and paper.way == paper_results.Way.POST:
        return Turn("theirs", _("Đã có kết quả. Bản giấy sắp gửi qua bưu chính công ích."), in_store)
    if not in_full:
        return Turn("yours", _("Đã có kết quả. Bản giấy chờ bạn tại bộ phận một cửa."))
    place = paper_results.place_of(dossier)
    sentence = _("Đã có kết quả. Bản giấy chờ bạn tại %(place)s.") % {"place": place.words}
    if thing := paper_results.thing_of(dossier):
        sentence = _("Đã có kết quả. %(thing)s chờ bạn tại %(place)s.") % {"thing": thing, "place": place.words}
    return Turn("yours", sentence, f"{paper_results.what_to_bring(place)} {in_store}")


def _revocation(dossier: Dossier) -> str:
    """Who revoked the result, when, why and on what legal ground."""
    document = dossier.result_document
    assert document is not None  # noqa: S101 - asked by whose_turn
    facts = {
        "agency": naming.as_read(document.status_agency_name or document.issuer_name, dossier),
        "moment": vn_datetime(document.status_changed_at),
        "reason": document.status_reason,
        "basis": document.status_legal_basis,
    }
    words = _("%(agency)s thu hồi lúc %(moment)s. Lý do: %(reason)s") % facts
    if document.status_legal_basis:
        words += "\n" + _("Căn cứ: %(basis)s.") % facts
    return words + "\n" + str(HOW_TO_COMPLAIN)


def _last_reason(dossier: Dossier) -> str:
    event = dossier.events.filter(is_public=True).exclude(reason="").order_by("-sequence").first()
    return event.reason if event else ""


TITLES = {
    "dossier.submitted": lambda: _("Đã nộp hồ sơ"),
    "dossier.accepted": lambda: _("Được tiếp nhận"),
    "dossier.refused": lambda: _("Không được tiếp nhận"),
    "dossier.processing_started": lambda: _("Bắt đầu xử lý"),
    "dossier.supplement_requested": lambda: _("Yêu cầu bổ sung giấy tờ"),
    SUPPLEMENTED: lambda: _("Đã bổ sung"),
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
    "dossier.reverted": lambda: _("Thu hồi bước vừa làm"),
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

AMONG_OFFICIALS = frozenset({"dossier.proposed", "dossier.sent_back"})
"""What specialist and leader write to each other before a decision is nobody else's to read."""


def items(dossier: Dossier, *, with_names: bool = True) -> list[dict[str, Any]]:
    """Rows for templates/components/timeline.html, oldest first, then what comes next.

    Current is the last one that is no late news: what was told after the step it came before moved nothing.
    """
    events = list(dossier.events.filter(is_public=True).order_by("sequence"))
    waiting = still_asked(events, dossier)
    names = answer_corrections.names_of(dossier)
    told = list(echoes.merged(events, lambda event: _text(event, names)))
    rows = [_item(event, with_names, waiting, words) for event, words in told]
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
    title = TITLES.get(event.name)
    return title() if title else _("Cập nhật hồ sơ")


def _text(event: DossierEvent, names: Mapping[str, str]) -> str:
    if event.name in AMONG_OFFICIALS:
        return ""
    if event.name == SUPPLEMENTED:
        answer = str(event.data.get("answer") or "")
        said = [_("Lời nhắn: %(words)s") % {"words": answer}] if answer else []
        return "\n".join([*said, *answer_corrections.words_of(event.data.get(CHANGES) or [], names)])
    return paper_results.handed_words(event) or event.reason


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
    return told_words.official(event.actor_name)
