"""What was declared, group by group, in words (nội dung đã khai): to check before filing, and frozen afterwards."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import facts, steps
from dossiers.models import Dossier
from procedures import eforms
from procedures.models import ProcedureVersion


@dataclass(frozen=True, slots=True)
class Section:
    """A group of the form as its answers stand: what is told, from where, and what was left empty."""

    title: str
    anchor: str
    """Where it stands on this page, for who comes back from changing it."""
    change_url: str
    rows: list[dict[str, str]]
    source: str
    """Where all of it came from, told once; empty where rows differ, which then say it themselves."""
    left_out: list[str]
    """Optional questions without an answer, by label."""
    is_known: bool
    """Whether all of it came filled in and was left so: folded, one press away."""


def to_check(
    dossier: Dossier, version: ProcedureVersion, *, missing: Collection[str], declared: Collection[str]
) -> list[Section]:
    """The answers of a draft; what is asked for and `missing` says so, what may be empty and is stands in one line.

    `declared` are the consents above the last button, which are given there.
    """
    form = eforms.form_of(eforms.form_for(version))
    sections = []
    for section in eforms.summary(form, dossier.answers):
        told = [row for row in section.rows if row.key not in declared]
        answered = [row for row in told if row.value or row.key in missing]
        if told:
            sections.append(_section(dossier, section, answered, [row.label for row in told if row not in answered]))
    return sections


def as_filed(dossier: Dossier) -> list[Section]:
    """The frozen answers of a filed dossier, as the check page showed them on the day; nothing left empty is told.

    What the agency marked and the applicant put right since stands as it is now; the history tells both. Empty where
    another system keeps what was declared.
    """
    version = dossier.procedure_version
    if version is None or not dossier.answers:
        return []
    day = timezone.localdate(dossier.submitted_at) if dossier.submitted_at else None
    form = eforms.form_of(eforms.form_for(version))
    told = eforms.summary(form, dossier.answers, on=day, filled_only=True)
    return [_section(dossier, section, section.rows, []) for section in told]


def _section(dossier: Dossier, section: eforms.Section, answered: list[eforms.Row], left_out: list[str]) -> Section:
    sources = [facts.source_words(dossier.answer_sources.get(row.key, "")) for row in answered]
    shared = sources[0] if len(set(sources)) == 1 else ""
    return Section(
        title=section.title,
        anchor=steps.check_anchor(section.page_key, section.key),
        change_url=steps.address(dossier, section.page_key, changing=True, group=section.key),
        rows=[
            {"key": row.label, "value": row.value or _("Chưa điền"), "source": "" if shared else source}
            for row, source in zip(answered, sources, strict=True)
        ],
        source=shared,
        left_out=left_out,
        is_known=bool(answered) and all(sources),
    )
