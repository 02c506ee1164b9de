"""Lists that are read page by page, and files written piece by piece: the thousandth costs what the first does."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from portal.core.text import whole_number

PARAMETER = "truoc"
"""Of the address: the id before which the page begins."""

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page; `first_url` is empty on the first one, `next_url` on the last."""

    rows: list[Row]
    is_first: bool
    first_url: str
    next_url: str


def newest_first(
    found: QuerySet[Row], request: HttpRequest, *, size: int, keep: Mapping[str, str] | None = None
) -> Page[Row]:
    """The page that the address asks for, `size` rows at most; nonsense in the address means the first page.

    `keep` is what else the addresses of the pages say, such as a filter; what is empty is left out.
    """
    kept = {name: value for name, value in (keep or {}).items() if value}
    mark = whole_number(request.GET.get(PARAMETER, ""))
    if mark is not None:
        found = found.filter(pk__lt=mark)
    rows = list(found.order_by("-pk")[: size + 1])
    first_url = request.path + (f"?{urlencode(kept)}" if kept else "")
    next_url = f"?{urlencode({PARAMETER: rows[size - 1].pk, **kept})}" if len(rows) > size else ""
    return Page(rows[:size], mark is None, "" if mark is None else first_url, next_url)


def behind(field: str, value: Any, pk: int) -> Q:
    """Rows that come after one in the order of a field and the id: an index of both begins reading there."""
    return Q(**{f"{field}__gte": value}) & (Q(**{f"{field}__gt": value}) | Q(pk__gt=pk))


def in_pieces(rows: QuerySet[Any, Item], *, behind: Callable[[Item], Q], size: int) -> Iterator[list[Item]]:
    """All rows of an ordered query, `size` at most in memory, each piece by a query of its own.

    `behind` says which rows come after one, in the order of the query. No cursor of the server's is needed, which lives
    in a session: a pooler in transaction mode has none to give, and Django would then fetch everything at once.
    """
    piece = list(rows[:size])
    while piece:
        yield piece
        piece = list(rows.filter(behind(piece[-1]))[:size]) if len(piece) == size else []
