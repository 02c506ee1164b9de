"""What papers are called in English: they bear the Vietnamese name of what they were handed in for, or issued as."""

from procedures import publication
from procedures.models import Component, ResultType


def english_of(name: str) -> str:
    """The English name of a published paper or result called so; empty where nobody wrote one. At most two queries."""
    names: dict[str, str] = publication.remembered("English names of papers", _names)
    return names.get(name, "")


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for rows in (Component.objects.all(), ResultType.objects.all()):
        published = rows.filter(version__current_of__isnull=False).exclude(name_en="")
        found.update(published.values_list("name", "name_en"))
    return found
