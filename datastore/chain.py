"""The log of who looked as a chain: rows linked in order, and a signed head for each day (docs/access-log.md).

One worker at a time links what was written since; an advisory lock keeps a second one out, and readers notice nothing.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from datastore.log_verifier import (
    END_PREFIX,
    ENDS_ARE_SIGNED,
    GENESIS,
    PREFIX,
    Tree,
    canonical,
    link_hash,
    root_of,
    row_hash,
    statement_hash,
)
from datastore.models import AccessEnd, AccessHead, AccessLog
from datastore.results import keys
from portal.core.statements import Statement

log = structlog.get_logger(__name__)

LOCK = 5_710_233_001
"""Names the chain among PostgreSQL's advisory locks."""
AT_ONCE = 1000
BRANCH = 1024
"""Rows under one kept branch of a day's tree; a power of two, so that the branches are whole ones."""
OF_THE_CHAIN = frozenset({"position", "row_sha256", "chain_sha256"})
COLUMNS = tuple(field.attname for field in AccessLog._meta.concrete_fields if field.attname not in OF_THE_CHAIN)
"""What a row's digest covers: every other column of the table."""

_LINK = Statement(
    f"UPDATE {AccessLog._meta.db_table} AS log"  # noqa: S608 - the name of a table
    " SET position = new.position, row_sha256 = new.row_sha256, chain_sha256 = new.chain_sha256"
    " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])"
    " AS new (id, position, row_sha256, chain_sha256) WHERE log.id = new.id"
)


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is hashed of a row, as it is exported: its columns, the time in UTC.

    What is empty is left out, so that a column added later leaves the digests of older rows as they are.
    """
    found = {name: row[name] for name in COLUMNS if row[name] not in (None, "")}
    return {**found, "read_at": found["read_at"].astimezone(UTC).isoformat(timespec="microseconds")}


def link_pending() -> int:
    """Link every row that waits, in order; return how many. Somebody else at it: return at once."""
    count = 0
    while linked := _link_some():
        count += linked
        if linked < AT_ONCE:
            break
    return count


@transaction.atomic
def _link_some() -> int:
    if not _lock():
        return 0
    waiting = list(AccessLog.objects.filter(position__isnull=True).order_by("id").values(*COLUMNS)[:AT_ONCE])
    if not waiting:
        return 0
    position, link = _end()
    ids, positions, leaves, links = [], [], [], []
    for row in waiting:
        leaf = row_hash(facts(row))
        position, link = position + 1, link_hash(link, leaf)
        ids.append(row["id"])
        positions.append(position)
        leaves.append(leaf)
        links.append(link)
    _LINK.run([ids, positions, leaves, links])
    _sign_end(position, link)
    return len(waiting)


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _end() -> tuple[int, str]:
    """Position and digest where the log goes on: the signed end, whatever the rows say now.

    What was cut off or made anew behind our back thus stays to be seen as a gap or a break, also when rows follow.
    """
    end = AccessEnd.objects.first()
    last = AccessLog.objects.filter(position__isnull=False).order_by("-position").first()
    position, link = (last.position or 0, last.chain_sha256) if last else (0, GENESIS)
    if end is None or position > end.position:  # linked while no key was at hand
        return position, link
    if (position, link) != (end.position, end.chain_sha256):
        log.error("access_log.end_differs", signed=end.position, found=position)
    return end.position, end.chain_sha256


def _sign_end(position: int, link: str) -> None:
    """Sign where the log ends now. An end that went after a day was closed with it is not made anew: it is missed."""
    newest = AccessHead.objects.order_by("-day").first()
    if newest is not None and newest.statement["v"] >= ENDS_ARE_SIGNED and not AccessEnd.objects.exists():
        log.error("access_log.end_missing")
        return
    try:
        keys.register()
        current = keys.current()
    except ImproperlyConfigured:  # a portal without keys yet: the log is kept all the same
        return
    statement = {
        "v": 1,
        "last": position,
        "chain_sha256": link,
        "head_day": newest.day.isoformat() if newest else "",
        "head_sha256": statement_hash(newest.statement) if newest else "",
        "kid": current.credential_kid,
        "signed_at": timezone.now().astimezone(UTC).isoformat(timespec="seconds"),
    }
    signature = base64.urlsafe_b64encode(current.credential.sign(END_PREFIX + canonical(statement))).decode()
    told = {"position": position, "chain_sha256": link, "statement": statement, "signature": signature}
    AccessEnd.objects.update_or_create(pk=1, defaults=told)


@transaction.atomic
def close_day(now: datetime | None = None) -> AccessHead | None:
    """Sign the head of yesterday, unless it is signed: it covers all that was linked since the head before."""
    moment = now or timezone.now()
    day = timezone.localdate(moment) - timedelta(days=1)
    if AccessHead.objects.filter(day__gte=day).exists() or not _lock():
        return None
    before = AccessHead.objects.order_by("-day").first()
    if before is not None and before.day >= day:  # another worker signed it before we had the lock
        return None
    first = before.last_position + 1 if before else 1
    last, link = _end()
    tree, branches = Tree(), []
    for leaves in _branches(first, last):
        branches.append(root_of(leaves))
        tree.add(branches[-1], len(leaves))
    _sign_end(last, link)  # before the head, which says that there is an end
    statement = _statement(day, first, last, link, tree.root(), before, moment)
    head = AccessHead.objects.create(
        day=day,
        first_position=first,
        last_position=last,
        statement=statement,
        signature=base64.urlsafe_b64encode(keys.current().credential.sign(PREFIX + canonical(statement))).decode(),
        branch_roots=branches,
        key=keys.register(),
    )
    _sign_end(last, link)
    log.info("access_log.day_closed", day=str(day), rows=last - first + 1)
    return head


def _statement(
    day: date, first: int, last: int, link: str, root: str, before: AccessHead | None, at: datetime
) -> dict[str, Any]:
    return {
        "v": ENDS_ARE_SIGNED,
        "day": day.isoformat(),
        "first": first,
        "last": last,
        "chain_sha256": link,
        "root_sha256": root,
        "previous_sha256": statement_hash(before.statement) if before else "",
        "kid": keys.current().credential_kid,
        "signed_at": at.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _branches(first: int, last: int) -> Iterator[list[str]]:
    """The digests of a day's rows, in groups as its tree keeps them."""
    for start in range(first, last + 1, BRANCH):
        yield leaves_between(start, min(start + BRANCH - 1, last))


def leaves_between(first: int, last: int) -> list[str]:
    """The digests of linked rows from one position to another."""
    rows = AccessLog.objects.filter(position__range=(first, last)).order_by("position")
    return list(rows.values_list("row_sha256", flat=True))


def signed(head: AccessHead) -> dict[str, Any]:
    """A head as it is published."""
    return {"statement": head.statement, "signature": head.signature}


def export() -> Iterator[dict[str, Any]]:
    """The whole log in order, after each day's rows its head, behind its last row the signed end.

    What the stand-alone verifier reads. Rows that are linked meanwhile follow the end.
    """
    end = AccessEnd.objects.first()
    heads = iter(AccessHead.objects.order_by("day").iterator())
    head = next(heads, None)
    rows = AccessLog.objects.filter(position__isnull=False).order_by("position")
    for row in rows.values(*COLUMNS, *OF_THE_CHAIN).iterator(chunk_size=2000):
        while head is not None and head.last_position < row["position"]:
            yield signed(head)
            head = next(heads, None)
        if end is not None and end.position < row["position"]:
            yield _signed_end(end)
            end = None
        yield {"row": facts(row), **{name: row[name] for name in OF_THE_CHAIN}}
    while head is not None:
        yield signed(head)
        head = next(heads, None)
    if end is not None:
        yield _signed_end(end)


def _signed_end(end: AccessEnd) -> dict[str, Any]:
    return {"end": end.statement, "signature": end.signature}
