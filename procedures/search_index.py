"""What search knows of a version: its own words, folded, in zones of falling weight."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from portal.core.text import fold
from procedures.models import ProcedureVersion

EDITION = "3"
"""Change it when the zones change: then loading writes every current version's search text anew."""

ZONES = ("edition", "code", "short_name", "name", "keywords", "summary", "around")
"""Lines of ``search_text`` in order; ``keywords`` are separated by semicolons."""


def folded(text: str) -> str:
    """A text folded, on one line."""
    return " ".join(fold(text).split())


def zones(version: ProcedureVersion) -> dict[str, str]:
    """The folded text of each zone."""
    sheet = version.sheet
    events = ", ".join(event.name for event in version.procedure.life_events.all())
    results = ", ".join(result.name for result in version.results.all())
    return {
        "edition": EDITION,
        "code": version.procedure.code,
        "short_name": folded(version.short_name),
        "name": folded(version.name),
        "keywords": "; ".join(folded(word) for word in sheet.get("keywords", ())),
        "summary": folded(f"{(sheet.get('summary') or {}).get('vi', '')} {version.name_en} {version.short_name_en}"),
        "around": folded(f"{version.procedure.field.name}, {events}, {results}"),
    }


def is_current(version: ProcedureVersion) -> bool:
    """Whether the version's search text has the zones of this edition."""
    return version.search_text.startswith(f"{EDITION}\n")


def write(version: ProcedureVersion) -> None:
    """Write the search text and vector of a version whose rows are saved."""
    words = zones(version)
    first = f"{words['short_name']} {words['name']} {words['keywords']}"
    text = "\n".join(words[zone] for zone in ZONES)
    ProcedureVersion.objects.filter(pk=version.pk).update(
        search_text=text,
        search_vector=SearchVector(Value(first), weight="A", config="simple")
        + SearchVector(Value(words["summary"]), weight="B", config="simple")
        + SearchVector(Value(words["around"]), weight="C", config="simple"),
    )
