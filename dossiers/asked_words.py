"""What an agency asks for at a supplement, for a reader of English: published papers, questions and set words.

What an official wrote herself stays as it was written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dossiers import answer_corrections, naming, request_pictures, told_words
from dossiers.models import Dossier, SupplementRequest
from dossiers.models.requests import Wanted
from portal.core.language import is_english


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a page shows it: key, reason, and what it names, each with `name`, `text` and maybe `field`.

    Under `shots` stand the pictures beside it (dossiers.request_pictures).
    """

    pk: int
    reason: str
    items: list[dict[str, Any]]
    answer_due_at: datetime | None
    wanted: Wanted


def as_read(asked: SupplementRequest, dossier: Dossier) -> Asked:
    """The request in the reader's language."""
    names = names_in(asked.named_items, dossier)
    shown = request_pictures.items_with(asked)
    items = [{**item, "name": name} for item, name in zip(shown, names, strict=True)]
    return Asked(asked.pk, told_words.step(asked.reason), items, asked.answer_due_at, asked.wanted)


def names_in(items: Iterable[Mapping[str, Any]], dossier: Dossier) -> list[str]:
    """What papers and answers asked for are called in the reader's language."""
    questions, titles = answer_corrections.names_of(dossier), papers(dossier)
    return [
        questions.get(item.get(answer_corrections.FIELD, ""), titles.get(item["name"], item["name"])) for item in items
    ]


def with_words(items: Sequence[Mapping[str, Any]], dossier: Dossier) -> list[str]:
    """The same, each with what was said of it."""
    texts = (item.get("text") or "" for item in items)
    return [f"{name}: {text}" if text else name for name, text in zip(names_in(items, dossier), texts, strict=True)]


def papers(dossier: Dossier) -> dict[str, str]:
    """English names of the published papers by the Vietnamese ones, under which they are asked for; none for others."""
    rules = dossier.rules if is_english() else None
    return {row.name: naming.component_title(row) for row in rules.components.all()} if rules else {}
