"""Where the next page of a queue begins: the last row's key and id, as a short word in the address."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from django.db.models import Q


def after(key: datetime | None, pk: int) -> Q:
    """The rows behind a mark in a queue's order: by key, those without one last."""
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
