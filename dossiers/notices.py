"""What people are told about their dossier (thông báo), in the language they use the portal in.

Notices only say that something happened and where to look. What has legal effect is a letter (dossiers.letters), and
letters are in Vietnamese.
"""

from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from datastore.results import service as results
from dossiers import (
    asked_words,
    audience,
    charging,
    fee_words,
    naming,
    outside_words,
    paper_results,
    supplement_words,
    taken_back,
)
from dossiers.event_names import DRAFT_SENT, SUPPLEMENT_LAPSED, SUPPLEMENTED
from dossiers.models import Dossier, DossierEvent
from dossiers.models.requests import Wanted, wanted_of
from portal.accounts.models import User
from portal.agencies.actors import ActorKind
from portal.core.language import is_english, speaking
from portal.core.moments import vn_datetime
from portal.core.money import format_vnd
from portal.notifications import services as notifications

REASON = _("Lý do: %(reason)s")
TAKEN_BACK = _("%(void)s\nLý do: %(reason)s")

NOTICES = {
    "dossier.submitted": (
        _("Đã nhận hồ sơ %(code)s"),
        _("Cổng đã nhận hồ sơ “%(procedure)s” gửi %(agency)s. Bạn xem giấy xác nhận những gì đã nộp ở trang hồ sơ."),
    ),
    "dossier.accepted": (
        _("Hồ sơ %(code)s được tiếp nhận"),
        _("%(agency)s đã tiếp nhận hồ sơ “%(procedure)s”."),
    ),
    "dossier.refused": (_("Hồ sơ %(code)s không được tiếp nhận"), REASON),
    "dossier.supplement_requested": (
        _("Hồ sơ %(code)s cần bổ sung giấy tờ"),
        _("%(agency)s yêu cầu: %(reason)s\n%(time)s"),
    ),
    SUPPLEMENTED: (
        _("Đã nhận phần bổ sung hồ sơ %(code)s tại quầy"),
        _("%(official)s đã nhập phần bổ sung bạn nộp tại quầy. %(agency)s tiếp tục giải quyết hồ sơ."),
    ),
    SUPPLEMENT_LAPSED: (
        _("Hồ sơ %(code)s được giải quyết theo giấy tờ đã có"),
        _("Đã hết hạn bổ sung mà chưa có trả lời. %(agency)s giải quyết hồ sơ “%(procedure)s” theo giấy tờ đã có."),
    ),
    "dossier.payment_required": (
        _("Hồ sơ %(code)s chờ bạn nộp %(amount)s"),
        _("%(charges)s: %(amount)s. Hồ sơ “%(procedure)s” được xử lý tiếp ngay sau khi bạn thanh toán."),
    ),
    "dossier.extended": (
        _("Hồ sơ %(code)s được hẹn lại"),
        _("%(agency)s xin lỗi và hẹn trả kết quả lúc %(due)s. Lý do: %(reason)s"),
    ),
    "dossier.forwarded": (
        _("Hồ sơ %(code)s được chuyển đến cơ quan có thẩm quyền"),
        _("Hồ sơ của bạn nay ở %(agency)s. Bạn không phải nộp lại. Lý do: %(reason)s"),
    ),
    "dossier.rebased": (
        _("Hồ sơ %(code)s được giải quyết theo bản công bố mới của thủ tục"),
        _("Nội dung bạn đã nộp giữ nguyên. Lý do: %(reason)s\nCăn cứ: %(basis)s"),
    ),
    "dossier.reverted": (_("Cơ quan sửa lại một bước của hồ sơ %(code)s"), TAKEN_BACK),
    "dossier.reopened": (_("Cơ quan mở lại hồ sơ %(code)s"), TAKEN_BACK),
    DRAFT_SENT: (
        _("Hồ sơ %(code)s: mời bạn kiểm tra bản dự thảo kết quả"),
        _(
            "%(agency)s gửi bản dự thảo kết quả của hồ sơ “%(procedure)s”. Hãy xem và trả lời trước %(limit)s: đúng, "
            "hoặc có chỗ sai. Quá hạn mà không trả lời thì coi như bạn đã xác nhận."
        ),
    ),
    "dossier.draft_lapsed": (
        _("Hồ sơ %(code)s: bản dự thảo được coi như đã xác nhận"),
        _("Đã hết hạn trả lời. %(agency)s tiếp tục giải quyết theo bản dự thảo đã gửi."),
    ),
    "dossier.paid": (
        _("Đã nhận %(amount)s của hồ sơ %(code)s"),
        _("%(charges)s: %(amount)s. Mở biên lai điện tử bằng nút hoặc đường dẫn dưới đây."),
    ),
    "dossier.withdrawal_refused": (_("Yêu cầu rút hồ sơ %(code)s không được chấp nhận"), REASON),
    "dossier.withdrawn": (_("Hồ sơ %(code)s dừng xử lý"), REASON),
    "dossier.stopped": (_("Hồ sơ %(code)s dừng xử lý"), REASON),
    paper_results.READY: (
        _("Bản giấy kết quả hồ sơ %(code)s đã sẵn sàng"),
        _(
            "Bản giấy đã sẵn sàng tại %(place)s. %(bring)s\n"
            "Bản điện tử của “%(procedure)s” đã nằm trong kho dữ liệu của bạn, dùng được ngay."
        ),
    ),
    "dossier.returned": (
        _("Kết quả hồ sơ %(code)s đã có trong kho dữ liệu"),
        _(
            "Kết quả “%(procedure)s” nằm trong kho dữ liệu của bạn. "
            "Bạn có thể tải về, chia sẻ hoặc dùng lại cho thủ tục khác."
        ),
    ),
    "dossier.result_replaced": (
        _("Kết quả hồ sơ %(code)s được cấp bản thay thế"),
        _(
            "Kết quả của hồ sơ “%(procedure)s” có chỗ ghi sai. Bản đúng vào kho dữ liệu của bạn trong ít phút; từ đó "
            "bản cũ không còn giá trị. Lý do: %(reason)s\nCăn cứ: %(basis)s"
        ),
    ),
    "dossier.result_revoked": (
        _("Kết quả hồ sơ %(code)s đã bị thu hồi"),
        _(
            "%(revoker)s đã thu hồi kết quả của hồ sơ “%(procedure)s”. Giấy đó không còn giá trị. Lý do: %(reason)s\n"
            "Căn cứ: %(basis)s\nNếu không đồng ý, bạn có quyền khiếu nại trong 90 ngày kể từ ngày biết việc thu hồi."
        ),
    ),
}
"""Subject and body by event; other events show in the timeline only."""


ASKED = {
    Wanted.WORDS: (
        _("Hồ sơ %(code)s: cơ quan cần bạn trả lời"),
        _("%(agency)s hỏi: %(reason)s\n%(time)s"),
    ),
    Wanted.FIELDS: (
        _("Hồ sơ %(code)s có mục kê khai cần sửa"),
        _("%(agency)s yêu cầu: %(reason)s\n%(time)s"),
    ),
    Wanted.BOTH: (
        _("Hồ sơ %(code)s cần bổ sung giấy tờ và sửa mục kê khai"),
        _("%(agency)s yêu cầu: %(reason)s\n%(time)s"),
    ),
}
"""A request to supplement that asks for something else than papers."""


ASKED_OUTSIDE = {
    Wanted.WORDS: _("%(agency)s cần bạn trả lời. %(reason)s\n%(time)s"),
    Wanted.FIELDS: _("%(agency)s yêu cầu sửa nội dung khai. %(reason)s\n%(time)s"),
    Wanted.PAPERS: _("%(agency)s yêu cầu bổ sung giấy tờ. %(reason)s\n%(time)s"),
    Wanted.BOTH: _("%(agency)s yêu cầu bổ sung giấy tờ và sửa nội dung khai. %(reason)s\n%(time)s"),
}
"""The same where nothing typed may stand: what is asked for first, then where to read it."""


POSTED_SOON = (
    _("Kết quả hồ sơ %(code)s đã có trong kho dữ liệu"),
    _(
        "Kết quả “%(procedure)s” nằm trong kho dữ liệu của bạn. "
        "Bản giấy sắp gửi qua bưu chính công ích đến địa chỉ bạn đã ghi."
    ),
)
HANDED = (
    _("Đã trao bản giấy kết quả hồ sơ %(code)s"),
    _("Trang hồ sơ ghi ai đã nhận. Nếu đó không phải bạn hoặc người bạn ủy quyền, hãy báo ngay %(agency)s."),
)
POSTED = (
    _("Đã gửi bản giấy kết quả hồ sơ %(code)s qua bưu chính"),
    _("Số hiệu bưu gửi: %(number)s. Bản điện tử nằm trong kho dữ liệu của bạn."),
)
"""The same two events where paper was ordered (dossiers.paper_results)."""


OWNER_HEARS = frozenset({"dossier.result_replaced", "dossier.result_revoked"})
"""Events about the owner's own paper, which she hears of also where somebody else filed for her."""


PRINCIPAL_HEARS = "dossier.submitted"
"""What is filed by her mandate she hears of at once, beside who filed it."""
ORGANISATION_HEARS = frozenset({"dossier.paid", paper_results.READY, "dossier.returned", *OWNER_HEARS})
"""Events whose paper lies in an organisation's store: its representatives hear of it beside the member who filed."""


def tell(dossier: Dossier, event: DossierEvent) -> None:
    """Write the notice of an event to who filed the dossier, else to who owns it; see NOTICES for which events.

    A dossier that another system brought has nobody here to tell. Whose paper it is hears of it beside who filed.
    Of an organisation's dossier, whose filer left it, its representatives hear; of its receipts and results, and of
    what somebody files at a counter in its name, they hear beside her. So does who gave a mandate, of one on paper of
    every step; see audience.
    """
    if event.name not in NOTICES or (event.name == SUPPLEMENTED and event.actor_kind != ActorKind.DESK):
        return  # who sent the supplement herself knows of it
    recipient_id = dossier.filer_id or dossier.owner_id
    key = f"{dossier.code}.{event.sequence}"
    if recipient_id is not None:
        has_left = audience.has_left(dossier, recipient_id)
        if not has_left:
            _write(dossier, event, audience.person(dossier, recipient_id), key=key)
        is_of_mandate = event.name == PRINCIPAL_HEARS and dossier.representation_id is not None
        is_on_paper = dossier.representation is not None and dossier.representation.is_written
        is_at_counter = dossier.counter_visit_id is not None and (dossier.organisation_id is not None or is_on_paper)
        if has_left or is_of_mandate or event.name in ORGANISATION_HEARS or is_at_counter:
            for person in audience.representatives(dossier):
                if has_left or person.pk != recipient_id:
                    _write(dossier, event, person, key=f"{key}.{person.pk}")
    has_heard = dossier.representation is not None and not dossier.representation.is_by_law
    if event.name in OWNER_HEARS and dossier.owner_id not in {None, recipient_id} and not has_heard:
        owner = User.objects.select_related("citizen").get(pk=dossier.owner_id)
        _write(dossier, event, owner, key=f"{dossier.code}.{event.sequence}.owner")


def _write(dossier: Dossier, event: DossierEvent, person: User, *, key: str) -> None:
    with speaking(person.language):
        subject, body, outside = _texts(dossier, event)
    notifications.notify(
        recipient=person,
        kind=event.name,
        subject=subject,
        body=body,
        body_outside=outside,
        link=audience.link(dossier, person.pk, to_receipt=event.name == "dossier.paid"),
        reference=dossier.code or "",
        dedupe_key=key,
    )


def _limit(event: DossierEvent) -> str:
    said = event.data.get("answer_due_at")
    return vn_datetime(datetime.fromisoformat(said)) if said else ""


def _texts(dossier: Dossier, event: DossierEvent) -> tuple[str, str, str]:
    """Subject, body, and the body that leaves the portal, in the current language.

    No personal data beyond the procedure's name and the code; outside nothing that an official typed either
    (outside_words), who may name anybody. On the portal her words stay as she wrote them.
    """
    agency, english = naming.agency_title(dossier), is_english()
    due = vn_datetime(dossier.due_at)
    names = {
        "code": dossier.code,
        "procedure": (title := naming.dossier_title(dossier)),
        "agency": agency,
        "reason": event.reason,
        "due": due,
        "official": event.actor_name,
        "limit": _limit(event),
        "revoker": event.data.get("agency") or agency,
        "basis": event.data.get("legal_basis", ""),
        "void": taken_back.words(event),
    }
    if charging.CHARGES in event.data:
        titles = naming.charge_titles(dossier) if english else {}
        names["amount"] = format_vnd(event.data["amount_vnd"])
        names["charges"] = ", ".join(titles.get(name, name) for name in event.data[charging.CHARGES])
    if event.name == "dossier.supplement_requested":
        names["time"] = _until_then(dossier, event)
        if asked := outside_words.asked_items(event):
            names["reason"] += "\n" + outside_words.naming_items(asked, asked_words.with_words(asked, dossier))
    if event.name == paper_results.READY:
        names |= _where_to_collect(dossier)
    elif said := paper_results.handed(event):
        names["number"] = said["proof"]
    subject, words = (str(text) for text in _words_of(dossier, event))
    paper = paper_results.by_the_agency(dossier) if event.name == paper_results.RETURNED else ""
    more, typed = _more(dossier, event, due)
    follows = "".join(["\n" + paper if paper else "", *(f" {each}" for each in more if each)])
    body = outside = words % names + follows
    if replaced := outside_words.of_template(dossier, event, words):
        outside = str(_outside_of(dossier, event) or words) % (names | replaced) + follows
    subject %= names
    if outside_words.is_request(event) and event.data.get("legal_basis"):
        subject = gettext("Yêu cầu mới: %(subject)s") % {"subject": subject}  # no repetition of the one before
    return naming.with_title(subject, title), f"{body} {typed}" if typed else body, outside


def _more(dossier: Dossier, event: DossierEvent, due: str) -> tuple[list[str], str]:
    """What follows the notice: the promised day, fees to come or not charged; apart from it what somebody typed."""
    if event.name == "dossier.submitted":
        return [fee_words.to_come_after_filing(dossier)], ""
    if event.name == SUPPLEMENT_LAPSED and due:
        return [gettext("Hẹn trả kết quả lúc %(due)s.") % {"due": due}], ""
    if event.name == "dossier.accepted":
        appointed = gettext("Hẹn trả kết quả lúc %(due)s.") % {"due": due} if due else ""
        return [appointed, fee_words.to_come(dossier)], ""
    is_first_of_result = event.name == paper_results.RETURNED and not paper_results.handed(event)
    if event.name == paper_results.READY or is_first_of_result:
        said, why = fee_words.not_charged(dossier)
        return [said], why
    if event.name == "dossier.result_revoked" and results.replaced_by(event.data.get("document", 0)):
        return [str(results.REPLACED_STAYS)], ""
    return [], ""


def _until_then(dossier: Dossier, event: DossierEvent) -> str:
    limit = _limit(event)
    said = [gettext("Trả lời trước %(limit)s.") % {"limit": limit}] if limit else []
    said += [supplement_words.time(dossier, event), supplement_words.silence(dossier)]
    return " ".join(filter(None, said))


def _where_to_collect(dossier: Dossier) -> dict[str, str]:
    place = paper_results.place_of(dossier)
    return {"place": place.words, "bring": paper_results.what_to_bring(place)}


def _words_of(dossier: Dossier, event: DossierEvent) -> tuple[Any, Any]:
    """Subject and body; a result on paper is told of by where it is, a request by what it asks for."""
    if event.name == paper_results.READY and event.data.get("way") == paper_results.Way.POST:
        return POSTED_SOON
    if said := paper_results.handed(event):
        return POSTED if said["receiver"] == paper_results.Receiver.POST else HANDED
    if wanted := _wanted(dossier, event):
        return ASKED.get(wanted, NOTICES[event.name])
    return _in_words(event.name, get_language() or "vi")


@cache
def _in_words(name: str, _language: str) -> tuple[str, str]:
    """NOTICES in the language that is spoken: looked for among the translations once, and not for each notice."""
    subject, words = NOTICES[name]
    return str(subject), str(words)


def _wanted(dossier: Dossier, event: DossierEvent) -> Wanted | None:
    """What a request asks for; None for any other event, and for a report that does not say."""
    is_told = outside_words.is_request(event) and "components" in event.data
    return wanted_of(dossier, event.data["components"]) if is_told else None


def _outside_of(dossier: Dossier, event: DossierEvent) -> Any:
    """The words of a request as they leave the portal; None for any other event."""
    return ASKED_OUTSIDE[_wanted(dossier, event) or Wanted.PAPERS] if outside_words.is_request(event) else None
