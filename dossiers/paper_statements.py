"""What a result's paper says, value by value (nội dung ghi trên kết quả), for who puts one of them right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from datastore.results import answers
from dossiers import paper_words
from dossiers.models import Dossier
from portal.core.text import clean_block

TEXT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Statement:
    """One value on the paper: its name among the answers, what it is called there, and what stands there now."""

    key: str
    label: str
    text: str
    heading: str = ""
    """Under which the form asks for it: child, mother and father are asked the same things."""
    choices: tuple[str, ...] = ()
    """The words it is chosen from; none where it is typed."""


def of(dossier: Dossier, corrections: Mapping[str, str], *, on: date) -> list[Statement]:
    """Every value that the paper may say, in the order of the form, with what was put right on it already."""
    version = dossier.procedure_version
    if version is None:
        return []
    values = answers.values_of(version, dossier.answers, on=on)
    values = values.beside(answers.changed(values, corrections))
    return [
        Statement(key, label, values.texts[key], heading, paper_words.choices_of(asked))
        for key, label, heading, asked in answers.corrigible(version, values)
    ]


def changes(corrections: Mapping[str, str], standing: Mapping[str, str]) -> dict[str, str]:
    """The right words that differ from what stands there, by the keys that the paper has."""
    return {
        key: clean_block(text)[:TEXT_LENGTH]
        for key, text in corrections.items()
        if key in standing and clean_block(text) != standing[key]
    }
