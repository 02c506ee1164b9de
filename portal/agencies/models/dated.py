"""Rows with a first and a last day: old codes and posts still resolve."""

from datetime import date
from typing import Protocol, Self

from django.db import models
from django.db.models import Q


class Dated(Protocol):
    """A row that is in force from a day on."""

    valid_from: date
    valid_to: date | None


def is_in_force(row: Dated, on: date) -> bool:
    """Whether a row is in force on a day; the rows of a table that one reads at once are asked one by one."""
    return row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)


class DatedQuerySet(models.QuerySet):
    """Reads over dated rows."""

    def valid_on(self, day: date) -> Self:
        """Rows in force on a day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )
