"""Dossiers that wait for an answer that does not come (hết hạn bổ sung)."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access, lifecycle, passage, reminders, services, supplement_requests
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, SupplementRequest
from portal.agencies.actors import Actor
from portal.core import keyset, sweeping
from portal.core.calendar import WorkCalendar
from portal.core.errors import TransitionError

log = structlog.get_logger(__name__)
AT_ONCE = 500
CLOSES = Coalesce("rebased_to__closes_on_silence", "procedure_version__closes_on_silence", True)
"""The procedure's own rule; a dossier without a version ends as most do."""
REMINDED_BEFORE = timedelta(hours=16)
"""Office time: two working days (docs/assumptions.md)."""


def close_silent(now: datetime | None = None) -> int:
    """Stop dossiers of the back office whose supplement deadline has passed; return how many. One fails, others go on.

    Dossiers in an agency's own system are closed there, those of a procedure whose rule does not end them
    go on (go_on_without; officials are told by dossiers.watch_rules). The limit is the procedure's, by default 15
    working days (docs/assumptions.md).
    """
    now = now or timezone.now()
    silent = Dossier.objects.alias(closes=CLOSES).filter(
        closes=True,
        state=DossierState.AWAITING_SUPPLEMENT,
        handled_by__isnull=True,
        source__isnull=True,
        code__isnull=False,
        supplement_requests__answered_at__isnull=True,
        supplement_requests__answer_due_at__lt=now,
    )
    found = silent.order_by("pk").values_list("pk", "code")
    pieces = keyset.in_pieces(found, behind=lambda last: Q(pk__gt=last[0]), size=AT_ONCE)
    return sum(
        sweeping.each(
            [code or "" for _pk, code in piece], lambda code: _close(code, now), sweep="dossiers.close_silent"
        )
        for piece in pieces
    )


def go_on_without(code: str, *, actor: Actor) -> Dossier:
    """Go on with the papers there are (giải quyết theo giấy tờ đã có): the request is closed, the clock runs again.

    What was asked for at intake is looked at afresh by the desk, within its hours of intake; what was accepted goes on,
    due as much later as it waited. The citizen is told. Raises TransitionError while she may still answer, and where
    the procedure's rule ends the dossier instead.
    """
    with access.locked(code, actor=actor) as dossier:
        lifecycle.check("go_on_without", state=dossier.state, actor=actor.kind)
        if supplement_requests.closes_on_silence(dossier):
            raise TransitionError(_("Thủ tục này dừng hồ sơ khi quá hạn bổ sung; Cổng tự dừng, bạn không phải làm gì."))
        if not supplement_requests.is_silent(dossier):
            raise TransitionError(_("Người nộp còn thời hạn trả lời. Hãy đợi đến hết hạn bổ sung."))
        passage.apply(dossier, "go_on_without", actor=actor)
        supplement_requests.end_open(dossier, _("Người nộp không trả lời trong thời hạn bổ sung."))
        return dossier


def remind(now: datetime | None = None) -> int:
    """Tell who lets a supplement wait, two working days before silence ends her dossier; return how many are near.

    Once for each limit: the notice has a key. Who was asked within the last day knows it.
    """
    now = now or timezone.now()
    until = WorkCalendar.national().add_working_time(now, REMINDED_BEFORE)
    near = SupplementRequest.objects.filter(
        answered_at__isnull=True,
        answer_due_at__gt=now,
        answer_due_at__lte=until,
        requested_at__lt=now - timedelta(days=1),
        dossier__state=DossierState.AWAITING_SUPPLEMENT,
        dossier__handled_by__isnull=True,
        dossier__source__isnull=True,
        dossier__code__isnull=False,
    )
    found = near.select_related("dossier__agency", "dossier__procedure_version").order_by("pk")
    pieces = keyset.in_pieces(found, behind=lambda last: Q(pk__gt=last.pk), size=AT_ONCE)
    return sum(
        sweeping.each(piece, _remind, sweep="dossiers.remind", name=lambda asked: asked.dossier.code)
        for piece in pieces
    )


def _remind(asked: SupplementRequest) -> bool:
    with transaction.atomic():
        reminders.remind(asked)
    return True


def _close(code: str, now: datetime) -> bool:
    """Stop one dossier, unless it was answered since it was found: looked at again under its lock."""
    actor = Actor.system()
    dossier = access.lock_dossier(code, actor=actor)
    asked = supplement_requests.open_one(dossier)
    is_over = asked is not None and asked.answer_due_at is not None and asked.answer_due_at < now
    is_over = is_over and supplement_requests.closes_on_silence(dossier)  # it may have been rebased meanwhile
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or not is_over:
        log.info("dossier.answered_meanwhile", dossier=code)
        return False
    with access.holding(dossier, actor=actor):
        services.stop(code, actor=actor, reason=_("Quá thời hạn bổ sung mà không nhận được trả lời."))
    return True
