"""What is told to whoever asks: status events from a cursor on; asking beyond an event says that it has arrived."""

from typing import Any

from django.utils import timezone

from portal.sandbox.casework.chaos import chaos
from portal.sandbox.casework.models import Case, Desk, Push
from portal.sandbox.casework.transports.rest import event_body

LARGEST_PAGE = 500
AS_TOLD = frozenset({"register", "return_result"})
"""Steps of the wire format alone; over REST the portal hands over the result itself."""


def page(cursor: int, size: int) -> dict[str, Any]:
    """Return the events that follow the cursor, oldest first, and remember that those before it have arrived."""
    now = timezone.now()
    Desk.current()
    Desk.objects.update(last_asked_at=now)
    known = Push.objects.filter(case__origin=Case.Origin.PORTAL).exclude(action__in=AS_TOLD)
    arrived = known.filter(pk__lte=cursor, state=Push.State.WAITING)
    arrived.update(state=Push.State.DELIVERED, delivered_at=now)
    size = min(max(size, 1), LARGEST_PAGE)
    found = list(known.filter(pk__gt=cursor).order_by("pk").select_related("case")[: size + 1])
    shown = found[:size]
    results = [{"code": push.case.code, **event_body(push)} for push in shown]
    if chaos.strikes("duplicates"):
        results += results
    if chaos.strikes("reordering"):
        results.reverse()
    if chaos.strikes("wrong_codes"):
        results += [{**told, "event": "ban_hanh", "reference": f"{told['reference']}-x"} for told in results[:1]]
    return {
        "next_cursor": str(shown[-1].pk if shown else cursor),
        "has_more": len(found) > size,
        "results": results,
    }
