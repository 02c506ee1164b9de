"""Dossiers that wait for an answer that does not come (hết hạn bổ sung)."""

from datetime import datetime

import structlog
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access, services, supplement_requests
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from portal.core import keyset, sweeping

log = structlog.get_logger(__name__)
AT_ONCE = 500


def close_silent(now: datetime | None = None) -> int:
    """Stop dossiers of the back office whose supplement deadline has passed; return how many. One fails, others go on.

    Dossiers in an agency's own system are closed there. The limit is the procedure's, by
    default 15 working days (docs/assumptions.md).
    """
    now = now or timezone.now()
    silent = Dossier.objects.filter(
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


def _close(code: str, now: datetime) -> bool:
    """Stop one dossier, unless it was answered since it was found: looked at again under its lock."""
    actor = Actor.system()
    dossier = access.lock_dossier(code, actor=actor)
    asked = supplement_requests.open_one(dossier)
    is_over = asked is not None and asked.answer_due_at is not None and asked.answer_due_at < now
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or not is_over:
        log.info("dossier.answered_meanwhile", dossier=code)
        return False
    with access.holding(dossier, actor=actor):
        services.stop(code, actor=actor, reason=_("Quá thời hạn bổ sung mà không nhận được trả lời."))
    return True
