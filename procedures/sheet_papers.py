"""The papers of a sheet: those of every dossier, then those of each published case (giấy tờ theo trường hợp).

The national catalogue puts the papers of all cases in one list, under headings that say whose they are. As in filing,
they follow the cases that a reader chose; what belongs to others stands folded below.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.core.language import column_text
from procedures import paper_forms
from procedures.eforms.free_components import Role, cases_of, heading_words, role_of_component
from procedures.models import Component, ComponentKind, ProcedureVersion
from procedures.paper_forms import PaperForm

FEW_PAPERS = 12
"""So many papers of cases stand open while none is chosen; more are folded case by case."""


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """One component of the dossier."""

    name: str
    when: str
    note: str
    said: str
    """The note without the forms it names."""
    forms: list[PaperForm]
    copies: str
    how: str
    tone: str
    is_required: bool


@dataclass(slots=True)
class Group:
    """The papers of one case, under its whole name."""

    title: str
    rows: list[ComponentRow] = field(default_factory=list)


@dataclass(slots=True)
class Papers:
    """What a sheet lists."""

    common: list[ComponentRow] = field(default_factory=list)
    """To hand in whatever the case is."""
    chosen: list[Group] = field(default_factory=list)
    cases: list[Group] = field(default_factory=list)
    """Of cases that are not the reader's, or of all while she chose none."""
    besides: list[ComponentRow] = field(default_factory=list)
    """Only shown, filled in or fetched."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be handed in."""
        return not (self.common or self.chosen or self.cases)

    @property
    def lacks_forms(self) -> bool:
        """Whether a form is named whose file nobody linked."""
        groups = (self.common, self.besides, *(group.rows for group in (*self.chosen, *self.cases)))
        return any(not form.url for rows in groups for row in rows for form in row.forms)

    @property
    def of_cases(self) -> int:
        """How many papers belong to cases that are not the reader's."""
        return sum(len(group.rows) for group in self.cases)

    @property
    def is_long(self) -> bool:
        """Whether the cases are folded one by one."""
        return self.of_cases > FEW_PAPERS


def of(version: ProcedureVersion, chosen: Collection[str] = ()) -> Papers:
    """The papers of a version for the cases with these values in the form (``free_components.cases_of``).

    A procedure with a form of its own asks in its own way: each of its papers says itself when it is needed.
    """
    components = list(version.components.all())
    values = {} if version.form else {heading: value for value, heading in cases_of(components).items()}
    groups = {heading: Group(heading_words(heading)) for heading in values}
    papers = Papers()
    for component in components:
        heading = component.when_text
        if component.kind not in {ComponentKind.DOCUMENT, ComponentKind.PHOTO}:
            papers.besides.append(component_row(component))
        elif heading in groups and role_of_component(component.name, heading) == Role.CASE:
            groups[heading].rows.append(component_row(component, is_under_its_case=True))
        else:
            papers.common.append(component_row(component))
    for heading, group in groups.items():
        if group.rows:
            (papers.chosen if values[heading] in chosen else papers.cases).append(group)
    return papers


def component_rows(version: ProcedureVersion) -> tuple[list[ComponentRow], list[ComponentRow]]:
    """Papers to hand in, and what is only shown, filled in or fetched."""
    papers: list[ComponentRow] = []
    others: list[ComponentRow] = []
    for component in version.components.all():
        is_paper = component.kind in {ComponentKind.DOCUMENT, ComponentKind.PHOTO}
        (papers if is_paper else others).append(component_row(component))
    return papers, others


def component_row(component: Component, *, is_under_its_case: bool = False) -> ComponentRow:
    """A component in the reader's language; under the heading of its case it does not repeat it."""
    note = column_text(component, "note")
    said, forms = paper_forms.told(note)
    return ComponentRow(
        name=column_text(component, "name"),
        when="" if is_under_its_case else column_text(component, "when_text"),
        note=note,
        said=said,
        forms=forms,
        copies=_copies(component),
        how=_how(component),
        tone="jade" if component.kind == ComponentKind.EFORM or component.reuse_from else "neutral",
        is_required=component.is_required,
    )


def _copies(component: Component) -> str:
    parts = []
    if component.originals:
        parts.append(_("%(count)d bản chính") % {"count": component.originals})
    if component.copies:
        parts.append(_("%(count)d bản sao") % {"count": component.copies})
    return ", ".join(parts)


def _how(component: Component) -> str:
    if component.kind == ComponentKind.EFORM:
        return _("Điền trên cổng")
    if component.kind == ComponentKind.PRESENT_ONLY:
        return _("Chỉ xuất trình")
    if component.kind == ComponentKind.CO_SIGNATURE:
        return _("Người khác xác nhận")
    if component.kind == ComponentKind.DATA:
        return _("Lấy từ cơ sở dữ liệu")
    if component.channels and "online" not in component.channels:
        return _("Chỉ khi nộp giấy")
    return _("Có thể không cần giấy") if component.reuse_from else ""
