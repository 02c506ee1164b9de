"""What people are reminded of when it is their turn and they let it wait (nhắc người nộp)."""

from datetime import datetime

from django.utils.translation import gettext

from dossiers import audience, supplement_words
from dossiers.models import Dossier, ObligationState, SupplementRequest
from portal.accounts.models import User
from portal.core.language import speaking
from portal.core.moments import vn_datetime
from portal.core.money import format_vnd
from portal.notifications import services as notifications

REMINDER, PAYMENT_REMINDER = "dossier.supplement_reminder", "dossier.payment_reminder"


def remind(asked: SupplementRequest) -> None:
    """Say that the time to answer is nearly over, and what silence costs; once for each limit."""
    dossier, limit = asked.dossier, asked.answer_due_at
    if limit is None:
        return
    for person in _whose_turn(dossier):
        with speaking(person.language):
            names = {"code": dossier.code, "limit": vn_datetime(limit)}
            subject = gettext("Hồ sơ %(code)s sắp hết hạn bổ sung") % names
            body = " ".join([gettext("Trả lời trước %(limit)s.") % names, supplement_words.silence(dossier)])
        _tell(person, dossier, REMINDER, (subject, body), once=f"{asked.round}.reminder.{limit:%Y%m%d%H%M}")


def owed_vnd(dossier: Dossier) -> int:
    """What is due of it now, in đồng."""
    return sum(row.amount_vnd for row in dossier.obligations.filter(state=ObligationState.DUE))


def remind_of_payment(dossier: Dossier, since: datetime) -> None:
    """Say that a dossier waits for money and how much, once for each time that it began to wait."""
    due_vnd = owed_vnd(dossier)
    for person in _whose_turn(dossier):
        with speaking(person.language):
            names = {"code": dossier.code, "amount": format_vnd(due_vnd), "since": vn_datetime(since)}
            subject = gettext("Hồ sơ %(code)s vẫn chờ bạn nộp %(amount)s") % names
            body = gettext("Hồ sơ chờ từ %(since)s và được xử lý tiếp ngay sau khi bạn thanh toán.") % names
        once = f"payment_reminder.{since:%Y%m%d%H%M}"
        _tell(person, dossier, PAYMENT_REMINDER, (subject, body), once=once)


def _tell(person: User, dossier: Dossier, kind: str, words: tuple[str, str], *, once: str) -> None:
    subject, body = words
    notifications.notify(
        recipient=person,
        kind=kind,
        subject=subject,
        body=body,
        link=audience.link(dossier, person.pk),
        reference=dossier.code or "",
        dedupe_key=f"{dossier.code}.{once}.{person.pk}",
    )


def _whose_turn(dossier: Dossier) -> list[User]:
    """Who filed, else who owns it; for an organisation whose member left, its representatives."""
    recipient_id = dossier.filer_id or dossier.owner_id
    if recipient_id is None:
        return []
    if audience.has_left(dossier, recipient_id):
        return audience.representatives(dossier)
    return [audience.person(dossier, recipient_id)]
