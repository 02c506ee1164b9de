"""A draft's form tried with answers: the whole form on one page, and what the portal made of each question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures import eforms, fees
from procedures.eforms import summarising
from procedures.eforms.conditions import condition_words, is_empty
from procedures.eforms.definition import Field, Form, Group, Page, Words, both
from procedures.fees import FeeLine
from procedures.models import ProcedureVersion

ASKED, EMPTY, PREFILLED, COMPUTED, HIDDEN = "asked", "empty", "prefilled", "computed", "hidden"
STATES: dict[str, str | Promise] = {
    ASKED: gettext_lazy("Đã hỏi"),
    EMPTY: gettext_lazy("Đã hỏi, để trống"),
    PREFILLED: gettext_lazy("Cổng điền sẵn"),
    COMPUTED: gettext_lazy("Cổng tự tính"),
    HIDDEN: gettext_lazy("Không hỏi"),
}
"""What became of a question, as an editor reads it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One question and what became of it."""

    label: str
    state: str
    value: str
    """The answer in words; of what was not asked when it would be."""
    source: str = ""

    @property
    def words(self) -> str:
        """What became of it, in words."""
        return str(STATES[self.state])


@dataclass(frozen=True, slots=True)
class Trial:
    """What the portal makes of answers to a form: nothing of it is kept."""

    problems: list[tuple[str, list[str]]] = field(default_factory=list)
    """What is refused, by question."""
    odd: list[tuple[str, list[str]]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """What was given and is not kept, since it is not asked."""
    pages: list[tuple[str, list[Told]]] = field(default_factory=list)
    sections: list[eforms.Section] = field(default_factory=list)
    """The dossier's answers as the citizen, the official and the partner read them."""
    papers: list[tuple[str, bool]] = field(default_factory=list)
    """Papers to attach, and whether they must be there."""
    charges: list[FeeLine] = field(default_factory=list)
    schema_errors: list[tuple[str, str]] = field(default_factory=list)

    def counts(self) -> list[tuple[str, int]]:
        """How many questions became what, in words."""
        found = Counter(told.state for _title, rows in self.pages for told in rows)
        return [(str(words), found[state]) for state, words in STATES.items() if found[state]]


def whole(form: Form) -> Page:
    """All pages of a form as one, each group under the title of its page; conditions see the whole form on it."""
    groups = [_group(page, group) for page in form.pages for group in page.groups]
    return Page("whole", Words(_("Cả biểu mẫu")), tuple(groups))


def _group(page: Page, group: Group) -> Group:
    named = page.title
    if group.title and group.title != page.title:
        named = Words(f"{page.title.vi}: {group.title.vi}", f"{page.title.en}: {group.title.en}")
    return replace(group, key=f"{page.key}-{group.key}", title=named)


def made_of(
    form: Form, version: ProcedureVersion, answers: Mapping[str, Any], sources: Mapping[str, str], on: date
) -> Trial:
    """What the portal makes of these answers on a day; ``version`` has the papers and the fees."""
    kept = eforms.complete(form, answers, on=on)
    problems = eforms.validate(form, answers, on=on)
    titles = {each.key: str(each.label) for each in form.fields()}
    wrong = {path.partition(".")[0] for path in problems}
    right = {key: value for key, value in kept.items() if key not in wrong}
    given = {key for key, value in answers.items() if not is_empty(value)}
    named = version.components.all()
    names = {component.code: component.name for component in named}
    return Trial(
        problems=[(_title_of(path, titles), texts) for path, texts in problems.items()],
        odd=[(_title_of(path, titles), texts) for path, texts in eforms.warnings(form, answers, on=on).items()],
        dropped=sorted({titles.get(key, key) for key in given - set(kept)}),
        pages=[(str(page.title), _told(form, page, kept, right, sources, on)) for page in form.pages],
        sections=eforms.summary(form, answers, on=on, filled_only=True),
        papers=[(names[row.code], must) for row, must in _papers(form, version, right, on)],
        charges=fees.amounts_due(version, answers=right, on=on),
        schema_errors=eforms.schema_errors(form, kept, on=on),
    )


def _papers(form: Form, version: ProcedureVersion, answers: Mapping[str, Any], on: date) -> list[tuple[Any, bool]]:
    return eforms.required_components(version, answers, on=on, known=eforms.asked(form, answers, on=on))


def _title_of(path: str, titles: Mapping[str, str]) -> str:
    """A place in the answers by its question; what lies within one, such as a row and its column, stands behind it."""
    key, dot, rest = path.partition(".")
    return f"{titles.get(key, key)}{dot and ' – '}{rest}"


def _told(
    form: Form,
    page: Page,
    kept: Mapping[str, Any],
    right: Mapping[str, Any],
    sources: Mapping[str, str],
    on: date,
) -> list[Told]:
    context = eforms.context_for(kept, on=on)
    asked = {each.key for each in eforms.asked(form, kept, on=on).fields}
    fields = form.by_key()
    found = []
    for group in page.groups:
        for each in group.fields:
            if each.key not in asked:
                when = condition_words(dict(both(group.visible_if, each.visible_if) or {}), fields)
                found.append(Told(str(each.label), HIDDEN, _("Chỉ hỏi khi %(condition)s") % {"condition": when}))
                continue
            said = summarising.in_words(each, right, context) if each.key in right else ""
            state = _state(each, kept, sources)
            found.append(Told(str(each.label), state, said, sources.get(each.key, "") if state == PREFILLED else ""))
    return found


def _state(asked: Field, kept: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    if asked.compute is not None:
        return COMPUTED
    if is_empty(kept.get(asked.key)):
        return EMPTY
    return PREFILLED if asked.key in sources or not asked.is_typed else ASKED
