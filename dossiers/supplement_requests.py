"""What is asked of the citizen (yêu cầu bổ sung) when the dossier goes another way before she answers."""

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore.models import Document, TrustLevel
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierComponent, SupplementRequest
from dossiers.models.requests import Wanted
from portal.agencies.calendars import work_calendar
from portal.core.errors import Text, TransitionError


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


def nothing_sent(asked: SupplementRequest | None) -> str:
    """What is said to who sends an empty answer: only what this request asks for."""
    match asked.wanted if asked is not None else Wanted.PAPERS:
        case Wanted.WORDS:
            return _("Hãy viết nội dung trả lời.")
        case Wanted.FIELDS:
            return _("Hãy sửa mục cơ quan nêu, hoặc viết nội dung trả lời.")
        case Wanted.PAPERS:
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
    calendar, was_open = work_calendar(dossier.agency), request.answer_due_at > asked_at
    request.answer_due_at = calendar.resumed_due_at(request.answer_due_at, asked_at, answered_at)
    if was_open:  # asked and answered over a weekend, no office time passed: she still has a day
        tomorrow = calendar.closing(calendar.next_working_day(timezone.localdate(answered_at)))
        request.answer_due_at = max(request.answer_due_at, tomorrow)
    request.save(update_fields=["answer_due_at"])
