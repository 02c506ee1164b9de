"""The order of a queue and where its next page begins: the last row's key and id, as a short word in the address."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from dossiers.models import ACTS_BY, ENDED_AT, DossierQuerySet


class Order(TextChoices):
    """What comes first. What she chooses is one of the first three; LAST_DONE is the order of finished dossiers."""

    URGENT = "han", _("Việc gấp trước, theo hạn")
    OLDEST = "cu", _("Nộp sớm trước")
    NEWEST = "moi", _("Nộp muộn trước")
    LAST_DONE = "xong", _("Xong gần đây trước")


_KEYS = {
    Order.URGENT: (ACTS_BY, False),
    Order.OLDEST: (F("submitted_at"), False),
    Order.NEWEST: (F("submitted_at"), True),
    Order.LAST_DONE: (ENDED_AT, True),
}


def falls(order: Order, *, is_back: bool = False) -> bool:
    """Whether the latest comes first, read on or, with `is_back`, backwards."""
    return _KEYS[order][1] != is_back


def in_order(rows: DossierQuerySet, order: Order, after: str = "") -> DossierQuerySet:
    """The rows in this order, each with its `key`, from a mark on; a mark that cannot be read starts at the top."""
    key, is_descending = _KEYS[order]
    rows = rows.annotate(key=key)
    mark = read(after)
    if is_descending:
        rows = rows.order_by("-key", "-id")
        if mark is not None and mark[0] is not None:
            # the first half says no more than the second: an index begins to read there
            rows = rows.filter(Q(key__lte=mark[0]) & (Q(key__lt=mark[0]) | Q(key=mark[0], pk__lt=mark[1])))
        return rows
    rows = rows.order_by(F("key").asc(nulls_last=True), "id")
    if mark is None:
        return rows
    return rows.filter(_behind(*mark) & _from(order, mark[0]))


def before(rows: DossierQuerySet, order: Order, mark: str) -> DossierQuerySet:
    """The rows before a mark, nearest first, each with its `key`; none before one that cannot be read."""
    key, is_descending = _KEYS[order]
    rows = rows.annotate(key=key)
    read_mark = read(mark)
    if read_mark is None:
        return rows.none()
    at, pk = read_mark
    if is_descending:
        ahead = Q(key__gte=at) & (Q(key__gt=at) | Q(key=at, pk__gt=pk)) if at is not None else Q(pk__isnull=True)
        return rows.filter(ahead).order_by("key", "id")
    ahead = Q(key__lt=at) | Q(key=at, pk__lt=pk) if at is not None else Q(key__isnull=False) | Q(pk__lt=pk)
    return rows.filter(ahead).order_by(F("key").desc(nulls_first=True), "-id")


def _from(order: Order, key: datetime | None) -> Q:
    """Where an index begins to read in rising order; what was filed has a day, what is urgent may have no limit."""
    return Q(key__gte=key) if order == Order.OLDEST and key is not None else Q()


def _behind(key: datetime | None, pk: int) -> Q:
    """The rows behind a mark in rising order: by key, those without one last."""
    if key is None:
        return Q(key__isnull=True, pk__gt=pk)
    return Q(key__gt=key) | Q(key=key, pk__gt=pk) | Q(key__isnull=True)


def write(row: Any) -> str:
    """The mark after this row, which carries its `key`; for an address."""
    text = json.dumps([row.key.isoformat() if row.key else None, row.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str) -> tuple[datetime | None, int] | None:
    """Key and id of a mark; None where it cannot be read."""
    try:
        key, pk = json.loads(base64.urlsafe_b64decode(text[:200] + "=" * (-len(text[:200]) % 4)))
        at = datetime.fromisoformat(key) if key is not None else None
        return (at, int(pk)) if at is None or at.tzinfo is not None else None
    except (ValueError, TypeError, OverflowError, binascii.Error):
        return None
