"""Public figures, from real rows (số liệu công khai)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog
from django.core.cache import cache
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.models import Agency
from portal.core.errors import NotFoundError
from portal.core.language import in_language
from portal.indicators import figures, opinions
from portal.indicators.figures import Figures
from portal.indicators.periods import Period

log = structlog.get_logger(__name__)

KEPT_SECONDS = 60
"""How old a public figure may be."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """One line of the table: a child agency with everything below it, or the agency itself."""

    code: str
    name: str
    is_own: bool
    """The agency's own dossiers, as opposed to those of a child agency."""
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of one agency, or of the country, in one period."""

    period: Period
    agency: Agency | None
    ancestors: list[Agency]
    total: Figures
    lines: list[AgencyFigures]
    silent: int
    """How many child agencies have no dossiers to count."""
    as_of: datetime


def public_figures() -> dict[str, Any]:
    """Return dossiers_total, handled_this_month, on_time_percent (None without any) and as_of; at most a minute old."""
    return _kept("indicators:public", _public_figures)


def _public_figures() -> dict[str, Any]:
    now = timezone.now()
    month = figures.total_of(figures.by_branch(None, Period.of(timezone.localdate(now)), now))
    return {
        "dossiers_total": Dossier.objects.exclude(state=DossierState.DRAFT).count(),
        "handled_this_month": month.handled,
        "on_time_percent": month.on_time_percent,
        "as_of": now,
    }


def report(period: Period, *, agency_code: str = "") -> Report:
    """Figures of an agency by child agency; "" is the whole country. Raises NotFoundError for an unknown code.

    The number of queries is the same for every agency and period.
    """
    agency = get_agency(agency_code)
    # another shape, another name: two releases share the cache
    key = f"indicators:figures:{agency.pk if agency else 0}:{period.key}"
    as_of, counted, said = _kept(key, lambda: _counted(agency, period))
    found = {code: Figures(**counts) for code, counts in counted.items()}
    total = figures.total_of(found)
    path = agency.path if agency else ""
    for code, counts in found.items():
        counts.ratings_told, counts.satisfied = said.get(opinions.key_of(path, code), opinions.NONE)
    total.ratings_told, total.satisfied = said.get(path, opinions.NONE)
    ancestors = _ancestors(agency)
    children = Agency.objects.filter(parent=agency).order_by("name", "code").values_list("code", "name", "name_en")
    lines = [
        AgencyFigures(code, in_language(name, name_en), False, found[code])
        for code, name, name_en in children
        if code in found
    ]
    if agency is not None and "" in found:
        own = AgencyFigures(agency.code, name_of(agency), True, found[""])
        lines.insert(0, own)
    return Report(
        period=period,
        agency=agency,
        ancestors=ancestors,
        total=total,
        lines=lines,
        silent=len(children) - sum(not line.is_own for line in lines),
        as_of=as_of,
    )


def get_agency(code: str) -> Agency | None:
    """An agency by its code, None for ""; raises NotFoundError."""
    if not code:
        return None
    agency = Agency.objects.filter(code=code[:35]).first()
    if agency is None:
        raise NotFoundError(code="agency.not_found")
    return agency


def name_of(agency: Agency) -> str:
    """An agency's name on a page of the current language."""
    return in_language(agency.name, agency.name_en)


def _counted(
    agency: Agency | None, period: Period
) -> tuple[datetime, dict[str, dict[str, int]], dict[str, tuple[int, int]]]:
    now = timezone.now()
    counted = {code: asdict(counts) for code, counts in figures.by_branch(agency, period, now).items()}
    said = opinions.of_period(opinions.by_month(figures.within(agency).filter(figures.handled_in(period))))
    return now, counted, {path: (counts.rated, counts.satisfied) for path, counts in said.items()}


def _ancestors(agency: Agency | None) -> list[Agency]:
    """The agencies above, from the top; one query."""
    if agency is None:
        return []
    codes = agency.line_codes[:-1]
    above = {found.code: found for found in Agency.objects.filter(code__in=codes)}
    return [above[code] for code in codes if code in above]


def _kept(key: str, compute: Callable[[], Value]) -> Value:
    """Compute at most once a minute; with the cache away, each time."""
    try:
        known: Value | None = cache.get(key)
    except Exception as error:
        log.warning("indicators.cache_away", error=type(error).__name__)
        return compute()
    if known is not None:
        return known
    value = compute()
    try:
        cache.set(key, value, KEPT_SECONDS)
    except Exception as error:
        log.warning("indicators.cache_away", error=type(error).__name__)
    return value
