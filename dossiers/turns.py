"""Whose turn it is and what to do, in one sentence for the citizen (đến lượt ai)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from datastore.models import Document, DocumentStatus
from datastore.results.service import HOW_TO_COMPLAIN, REPLACED_STAYS, replaced_by
from dossiers import appointment, naming, paper_results, stages, supplement_words
from dossiers.clocks import Clock, Split
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, SupplementRequest
from dossiers.models.requests import Wanted
from portal.core.moments import vn_datetime, vn_weekday, working_time
from portal.core.money import format_vnd

S = DossierState
ENDED_STATES = frozenset({S.REFUSED, S.STOPPED})


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, in one sentence (yours, theirs, done, stopped)."""

    whose: str
    sentence: str
    text: str = ""
    is_void: bool = False
    """Whether there was a result that no longer counts."""


def whose_turn(
    dossier: Dossier,
    now: datetime | None = None,
    *,
    with_reason: bool = False,
    has_draft: bool = False,
    asked: SupplementRequest | None = None,
    owed_vnd: int = 0,
    clocks: Split | None = None,
) -> Turn:
    """The sentence at the top of the dossier's page; reasons and places cost queries and are asked for.

    `has_draft` says that the draft of the result waits for the applicant (dossiers.draft_checks); `asked` is the open
    request to supplement, where it was read: without it the sentence is one that fits all. `owed_vnd` is what is to be
    paid, in đồng, where it was read. `clocks`, where they were read, say of what is late whose time it mostly was.
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
            stage = stages.to_applicant(dossier) if with_reason else ""
            if dossier.due_at and dossier.due_at < now:
                text = "\n".join(filter(None, [_is_late(names, clocks), stage]))
                return Turn("theirs", _("%(agency)s trả kết quả chậm.") % names, text)
            sentence = (
                _("Đang chờ %(agency)s, hẹn trả %(due)s.") if dossier.due_at else _("Đang chờ %(agency)s giải quyết.")
            )
            return Turn("theirs", sentence % names, stage)
        case S.CONSULTING:
            return Turn(
                "theirs",
                _("%(agency)s đang lấy ý kiến cơ quan khác.") % names,
                _moves(dossier) or _while_asked(dossier, names, now, clocks),
            )
        case S.AWAITING_SUPPLEMENT if dossier.is_reported:
            return Turn(
                "yours",
                _yours(_("bổ sung giấy tờ")),
                _("Hồ sơ này nộp ở hệ thống của %(agency)s. Hãy bổ sung ở nơi đã nộp.") % names,
            )
        case S.AWAITING_PAYMENT if dossier.is_reported:
            return Turn(
                "yours",
                _yours(_("nộp phí, lệ phí")),
                _("Hồ sơ này nộp ở hệ thống của %(agency)s. Hãy nộp tiền ở nơi đã nộp hồ sơ.") % names,
            )
        case S.AWAITING_SUPPLEMENT:
            silence = supplement_words.silence(dossier)
            text = silence or _("Quá hạn mà không trả lời, hồ sơ có thể bị dừng giải quyết.")  # as their system decides
            return Turn("yours", _asks_for(asked, now), text)
        case S.AWAITING_PAYMENT:
            what = _("nộp %(amount)s") % {"amount": format_vnd(owed_vnd)} if owed_vnd else _("nộp phí, lệ phí")
            return Turn("yours", _yours(what), _("Hồ sơ được xử lý tiếp ngay sau khi bạn thanh toán."))
        case S.WITHDRAWAL_REQUESTED:
            return Turn("theirs", _("Đang chờ %(agency)s xác nhận việc rút hồ sơ.") % names)
        case S.DECIDED | S.RETURNED:
            return _with_result(dossier, names, in_full=with_reason)
        case S.REFUSED:
            return Turn("stopped", _("%(agency)s không tiếp nhận hồ sơ.") % names, reason)
        case _:
            return Turn("stopped", _("Hồ sơ đã dừng xử lý."), reason)


def is_void(dossier: Dossier) -> bool:
    """Whether its result was revoked; a list reads `result_document` along."""
    return dossier.result_document is not None and dossier.result_document.status == DocumentStatus.REVOKED


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
    if is_void(dossier):
        told = _revocation(dossier.result_document, dossier) if in_full else ""
        return Turn("stopped", _("Kết quả đã bị thu hồi, không còn giá trị."), told, is_void=True)
    if paper_results.awaits(dossier):
        return _paper_waits(dossier, in_full=in_full)
    if paper_results.wanted(dossier) is not None and not dossier.is_decided_here:
        if in_full:
            return Turn("done", _("Đã có kết quả trong kho dữ liệu của bạn."), paper_results.by_the_agency(dossier))
        return Turn("done", _("Đã có kết quả trong kho dữ liệu của bạn. Bản giấy do %(agency)s trả.") % names)
    return Turn("done", _("Xong. Kết quả nằm trong kho dữ liệu của bạn."))


def _asks_for(asked: SupplementRequest | None, now: datetime) -> str:
    if asked is None:
        return _yours(_("bổ sung hồ sơ"))
    match asked.wanted:
        case Wanted.WORDS:
            what = _("trả lời cơ quan")
        case Wanted.FIELDS:
            what = _("sửa nội dung khai")
        case Wanted.PAPERS:
            what = _("bổ sung giấy tờ")
        case Wanted.BOTH:
            what = _("bổ sung giấy tờ và sửa nội dung khai")
    limit = asked.answer_due_at
    return _yours(what, limit if limit is not None and limit > now else None)  # past it an answer is still taken


def _yours(what: str, before: datetime | None = None) -> str:
    if before is None:
        return _("Đến lượt bạn: %(what)s.") % {"what": what}
    return _("Đến lượt bạn: %(what)s trước %(moment)s.") % {"what": what, "moment": vn_datetime(before)}


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


def _revocation(document: Document, dossier: Dossier) -> str:
    """Who revoked the result, when, why and on what legal ground."""
    facts = {
        "agency": naming.as_read(document.status_agency_name or document.issuer_name, dossier),
        "moment": vn_datetime(document.status_changed_at),
        "reason": document.status_reason,
        "basis": document.status_legal_basis,
    }
    words = _("%(agency)s thu hồi lúc %(moment)s. Lý do: %(reason)s") % facts
    if document.status_legal_basis:
        words += "\n" + _("Căn cứ: %(basis)s.") % facts
    if replaced_by(document.pk):
        words += "\n" + str(REPLACED_STAYS)
    return words + "\n" + str(HOW_TO_COMPLAIN)


def _while_asked(dossier: Dossier, names: Mapping[str, str], now: datetime, clocks: Split | None) -> str:
    """What is said while another agency thinks and the time limit runs on."""
    if dossier.due_at is None:
        return ""
    if dossier.due_at < now:
        return _is_late(names, clocks)
    return _("Bạn không phải làm gì. Hẹn trả %(due)s.") % names


def _is_late(names: Mapping[str, str], clocks: Split | None) -> str:
    """That the day is past, and whose time most of the working time was."""
    said = _("Hẹn trả %(due)s, nay đã quá hẹn. Cơ quan phải xin lỗi và hẹn lại bằng văn bản.") % names
    if clocks is None or not clocks.whole:
        return said
    longest = clocks.longest()
    times = {"whole": working_time(clocks.whole), "time": working_time(clocks.seconds[longest])}
    match longest:
        case Clock.AGENCY:
            words = _("Đã qua %(whole)s, lâu nhất là ở %(agency)s: %(time)s.")
        case Clock.APPLICANT:
            words = _("Đã qua %(whole)s, lâu nhất là chờ bạn bổ sung, nộp tiền: %(time)s.")
        case Clock.OTHER_AGENCY:
            words = _("Đã qua %(whole)s, lâu nhất là chờ ý kiến cơ quan khác: %(time)s.")
        case Clock.TRANSPORT:
            words = _("Đã qua %(whole)s, lâu nhất là chờ tin giữa hai hệ thống: %(time)s.")
    return f"{said}\n{words % {**names, **times}}"


def _last_reason(dossier: Dossier) -> str:
    event = dossier.events.filter(is_public=True).exclude(reason="").order_by("-sequence").first()
    return event.reason if event else ""
