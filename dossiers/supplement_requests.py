"""What is asked of the citizen (yêu cầu bổ sung): whether it may be, until when, what becomes of it on another way."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore.models import Document, TrustLevel
from dossiers import deadlines
from dossiers.lifecycle import TRANSITIONS, DossierState
from dossiers.models import Dossier, DossierComponent, SupplementRequest
from dossiers.models.requests import Wanted
from portal.agencies.calendars import work_calendar
from portal.core.errors import InvalidInputError, Text, TransitionError


class ReplacedError(TransitionError):
    """The answer is to a request that no longer stands: the agency took it back, or asked anew."""

    code = "dossier.request_replaced"
    message = gettext_lazy(
        "Cơ quan đã thay yêu cầu bạn đang trả lời. Dưới đây là yêu cầu hiện nay; lời bạn viết còn nguyên, giấy tờ hãy "
        "chọn lại."
    )


def open_one(dossier: Dossier) -> SupplementRequest | None:
    """The request that waits for an answer; an older one may lie open in a dossier that was stopped and reopened."""
    return dossier.supplement_requests.filter(answered_at__isnull=True).last()


def open_among(dossiers: Iterable[Dossier]) -> dict[int, SupplementRequest]:
    """The requests that wait for the applicant, by the id of their dossier; no query where none can."""
    waiting = [dossier.pk for dossier in dossiers if dossier.state == DossierState.AWAITING_SUPPLEMENT]
    if not waiting:
        return {}
    asked = SupplementRequest.objects.filter(dossier__in=waiting, answered_at__isnull=True).select_related("dossier")
    return {row.dossier_id: row for row in asked.order_by("pk")}


def require_allowed(dossier: Dossier, legal_basis: str) -> None:
    """What an official here may ask for, and how often; on a locked dossier.

    Once the work has begun only where the procedure's own rule allows it: at intake every desk may ask. A further
    request names the text of law that allows it, since many laws allow one (NĐ 118/2025/NĐ-CP art. 17: wholly, once).
    Raises TransitionError, and InvalidInputError where the ground is missing.
    """
    if dossier.state not in TRANSITIONS["request_supplement"].sources:
        return  # the table says no in its own words
    if _are_rounds_used_up(dossier):
        words = _(
            "Thủ tục này cho yêu cầu bổ sung %(number)d lần, hồ sơ đã dùng hết. Hãy giải quyết theo giấy tờ đã có."
        )
        raise TransitionError(words % {"number": dossier.rules.supplement_rounds if dossier.rules else 0})
    if not may_ask(dossier):
        raise TransitionError(_("Thủ tục này không cho yêu cầu bổ sung khi hồ sơ đã được tiếp nhận."))
    if not legal_basis and needs_ground(dossier):
        words = _("Hồ sơ đã có lần yêu cầu bổ sung. Hãy ghi điều khoản cho phép yêu cầu lần nữa.")
        raise InvalidInputError(fields={"legal_basis": [words]})


def may_ask(dossier: Dossier) -> bool:
    """Whether the procedure lets an agency ask at the stage where the dossier is."""
    is_ruled_out = dossier.rules is not None and dossier.rules.supplement_rule == "not_allowed"
    is_of_stage = dossier.state == DossierState.SUBMITTED or not is_ruled_out
    return is_of_stage and not _are_rounds_used_up(dossier)


def _are_rounds_used_up(dossier: Dossier) -> bool:
    """Whether she was asked as often as the procedure's own rule says; no query where it says nothing."""
    rounds = dossier.rules.supplement_rounds if dossier.rules is not None else None
    return rounds is not None and _times_asked(dossier) >= rounds


def needs_ground(dossier: Dossier) -> bool:
    """Whether she was asked before."""
    return _times_asked(dossier) > 0


def _times_asked(dossier: Dossier) -> int:
    """How often she was asked; a request that was taken back was none."""
    asked = dossier.events.filter(name="dossier.supplement_requested").count()
    if not asked:
        return 0
    back = dossier.events.filter(name="dossier.reverted", data__reverted="dossier.supplement_requested")
    return asked - back.count()


def closes_on_silence(dossier: Dossier) -> bool:
    """Whether the dossier ends when no answer comes in time, by the rule of its procedure."""
    return dossier.rules is None or dossier.rules.closes_on_silence


def is_silent(dossier: Dossier) -> bool:
    """Whether the time to answer is over where silence ends nothing: the agency may go on with the papers it has."""
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or closes_on_silence(dossier):
        return False
    asked = open_one(dossier)
    return asked is not None and asked.answer_due_at is not None and asked.answer_due_at < timezone.now()


def answer_due_at(dossier: Dossier, asked_at: datetime) -> datetime | None:
    """The moment by which an answer to a request of now has to come; None where no agency is known."""
    if dossier.agency is None:
        return None
    return deadlines.supplement_due_at(work_calendar(dossier.agency), dossier.rules, asked_at)


def nothing_sent(asked: SupplementRequest | None) -> str:
    """What is said to who sends an empty answer: only what this request asks for."""
    match asked.wanted if asked is not None else Wanted.PAPERS:
        case Wanted.WORDS:
            return _("Hãy viết nội dung trả lời.")
        case Wanted.FIELDS:
            return _("Hãy sửa mục cơ quan nêu, hoặc viết nội dung trả lời.")
        case Wanted.PAPERS:
            return _("Hãy gửi ít nhất một giấy tờ, hoặc viết nội dung trả lời.")
        case Wanted.BOTH:
            return _("Hãy gửi ít nhất một giấy tờ, viết nội dung trả lời, hoặc sửa mục cơ quan nêu.")


def end_open(dossier: Dossier, words: Text) -> None:
    """Nobody waits for an answer any more; `words` say why. Left open, it would end the dossier once it is reopened."""
    asked = dossier.supplement_requests.filter(answered_at__isnull=True)
    with translation.override("vi"):
        asked.update(answered_at=dossier.state_occurred_at or timezone.now(), answer=str(words))


def asked_again(documents: Iterable[Document]) -> set[tuple[str, int]]:
    """Component and id of those papers that an agency has already sent back for another (ảnh mờ, thiếu trang).

    A request names components: what was handed in for one before it was not enough. Only own uploads count.
    """
    likely = {document.pk for document in documents if document.trust == TrustLevel.UPLOADED}
    if not likely:
        return set()
    handed_in = DossierComponent.objects.filter(
        document__in=likely, dossier__supplement_requests__round__gt=F("supplement_round")
    ).values_list("component_code", "document", "dossier__supplement_requests__items")
    return {
        (code, document)
        for code, document, items in handed_in
        if any(item.get("component_code") == code for item in items)
    }


def give_time_back(dossier: Dossier) -> None:
    """A citizen who waits to supplement has the time again that the agency took to answer her withdrawal."""
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or dossier.agency is None:
        return
    request = open_one(dossier)
    if request is None or request.answer_due_at is None:
        return
    asked_at = dossier.events.filter(name="dossier.withdrawal_requested").latest().occurred_at
    answered_at = max(asked_at, dossier.state_occurred_at or asked_at)
    calendar, was_open = work_calendar(dossier.agency).of_applicants(), request.answer_due_at > asked_at
    request.answer_due_at = calendar.resumed_due_at(request.answer_due_at, asked_at, answered_at, ends_a_day=True)
    if was_open:  # asked and answered over a weekend, no office time passed: she still has a day
        tomorrow = calendar.closing(calendar.next_working_day(timezone.localdate(answered_at)))
        request.answer_due_at = max(request.answer_due_at, tomorrow)
    request.save(update_fields=["answer_due_at"])
