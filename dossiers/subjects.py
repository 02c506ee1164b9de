"""Whom a dossier's result is about (người được nêu trong kết quả): the child of a birth, a licence's enterprise."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from dossiers import naming, person_numbers
from dossiers.models import Dossier, ResultIssue
from portal.core.identifiers import IdentifierError, clean_personal_id
from portal.core.text import clean_line, fold
from procedures import eforms

ABOUT = ("child_full_name", "subject_full_name", "deceased_full_name", "person_name", "business_name")
"""Keys of e-forms that name somebody or something else than who applies, the first answered one counts."""

PURPOSE = ("purpose_text", "purpose", "electricity_purpose")
"""Keys of e-forms that say what the result is for, the most precise first."""


def name_of(dossier: Dossier, corrections: Mapping[str, str] | None = None) -> str:
    """The name, as it was declared or put right on the paper; else the organisation's or the applicant's."""
    named = _named({**dossier.answers, **(corrections or {})})
    return named or (dossier.organisation.name if dossier.organisation else dossier.applicant_name)


def titled(dossier: Dossier) -> str:
    """The dossier's title in a person's own list, with whom it is about."""
    about = told_apart(dossier)
    return f"{naming.dossier_title(dossier)} – {about}" if about else naming.dossier_title(dossier)


def told_apart(dossier: Dossier) -> str:
    """The name beside the procedure's in a person's own list, so that two births are two; "" where it is her own.

    Personal data of somebody else: for the pages of who filed or owns it, never for tracking, notices or addresses.
    """
    named = _named(dossier.answers)
    if not named and dossier.representation_id is not None:
        return dossier.applicant_name or str(dossier.owner or "")
    own = (dossier.applicant_name, str(dossier.answers.get("full_name") or ""))
    return "" if fold(named) in {fold(name) for name in own} else named


def purposes(dossiers: Iterable[Dossier]) -> dict[int, str]:
    """What those were filed for, by id, that have the title of another in the list: her own words, for her own list."""
    rows = [(titled(dossier), dossier) for dossier in dossiers]
    counted = Counter(title for title, _dossier in rows)
    alike = (dossier for title, dossier in rows if counted[title] > 1)
    return {dossier.pk: words for dossier in alike if (words := _purpose(dossier))}


def _purpose(dossier: Dossier) -> str:
    version = dossier.procedure_version
    if version is None or not any(dossier.answers.get(key) for key in PURPOSE):
        return ""
    told = eforms.summary(eforms.form_for(version), dossier.answers, filled_only=True)
    words = {row.key: row.value for section in told for row in section.rows}
    return next((words[key] for key in PURPOSE if words.get(key)), "")


def identity_of(dossier: Dossier) -> tuple[str, str] | None:
    """Name and date of birth (as ISO, else "") of whom the declaration is about; None where it names nobody."""
    for key in ABOUT:
        if name := _line(dossier.answers.get(key)):
            return name.casefold(), _line(dossier.answers.get(f"{key.removesuffix('full_name')}date_of_birth"))
    return None


def _named(said: Mapping[str, Any]) -> str:
    return next((name for key in ABOUT if (name := _line(said.get(key)))), "")


def _line(said: Any) -> str:
    return clean_line(said) if isinstance(said, str) else ""


def number_given(issue: ResultIssue) -> str:
    """The personal number that the authority gave to whom a result is about; empty where it wrote none."""
    with suppress(IdentifierError):
        return clean_personal_id(person_numbers.line_of(issue.fields.get("rows", [])))
    return ""
