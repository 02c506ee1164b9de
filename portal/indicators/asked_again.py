"""How often agencies ask for what the State has already (hỏi lại giấy tờ đã có), as applicants say, in public."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func, Max, Q, QuerySet, Value
from django.db.models.fields import CharField

from dossiers.lifecycle import DossierState
from dossiers.models import HeldPaper
from portal.agencies.models import Agency
from portal.core.language import in_language
from portal.indicators.periods import Period

MOST = 100
"""Procedures that the page lists, the most often named first."""


@dataclass(frozen=True, slots=True)
class Line:
    """A procedure, or an agency with all below it: how often it was said on the form and on supplements."""

    code: str
    name: str
    on_form: int
    on_supplement: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.on_form + self.on_supplement


COUNTS: dict[str, Any] = {
    "on_form": Count("pk", filter=Q(is_supplement=False)),
    "on_supplement": Count("pk", filter=Q(is_supplement=True)),
}

NAMES: dict[str, Any] = {
    "vi": Max("dossier__procedure_name"),
    "en": Max("dossier__procedure_version__name_en"),
    "short": Max("dossier__procedure_version__short_name"),
    "short_en": Max("dossier__procedure_version__short_name_en"),
}


def by_procedure(agency: Agency | None, period: Period) -> list[Line]:
    """Lines of the procedures, the most often named first."""
    rows: Any = (
        _said(agency, period)
        .values(code=F("dossier__procedure_code"))
        .annotate(**NAMES, all=Count("pk"), **COUNTS)
        .order_by("-all", "code")[:MOST]
    )
    return [
        Line(
            row["code"],
            in_language(row["short"] or row["vi"], row["short_en"] or row["en"] or ""),
            row["on_form"],
            row["on_supplement"],
        )
        for row in rows
    ]


def by_agency(agency: Agency | None, period: Period) -> list[Line]:
    """Lines of the child agencies, by name; what lies at the agency itself has no code."""
    depth = agency.path.count("/") if agency else 0
    path = F("dossier__agency__path")
    branch = Func(path, Value("/"), Value(depth + 1), function="split_part", output_field=CharField(max_length=35))
    rows: Any = list(_said(agency, period).annotate(branch=branch).values("branch").annotate(**COUNTS).order_by())
    names = {
        code: in_language(name, name_en)
        for code, name, name_en in Agency.objects.filter(code__in=[row["branch"] for row in rows]).values_list(
            "code", "name", "name_en"
        )
    }
    own = in_language(agency.name, agency.name_en) if agency else ""
    lines = [Line(row["branch"], names.get(row["branch"], own), row["on_form"], row["on_supplement"]) for row in rows]
    return sorted(lines, key=lambda line: (-line.total, line.name))


def _said(agency: Agency | None, period: Period) -> "QuerySet[HeldPaper]":
    """What was said in the period of dossiers that were submitted; a draft has no agency that asks."""
    found = HeldPaper.objects.filter(said_at__gte=period.start, said_at__lt=period.end)
    found = found.exclude(dossier__state=DossierState.DRAFT).order_by()
    return found.filter(dossier__agency__path__startswith=agency.path) if agency else found
