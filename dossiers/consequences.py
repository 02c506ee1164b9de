"""What follows from an event, as rows in the same transaction: letter, message to the partner, notice to people."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers import envelope
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent, Letter, LetterKind
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.work import ring
from portal.exchange import services as exchange
from portal.notifications import services as notifications

LETTER_OF_EVENT = {
    "dossier.submitted": LetterKind.SUBMISSION,
    "dossier.accepted": LetterKind.RECEIPT,
    "dossier.supplement_requested": LetterKind.SUPPLEMENT,
    "dossier.refused": LetterKind.REFUSAL,
    "dossier.withdrawn": LetterKind.STOP,
    "dossier.stopped": LetterKind.STOP,
}

PARTNER_HEARS = frozenset({"dossier.submitted", "dossier.supplemented", "dossier.paid", "dossier.withdrawal_requested"})
"""Events of the citizen's side that the deciding agency's own system has to know."""


def follow(dossier: Dossier, event: DossierEvent, *, actor: Actor) -> None:
    """Write every row that the event causes."""
    _letter(dossier, event)
    _tell_partner(dossier, event, actor)
    _tell_people(dossier, event)


def _letter(dossier: Dossier, event: DossierEvent) -> None:
    kind = LETTER_OF_EVENT.get(event.name)
    if kind is None or dossier.owner_id is None:
        return
    Letter.objects.create(dossier=dossier, kind=kind, event=event)
    ring("dossiers.write_letters")


def _tell_partner(dossier: Dossier, event: DossierEvent, actor: Actor) -> None:
    client = dossier.handled_by
    if client is None or event.name not in PARTNER_HEARS:
        return
    if actor.kind == ActorKind.PARTNER and actor.client == client:
        return
    kind = event.name
    if kind == "dossier.submitted" and event.data.get("waits_for_payment"):
        return  # an unpaid filing waits here; the partner gets it whole once it is paid
    if (
        kind == "dossier.paid"
        and event.to_state == DossierState.SUBMITTED
        and not dossier.events.filter(name="dossier.accepted").exists()
    ):
        kind = "dossier.submitted"
    exchange.enqueue(
        client=client,
        type=kind,
        subject=dossier.code or "",
        message_id=f"{dossier.code}.{event.sequence}",
        payload={
            "type": kind,
            "timestamp": event.occurred_at.isoformat(),
            "data": {"reason": event.reason, "details": event.data, "dossier": envelope.dossier_payload(dossier)},
        },
    )


def _tell_people(dossier: Dossier, event: DossierEvent) -> None:
    with translation.override("vi"):
        texts = _notice(dossier, event)
    if texts is None:
        return
    recipient_id = dossier.filer_id or dossier.owner_id
    if recipient_id is None:  # a dossier that another system brought has nobody here to tell
        return
    # one lean row for all channels, with the address that e-mail asks for
    people = User.objects.select_related("citizen").only("username", "email", "citizen__user", "citizen__email")
    person = people.filter(pk=recipient_id).order_by().first()
    if person is None:
        return
    subject, body = texts
    notifications.notify(
        recipient=person,
        kind=event.name,
        subject=subject,
        body=body,
        link=f"/ho-so/{dossier.code}/",
        reference=dossier.code or "",
        dedupe_key=f"{dossier.code}.{event.sequence}",
    )


def _notice(dossier: Dossier, event: DossierEvent) -> tuple[str, str] | None:
    """Subject and body of the notice; no personal data beyond the procedure's name and the code."""
    names = {
        "code": dossier.code,
        "procedure": dossier.procedure_name,
        "agency": dossier.agency.name if dossier.agency else "",
        "reason": event.reason,
        "due": timezone.localtime(dossier.due_at).strftime("%H:%M ngày %d/%m/%Y") if dossier.due_at else "",
    }
    match event.name:
        case "dossier.submitted":
            return (
                _("Đã nhận hồ sơ %(code)s") % names,
                _("Cổng đã nhận hồ sơ “%(procedure)s” gửi %(agency)s. Giấy xác nhận có mã kiểm tra của từng tệp.")
                % names,
            )
        case "dossier.accepted":
            due = _("Hẹn trả kết quả lúc %(due)s.") % names if dossier.due_at else ""
            return (
                _("Hồ sơ %(code)s được tiếp nhận") % names,
                (_("%(agency)s đã tiếp nhận hồ sơ “%(procedure)s”.") % names + " " + due).strip(),
            )
        case "dossier.refused":
            return (_("Hồ sơ %(code)s không được tiếp nhận") % names, _("Lý do: %(reason)s") % names)
        case "dossier.supplement_requested":
            return (
                _("Hồ sơ %(code)s cần bổ sung giấy tờ") % names,
                _("%(agency)s yêu cầu: %(reason)s Thời hạn giải quyết tạm dừng đến khi bạn bổ sung.") % names,
            )
        case "dossier.payment_required":
            return (
                _("Hồ sơ %(code)s chờ bạn nộp phí, lệ phí") % names,
                _("Hồ sơ “%(procedure)s” sẽ được xử lý tiếp ngay sau khi bạn thanh toán.") % names,
            )
        case "dossier.paid":
            return (
                _("Đã nhận thanh toán của hồ sơ %(code)s") % names,
                _("Biên lai điện tử nằm trong trang hồ sơ.") % names,
            )
        case "dossier.withdrawal_refused":
            return (_("Yêu cầu rút hồ sơ %(code)s không được chấp nhận") % names, _("Lý do: %(reason)s") % names)
        case "dossier.withdrawn" | "dossier.stopped":
            return (_("Hồ sơ %(code)s dừng xử lý") % names, _("Lý do: %(reason)s") % names)
        case "dossier.returned":
            return (
                _("Kết quả hồ sơ %(code)s đã có trong kho dữ liệu") % names,
                _("Kết quả “%(procedure)s” đã được ký số. Bạn có thể tải về, chia sẻ hoặc dùng lại cho thủ tục khác.")
                % names,
            )
    return None
