"""Filing made-up dossiers through a form, to see what it costs people and what nobody ever reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from procedures import eforms
from procedures.eforms.conditions import Scope, holds
from procedures.eforms.definition import Field, Form, both
from procedures.eforms.refilling import refill_form
from procedures.eforms.sampling import Sampler
from procedures.eforms.validation import context_for, visible_answers, visible_fields
from procedures.models import ProcedureVersion
from procedures.territory import Territory

ROUNDS = 25
"""Tries at answers that the form's own rules refuse."""
SKIPPED = 0.3
"""Share of optional questions that people leave out (assumption, docs/assumptions.md)."""
BESIDE_THE_FORM = 3
"""Steps that every filing has beside the pages of its form: where, papers, check."""


@dataclass
class Simulation:
    """What N dossiers went through."""

    dossiers: int = 0
    filed: int = 0
    steps: Counter[int] = field(default_factory=Counter)
    typed: Counter[int] = field(default_factory=Counter)
    prefilled: Counter[int] = field(default_factory=Counter)
    papers: Counter[int] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    branches: dict[str, set[bool]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    """Paths that still were wrong after all tries."""

    def never(self) -> list[str]:
        """Branches that no dossier took: a condition that never held, or always did."""
        words = {frozenset({False}): "never held", frozenset({True}): "always held"}
        return [f"{place}: {words[frozenset(seen)]}" for place, seen in sorted(self.branches.items()) if len(seen) == 1]


def mean(counts: Counter[int]) -> float:
    """The mean of what was counted."""
    number = sum(counts.values())
    return sum(value * times for value, times in counts.items()) / number if number else 0.0


def simulate(
    version: ProcedureVersion, *, dossiers: int, seed: int, on: date, territory: Territory | None = None
) -> Simulation:
    """File made-up dossiers: signing in, prefill, every page, papers, the check; nothing is written.

    Raises DefinitionError for a form that cannot be read.
    """
    form = eforms.form_of(eforms.form_for(version))
    sampler = Sampler(seed, on, territory or Territory(on))
    result = Simulation()
    components = list(version.components.all())
    for _number in range(dossiers):
        facts = {"identity": sampler.person()}
        answers, sources = eforms.prefill(form, facts, on=on)
        answers = fill(form, answers, sources, sampler, on, facts)
        problems = eforms.validate(form, answers, on=on)
        result.dossiers += 1
        result.filed += not problems
        result.refused.update(list(problems))
        _count(result, form, answers, sources, on)
        result.papers[sum(needed for _component, needed in eforms.required_components(version, answers, on=on))] += 1
        scope = context_for(answers, on=on).scope()
        for component in components:
            _note(result, f"components.{component.code}", component.condition, scope)
    return result


def fill(
    form: Form,
    answers: dict[str, Any],
    sources: dict[str, str],
    sampler: Sampler,
    on: date,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Go through the pages in order, answer what is asked there, then mend what the rules refuse.

    With ``facts`` each page fills in what follows from it, and ``sources`` says so.
    """
    answered: set[str] = set()
    context = context_for(answers, on=on)
    for page in form.pages:
        before = dict(answers)
        for each in page.fields():
            kept = visible_answers(form, answers, context)
            if each not in visible_fields(form, kept, context) or not each.is_typed or each.key in sources:
                continue
            answered.add(each.key)
            must = each.required or each.required_if is not None or each.type == "boolean"
            if must or sampler.random.random() >= SKIPPED:
                answers[each.key] = sampler.answer(each, kept)
        if facts is not None:
            answers, told = refill_form(form, answers, sources, before=before, facts=lambda: facts, on=on)
            sources.clear()
            sources.update(told)
    fields = form.by_key()
    for _round in range(ROUNDS):
        wrong = {path.partition(".")[0] for path in eforms.validate(form, answers, on=on)}
        if not wrong:
            break
        for key in wrong & set(fields):
            answers[key] = sampler.answer(fields[key], answers)
    return {key: value for key, value in answers.items() if value is not None}


def _count(result: Simulation, form: Form, answers: dict[str, Any], sources: Mapping[str, str], on: date) -> None:
    context = context_for(answers, on=on)
    kept = visible_answers(form, answers, context)
    asked = [each for each in visible_fields(form, kept, context) if each.is_typed]
    pages = {page.key for each in asked if (page := form.page_of(each.key))}
    result.steps[len(pages) + BESIDE_THE_FORM] += 1
    result.typed[sum(_controls(each, kept.get(each.key)) for each in asked if _is_typed(each, kept, sources))] += 1
    result.prefilled[sum(each.key in sources or _stays(each, kept) for each in asked)] += 1
    result.reached.update(each.key for each in asked)
    scope = context.within(kept).scope()
    for page in form.pages:
        for group in page.groups:
            for each in group.fields:
                condition = both(group.visible_if, each.visible_if)
                _note(result, f"{each.key}.visible_if", condition, scope)
                is_own = each.required_if not in (condition, group.visible_if, each.visible_if)
                if is_own and holds(condition, scope):
                    _note(result, f"{each.key}.required_if", each.required_if, scope)
    for each in form.fields():
        if not each.is_typed:
            result.reached[each.key] += 1


def _stays(each: Field, kept: Mapping[str, Any]) -> bool:
    return each.default is not None and kept.get(each.key) == each.default


def _is_typed(each: Field, kept: Mapping[str, Any], sources: Mapping[str, str]) -> bool:
    return each.key not in sources and each.key in kept and not _stays(each, kept)


def _controls(each: Field, value: Any) -> int:
    """How many controls were filled in: the parts of an address count, and those of every row."""
    if isinstance(value, list) and each.type == "repeat":
        return sum(len(row) for row in value)
    return len(value) if isinstance(value, dict) and each.type != "file" else 1


def _note(result: Simulation, place: str, condition: Mapping[str, Any] | None, scope: Scope) -> None:
    if condition is not None:
        result.branches.setdefault(place, set()).add(holds(condition, scope))
