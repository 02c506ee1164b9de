"""Lists that are read newest first, page by page: the thousandth page costs what the first one does."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from portal.core.text import whole_number

PARAMETER = "truoc"
"""Of the address: the id before which the page begins."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page; `next_url` is empty on the last one."""

    rows: list[Row]
    is_first: bool
    next_url: str


def newest_first(found: QuerySet[Row], request: HttpRequest, *, size: int) -> Page[Row]:
    """The page that the address asks for, `size` rows at most; nonsense in the address means the first page."""
    mark = whole_number(request.GET.get(PARAMETER, ""))
    if mark is not None:
        found = found.filter(pk__lt=mark)
    rows = list(found.order_by("-pk")[: size + 1])
    next_url = f"?{PARAMETER}={rows[size - 1].pk}" if len(rows) > size else ""
    return Page(rows[:size], mark is None, next_url)
