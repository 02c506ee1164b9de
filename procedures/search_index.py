"""What search knows of a version: its own words in zones, written at publication, read whole into the index."""

from __future__ import annotations

from procedures.models import Origin, ProcedureVersion

EDITION = "6"
"""Change it when the zones change: then loading writes every current version's search text anew."""

ZONES = ("edition", "name", "alias", "topic")
"""Lines of ``search_text`` in order."""
LONGEST_ZONE = 4_000


def _line(*texts: str) -> str:
    return " ".join("; ".join(text for text in texts if text).split())[:LONGEST_ZONE]


def text_of(version: ProcedureVersion, *, field: str, results: list[str], events: list[str]) -> str:
    """The search text of a version, one zone a line."""
    sheet, is_ours = version.sheet, version.origin == Origin.PACK
    keywords = sheet.get("keywords", ())  # a publisher's own are of all kinds: they count as what it is about
    name = _line(version.name)
    words = {
        "edition": EDITION,
        "name": name,
        "alias": _line(version.short_name, version.name_en, version.short_name_en, *(keywords if is_ours else ())),
        "topic": _line(
            field,
            (sheet.get("summary") or {}).get("vi", ""),
            *events,
            *dict.fromkeys(results),
            *(() if is_ours else keywords),
            *(text for text in sheet.get("search_topics", ()) if text != version.name),
        ),
    }
    return "\n".join(words[zone] for zone in ZONES)


def is_current(version: ProcedureVersion) -> bool:
    """Whether the version's search text has the zones of this edition."""
    return version.search_text.startswith(f"{EDITION}\n")


def write(version: ProcedureVersion) -> None:
    """Write the search text of a version whose rows are saved."""
    text = text_of(
        version,
        field=version.procedure.field.name,
        results=[result.name for result in version.results.all()],
        events=[event.name for event in version.procedure.life_events.all()],
    )
    ProcedureVersion.objects.filter(pk=version.pk).update(search_text=text)
