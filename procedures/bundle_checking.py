"""Whether a bundle fits the published forms: what a dossier needs is asked once in the declaration, or fed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from django.utils import timezone

from procedures import eforms
from procedures.bundle_answers import sources
from procedures.bundle_plans import Node, Plan
from procedures.eforms.conditions import Condition, Scope, holds
from procedures.eforms.conditions import check as check_condition
from procedures.eforms.definition import DefinitionError, Field, Form, fields_in
from procedures.models import ProcedureVersion


def misfits(plan: Plan, versions: Mapping[str, ProcedureVersion], code: str) -> Iterator[str]:
    """What a dossier would ask for that the declaration neither asks nor feeds: everything is asked once, here."""
    declared = _form(versions[code]).by_key()
    papers = {row.code for row in versions[code].components.all()}
    if len(payers := [node.key for node in plan.nodes if _charges_at_filing(versions[node.procedure_code])]) > 1:
        yield f"{', '.join(payers)}: each takes a payment at filing, and one declaration is paid once"
    for limit in plan.due:
        try:
            check_condition(limit.when, declared, "due.when")
        except DefinitionError as error:
            yield str(error)
    for node in plan.nodes:
        version = versions[node.procedure_code]
        form = _form(version)
        try:
            check_condition(node.when, declared, f"{node.key}.when")
        except DefinitionError as error:
            yield str(error)
        yield from _strange_names(node, declared, set(form.by_key()), {row.code for row in version.components.all()})
        given = _given(node, form, declared)
        for asked, visible_if in form.placed:
            is_asked = asked.is_typed and (asked.required or asked.required_if is not None)
            if not is_asked or asked.key in node.answers or asked.key in given:
                continue
            if _can_hold(visible_if, given) and (asked.required or _can_hold(asked.required_if, given)):
                if asked.key not in declared:
                    yield f"{node.key}: nobody is asked for {asked.key}"
                elif declared[asked.key].type != asked.type:
                    yield f"{node.key}: {asked.key} is a {declared[asked.key].type} in the declaration"
        for row in version.components.all():
            is_uploaded = row.kind in eforms.UPLOADED_KINDS and (not row.channels or "online" in row.channels)
            is_asked = is_uploaded and row.is_required and _can_hold(row.condition, given)
            if is_asked and row.code not in node.needs.values() and node.paper_of(row.code) not in papers:
                yield f"{node.key}: nobody is asked for the paper {row.code}"


def _charges_at_filing(version: ProcedureVersion) -> bool:
    return any(rule.payable_on == "filing" and rule.amount_vnd for rule in version.fees.all())


def _strange_names(node: Node, declared: Mapping[str, Field], asked: Set[str], components: Set[str]) -> Iterator[str]:
    for key in sorted(set(node.answers) - asked):
        yield f"{node.key}.answers: {key} is no field of {node.procedure_code}"
    for spec in node.answers.values():
        yield from (f"{node.key}.answers: {key} is not declared" for key in sources(spec) if key not in declared)
    if node.place and (node.place not in declared or declared[node.place].type != "address"):
        yield f"{node.key}.place: {node.place} is no address of the declaration"
    for name in sorted((set(node.papers) | set(filter(None, node.needs.values()))) - components):
        yield f"{node.key}: {name} is no component of {node.procedure_code}"


def _given(node: Node, form: Form, declared: Mapping[str, Field]) -> dict[str, Any]:
    """The answers that are the same in every filing: what the plan says, and defaults of what nobody is asked."""
    given = {
        key: each.default for key, each in form.by_key().items() if key not in declared and each.default is not None
    }
    given |= {key: spec["value"] for key, spec in node.answers.items() if "value" in spec}
    return {key: value for key, value in given.items() if key not in node.answers or "value" in node.answers[key]}


def _can_hold(condition: Condition | None, given: Mapping[str, Any]) -> bool:
    """Whether a condition may hold in some filing."""
    if condition is None or set(fields_in(condition)) - set(given):
        return True
    return holds(condition, Scope(given, timezone.localdate()))


def _form(version: ProcedureVersion) -> Form:
    return eforms.form_of(eforms.form_for(version))
