"""What papers are called in English: a paper that was handed in bears the Vietnamese name of what it was for."""

from procedures import publication
from procedures.models import Component


def english_of(name: str) -> str:
    """The English name of a published component called so; empty where nobody wrote one. At most one query."""
    names: dict[str, str] = publication.remembered("English names of components", _names)
    return names.get(name, "")


def _names() -> dict[str, str]:
    found = Component.objects.filter(version__current_of__isnull=False).exclude(name_en="")
    return dict(found.values_list("name", "name_en"))
