"""Rows and numbers out of each agency's part of an index (đầu hàng đợi): the first ones, and how many there are.

An index keeps the rows of one agency in the order of a queue. Over a province no index does, and what the planner
expects of many agencies at once is a guess: it then reads the rows themselves, more with each dossier there is. So
each agency is asked for its own, one after another, and its index answers alone.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate
from django.db.models.expressions import RawSQL

from dossiers.models import Dossier, DossierQuerySet

Rows = Callable[[DossierQuerySet], DossierQuerySet]
"""What is wanted of the dossiers of one agency, drafts among them."""

# our own words and what the ORM wrote; whatever anybody typed is a parameter
_FIRST = (
    "SELECT head.id FROM unnest(%s::bigint[]) AS place (id) CROSS JOIN LATERAL ({heads}) AS head (key, id)"
    " ORDER BY head.key {way}, head.id {way} LIMIT {limit:d}"
)
_TOTALS = "SELECT {sums} FROM unnest(%s::bigint[]) AS place (id) CROSS JOIN LATERAL ({each}) AS each ({names})"


def first(agency_ids: Sequence[int], ordered: Rows, *, falls: bool, limit: int) -> DossierQuerySet:
    """The first `limit` rows over all these agencies, unordered.

    `ordered` orders by `key` and id, both rising or, where it `falls`, both falling; rows without a key are last where
    it rises and first where it falls.
    """
    if len(agency_ids) == 1:  # of an agency that is named the planner knows how much it has
        own = ordered(Dossier.objects.filter(agency=agency_ids[0]))
        return Dossier.objects.filter(pk__in=own.values("pk")[:limit])
    each: Any = ordered(_each())  # with a `key` that the type does not know of
    try:
        sql, parameters = each.values_list("key", "pk")[:limit].query.sql_with_params()
    except EmptyResultSet:  # nothing can fit, which the ORM sees before it asks
        return Dossier.objects.none()
    merged = _FIRST.format(heads=sql, way="DESC" if falls else "ASC", limit=limit)
    # S611: the text is ours and the ORM's; every value travels as a parameter
    return Dossier.objects.filter(pk__in=RawSQL(merged, (list(agency_ids), *parameters)))  # noqa: S611


def totals(agency_ids: Sequence[int], rows: Rows, **numbers: Aggregate) -> dict[str, int]:
    """Sums over all these agencies of what is counted among each one's rows."""
    counted: Any = rows(_each()).order_by().values("agency").annotate(**numbers).values_list(*numbers)
    sql, parameters = counted.query.sql_with_params()
    sums = ", ".join(f"coalesce(sum(each.{name}), 0)" for name in numbers)
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS.format(sums=sums, each=sql, names=", ".join(numbers)), (list(agency_ids), *parameters))
        found = cursor.fetchone()
    return {name: int(number) for name, number in zip(numbers, found, strict=True)}


def _each() -> DossierQuerySet:
    return Dossier.objects.filter(agency=RawSQL("place.id", ()))
