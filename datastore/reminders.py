"""Papers that run out soon (nhắc giấy tờ sắp hết hiệu lực): who holds them is told a month and a week before, once."""

from datetime import date, timedelta
from functools import partial

import structlog
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore import organisations
from datastore.models import Document, DocumentStatus
from portal.accounts.models import User
from portal.core import keyset, sweeping
from portal.core.language import in_language, speaking
from portal.core.moments import vn_date
from portal.notifications import services as notifications

log = structlog.get_logger(__name__)

LEADS = (30, 7)
"""Days before the last day; enough to file for a new one, and a last word."""
SOON = timedelta(days=LEADS[0])
A_TURN = 200


def runs_out_soon(document: Document, today: date) -> bool:
    """Whether a paper in force has its last day within a month."""
    return document.is_in_force(today) and document.valid_until is not None and document.valid_until <= today + SOON


def remind(today: date | None = None) -> int:
    """Tell whose papers run out; return how many were told. Any number of workers may call it at once.

    A paper that comes in with less than a week left is told of once, at the nearer lead.
    """
    day = today or timezone.localdate()
    # in the order of the index document_runs_out: of the millions in store only the papers of the next month are read
    due = _due(day).order_by("valid_until", "pk").values_list("valid_until", "pk")
    turns = keyset.in_pieces(due, behind=lambda last: keyset.behind("valid_until", *last), size=A_TURN)
    return sum(
        sweeping.each([pk for _day, pk in turn], partial(_remind_one, today=day), sweep="datastore.remind_of_expiry")
        for turn in turns
    )


def _due(today: date) -> QuerySet[Document]:
    due = Q()
    for lead in LEADS:
        due |= Q(valid_until__lte=today + timedelta(days=lead)) & (Q(reminded_lead=None) | Q(reminded_lead__gt=lead))
    return Document.objects.filter(due, status=DocumentStatus.VALID, is_listed=True, valid_until__gte=today)


def _remind_one(pk: int, *, today: date) -> bool:
    """One of them, unless another worker has it, or told it meanwhile."""
    waiting = _due(today).filter(pk=pk).select_related("type", "owner")
    document = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if document is None:
        return False
    _tell(document, today)
    document.save(update_fields=["reminded_lead"])
    return True


def _tell(document: Document, today: date) -> None:
    if document.valid_until is None:
        return
    left = (document.valid_until - today).days
    document.reminded_lead = min(lead for lead in LEADS if left <= lead)
    for person in organisations.who_hears(document):
        _write_to(person, document, document.valid_until)


def _write_to(person: User, document: Document, last_day: date) -> None:
    with speaking(person.language):
        # The type, not the title: messages travel by e-mail, and titles carry names.
        names = {"paper": in_language(document.type.name, document.type.name_en), "day": vn_date(last_day)}
        subject = _("Giấy tờ sắp hết hiệu lực: %(paper)s") % names
        body = (
            _(
                "“%(paper)s” trong kho dữ liệu của bạn có giá trị đến hết ngày %(day)s. "
                "Nếu còn cần, hãy làm thủ tục cấp lại, cấp đổi, hoặc thêm bản mới vào kho."
            )
            % names
        )
    notifications.notify(
        recipient=person,
        kind="document.expires_soon",
        subject=subject,
        body=body,
        link=f"/kho-du-lieu/{document.pk}/",
        dedupe_key=f"document.{document.pk}.expires.{last_day:%Y%m%d}.{document.reminded_lead}.{person.pk}",
    )
