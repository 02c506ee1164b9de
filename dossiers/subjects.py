"""Whom a dossier's result is about (người được nêu trong kết quả): the child of a birth, a licence's enterprise."""

from collections.abc import Mapping
from contextlib import suppress

from dossiers import person_numbers
from dossiers.models import Dossier, ResultIssue
from portal.core.identifiers import IdentifierError, clean_personal_id

ABOUT = ("child_full_name", "subject_full_name", "person_name", "business_name")
"""Keys of e-forms that name somebody or something else than who applies, the first answered one counts."""


def name_of(dossier: Dossier, corrections: Mapping[str, str] | None = None) -> str:
    """The name, as it was declared or put right on the paper; else the organisation's or the applicant's."""
    said = {**dossier.answers, **(corrections or {})}
    for key in ABOUT:
        name = said.get(key)
        if isinstance(name, str) and name.strip():
            return name.strip()
    return dossier.organisation.name if dossier.organisation else dossier.applicant_name


def number_given(issue: ResultIssue) -> str:
    """The personal number that the authority gave to whom a result is about; empty where it wrote none."""
    with suppress(IdentifierError):
        return clean_personal_id(person_numbers.line_of(issue.fields.get("rows", [])))
    return ""
