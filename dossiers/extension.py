"""Apology and a new date (xin lỗi và gia hạn thời gian giải quyết): form 04, once in the life of a dossier.

A new date may be given only once, and the first date stays beside it: the index of QĐ 766/QĐ-TTg compares with that one
(docs/assumptions.md). The citizen is told in writing; by the rule at the latest one day before the first date.
"""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, at_hand, passage
from dossiers.models import Dossier, DossierEvent
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor
from portal.agencies.calendars import work_calendar
from portal.core.errors import InvalidInputError, TransitionError

EVENT = "dossier.extended"
PAGE = "buoc/extend/"
"""Where officials send it, below the dossier's page in the back office."""
BEFORE_THE_DAY = _("Nếu không kịp: gửi văn bản xin lỗi và ngày hẹn mới (mẫu 04) trước ngày hẹn trả.")
AFTER_THE_DAY = _("Chưa có văn bản xin lỗi và ngày hẹn mới (mẫu 04). Hãy gửi ngay.")
LONGEST = timedelta(days=2 * 366)
"""A later appointment than this is a slip of the keyboard; at the end of the calendar no clock could be moved."""


def is_open(dossier: Dossier) -> bool:
    """Whether there is a date that was not put off yet; `not_sent` says the same of many dossiers."""
    return dossier.due_at is not None and not at_hand.has_event(dossier, EVENT)


def not_sent() -> Q:
    """Dossiers with a date, and without form 04."""
    sent = DossierEvent.objects.filter(dossier=OuterRef("pk"), name=EVENT)
    return Q(~Exists(sent), due_at__isnull=False)


def extend(code: str, *, actor: Actor, reason: str, new_due_on: date) -> Dossier:
    """Give a dossier a later appointment, with an apology (form 04 of TT 03/2025/TT-VPCP).

    Raises TransitionError for a second extension and where there is no date to extend, and InvalidInputError for a day
    that is not later or not worked.
    """
    with access.locked(code, actor=actor) as dossier:
        if dossier.due_at is None or dossier.agency is None:
            raise TransitionError(_("Hồ sơ này không có ngày hẹn trả nên không gia hạn được."))
        if dossier.events.filter(name=EVENT).exists():
            raise TransitionError(_("Hồ sơ đã gia hạn một lần; mỗi hồ sơ chỉ được hẹn lại một lần."))
        calendar = work_calendar(dossier.agency)
        before = timezone.localtime(dossier.due_at)
        if new_due_on <= max(before.date(), timezone.localdate()) or not calendar.is_working_day(new_due_on):
            raise InvalidInputError(
                fields={"new_due_on": [_("Hãy chọn một ngày làm việc sau ngày hẹn cũ và sau hôm nay.")]}
            )
        if new_due_on > timezone.localdate() + LONGEST:
            raise InvalidInputError(fields={"new_due_on": [_("Ngày hẹn mới quá xa. Hãy xem lại năm.")]})
        dossier.original_due_at = dossier.due_at
        dossier.due_at = calendar.closing(new_due_on)
        passage.apply(
            dossier,
            "extend",
            actor=actor,
            reason=clean_reason(reason),
            data={"due_at_before": before.isoformat(), "due_at": dossier.due_at.isoformat()},
        )
        return dossier
