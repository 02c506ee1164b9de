"""The proof a person takes away: that her rows stand in the log under heads the portal signed (docs/access-log.md)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from datastore import chain
from datastore.chain import BRANCH, COLUMNS
from datastore.log_verifier import audit_path
from datastore.models import AccessHead, AccessLog
from datastore.results import verification

MOST_ROWS = 1000
PUBLISHED_DAYS = 400


def of(rows: "QuerySet[AccessLog]") -> dict[str, Any]:
    """The newest rows of a list with the path of each to its day's head; those of today wait for theirs."""
    found = list(rows.order_by("-read_at", "-id").values(*COLUMNS, "position")[:MOST_ROWS])
    positions = [row["position"] for row in found if row["position"] is not None]
    heads = _heads(positions)
    entries, waiting, used = [], [], {}
    branches: dict[tuple[int, int], list[str]] = {}
    for row in found:
        head = _head_of(row["position"], heads)
        if head is None:
            waiting.append(chain.facts(row))
            continue
        used[head.day] = head
        entries.append(
            {
                "position": row["position"],
                "day": head.day.isoformat(),
                "path": _path(row["position"], head, branches),
                "row": chain.facts(row),
            }
        )
    return {
        "kind": "access-log-proof",
        "version": 1,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "rows": entries,
        "waiting": waiting,
        "heads": [chain.signed(used[day]) for day in sorted(used)],
        "keys": verification.key_set(),
    }


def published() -> list[dict[str, Any]]:
    """The heads of the last days, oldest first: for anybody to keep."""
    newest = AccessHead.objects.order_by("-day")[:PUBLISHED_DAYS]
    return [chain.signed(head) for head in reversed(newest)]


def _heads(positions: Sequence[int]) -> list[AccessHead]:
    if not positions:
        return []
    covering = AccessHead.objects.filter(last_position__gte=min(positions), first_position__lte=max(positions))
    return list(covering.select_related("key").order_by("day"))


def _head_of(position: int | None, heads: list[AccessHead]) -> AccessHead | None:
    if position is None:
        return None
    return next((head for head in heads if head.first_position <= position <= head.last_position), None)


def _path(position: int, head: AccessHead, branches: dict[tuple[int, int], list[str]]) -> list[str]:
    branch, place = divmod(position - head.first_position, BRANCH)
    first = head.first_position + branch * BRANCH
    if (head.pk, branch) not in branches:
        branches[head.pk, branch] = chain.leaves_between(first, min(first + BRANCH - 1, head.last_position))
    return [*audit_path(branches[head.pk, branch], place), *audit_path(head.branch_roots, branch)]
