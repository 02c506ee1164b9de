"""At or below some agencies (phạm vi cơ quan): the one filter for it, over the paths that agencies' rows share."""

from collections.abc import Iterable

from django.db.models import Q


def within(paths: Iterable[str], field: str = "agency__path") -> Q:
    """A filter: rows whose agency is one of these paths or stands below one; without a path, no rows.

    `field` is where the row keeps the agency's path, `path` for agencies themselves.
    """
    places = Q(pk__in=[])
    for path in paths:
        places |= Q(**{f"{field}__startswith": path})
    return places
