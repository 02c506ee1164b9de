"""What share of the people asked was satisfied, told only where nobody's own answer can be read from it (hài lòng).

Who works at the desk knows whose dossiers were finished: one rating of an agency is one person's opinion by name. So
an agency's month is told from `LEAST_RATINGS_TOLD` ratings on, and only where what it holds beside the figures told
below it is nothing, or as many again: else one subtracts. A quarter adds up its months that are told, no more.
"""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from dossiers.models import Dossier
from portal.feedback.models import LEAST_RATINGS_TOLD, Satisfaction
from portal.indicators.periods import VIETNAM


class Opinions(NamedTuple):
    """Ratings counted: all, and those satisfied."""

    rated: int = 0
    satisfied: int = 0


NONE = Opinions()
OWN = "."
"""Behind an agency's path: its own dossiers, without those of the agencies below."""


class _Part(NamedTuple):
    """Ratings of a part of the tree, and how many of them stand in no figure told below it."""

    counts: Opinions
    hidden: int

    @property
    def is_told(self) -> bool:
        return self.counts.rated >= LEAST_RATINGS_TOLD and (self.hidden == 0 or self.hidden >= LEAST_RATINGS_TOLD)


def by_month(dossiers: QuerySet[Dossier]) -> dict[date, dict[str, Opinions]]:
    """Ratings of these finished dossiers by month of finishing and path of the agency itself; one query."""
    answered: Any = (
        dossiers.filter(rating__isnull=False)
        .annotate(month=TruncMonth("finished_at", tzinfo=VIETNAM))
        .order_by()
        .values("month", "agency__path")
        .annotate(rated=Count("id"), satisfied=Count("id", filter=Q(rating__satisfaction__gte=Satisfaction.SATISFIED)))
    )
    found: dict[date, dict[str, Opinions]] = defaultdict(dict)
    for row in answered:
        found[row["month"].date()][row["agency__path"] or ""] = Opinions(row["rated"], row["satisfied"])
    return found


def of_period(months: dict[date, dict[str, Opinions]]) -> dict[str, Opinions]:
    """What may be told of these months together, by path and, of an agency's own dossiers, by its path with `OWN`."""
    found: dict[str, Opinions] = {}
    for own in months.values():
        for path, counts in _told(own).items():
            before = found.get(path, NONE)
            found[path] = Opinions(before.rated + counts.rated, before.satisfied + counts.satisfied)
    return found


def key_of(path: str, code: str) -> str:
    """Under what `of_period` tells of a child of the agency with this path; of its own dossiers for the code ""."""
    return f"{path}{code}/" if code else path + OWN


def _told(own: dict[str, Opinions]) -> dict[str, Opinions]:
    """What may be told of one month, from what each agency's own dossiers were given."""
    parts = {
        path + OWN: _Part(counts, 0 if counts.rated >= LEAST_RATINGS_TOLD else counts.rated)
        for path, counts in own.items()
    }
    inside: dict[str, set[str]] = defaultdict(set)
    for path in own:
        inside[path].add(path + OWN)
        while path:
            above = path[: path.rstrip("/").rfind("/") + 1]
            inside[above].add(path)
            path = above
    for path in sorted(inside, key=lambda each: each.count("/"), reverse=True):  # the deepest first
        within = [parts[name] for name in inside[path]]
        rated = sum(part.counts.rated for part in within)
        satisfied = sum(part.counts.satisfied for part in within)
        hidden = sum(part.hidden for part in within if not part.is_told)
        parts[path] = _Part(Opinions(rated, satisfied), hidden)
    return {path: part.counts for path, part in parts.items() if part.is_told}
