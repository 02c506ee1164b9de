"""Ask gateways what became of orders whose notice does not come (đối soát): money must not depend on one lost call."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from payments import services
from payments.gateways import registry
from payments.gateways.base import storable
from payments.models import PaymentOrder
from portal.core import lock_waits
from portal.core.errors import UpstreamError

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(days=3)
LONGEST_WAIT = timedelta(hours=6)
BATCH = 50


def ask_gateways(now: datetime | None = None) -> int:
    """Query every order whose turn has come; return how many were asked. A gateway that is away is left for later."""
    now = now or timezone.now()
    away: set[str] = set()
    asked = 0
    for _turn in range(BATCH):
        order = _claim(now, away)
        if order is None:
            break
        asked += 1
        try:
            _ask(order)
        except UpstreamError as error:
            away.add(order.gateway)
            log.warning("payment.query_failed", gateway=order.gateway, code=error.code)
        except Exception as error:  # one answer that cannot be read must not keep the next order from being asked
            if lock_waits.is_database_away(error):
                raise
            log.error("payment.query_unreadable", order_id=order.pk, error=type(error).__name__)
    return asked


def _ask(order: PaymentOrder) -> None:
    provider = registry.get(order.gateway)
    notice, answer = provider.query(order)
    if notice is not None:
        verdict = services.record(provider, notice, storable(answer), is_answer=True)
        log.info("payment.query_answered", gateway=order.gateway, verdict=str(verdict))


def _claim(now: datetime, away: set[str]) -> PaymentOrder | None:
    """Take one due order and plan its next turn at once: a killed worker only loses this turn."""
    with transaction.atomic():
        order = (
            PaymentOrder.objects.filter(next_query_at__lte=now)
            .exclude(gateway__in=away)
            .order_by("next_query_at", "pk")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("dossier__agency", "payer")
            .first()
        )
        if order is None:
            return None
        order.queries += 1
        wait = min(LONGEST_WAIT, timedelta(minutes=2 ** min(order.queries, 10)))
        order.next_query_at = now + wait if now - order.created_at < GIVE_UP_AFTER else None
        order.save(update_fields=["queries", "next_query_at"])
    return order
