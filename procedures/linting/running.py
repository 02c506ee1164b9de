"""Running the rules over a procedure; a waiver of the pack's own, with its reason, takes a finding out of account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from portal.core.text import fold
from procedures.eforms.definition import Form
from procedures.linting import rules_conditions, rules_facts, rules_form  # noqa: F401 - they register themselves
from procedures.linting.findings import RULES, Finding, Found, Rule, Severity, Subject

UNUSED_WAIVER = "waiver-unused"
UNREADABLE_FORM = "unreadable-form"
SHORTEST_TITLE = 12
"""Characters; a shorter name of a result says too little to be found in the name of a paper."""


def rules() -> list[Rule]:
    """Every rule, by name."""
    return [RULES[name] for name in sorted(RULES)]


def told() -> list[Rule]:
    """Every rule that a finding may name: those that look, and what is found by looking over itself; by name."""
    others = [
        Rule(UNUSED_WAIVER, Severity.WARNING, "A waiver excuses what is not found any more.", _nothing),
        Rule(UNREADABLE_FORM, Severity.ERROR, "A form cannot be read, so that no rule was tried on it.", _nothing),
    ]
    return sorted([*rules(), *others], key=lambda rule: rule.name)


def _nothing(_subject: Subject) -> Found:
    yield from ()


def lint(subject: Subject) -> list[Finding]:
    """All findings on a procedure, the worst first; waived ones are among them and carry the reason."""
    waivers = list(subject.data.get("waivers") or ())
    used: set[int] = set()
    findings = []
    for each in rules():
        for place, message in each.look(subject):
            finding = Finding(subject.code, each.name, each.severity, place, message)
            for number, waiver in enumerate(waivers):
                if waiver["rule"] == each.name and _covers(str(waiver.get("place", "")), place):
                    used.add(number)
                    finding = replace(finding, waived=waiver["reason"])
                    break
            findings.append(finding)
    for number, waiver in enumerate(waivers):
        if number not in used:
            words = f"{waiver['rule']} finds nothing there any more; take the waiver out"
            findings.append(Finding(subject.code, UNUSED_WAIVER, Severity.WARNING, f"waivers[{number}]", words))
    return sorted(findings, key=lambda finding: (bool(finding.waived), -finding.severity, finding.rule, finding.place))


def _covers(wanted: str, place: str) -> bool:
    return not wanted or place == wanted or place.startswith((f"{wanted}.", f"{wanted}["))


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The worst severity that no waiver covers."""
    return max((finding.severity for finding in findings if not finding.waived), default=None)


def subject_of(data: Mapping[str, Any], form: Form | None, results: Mapping[str, str] | None = None) -> Subject:
    """A pack as a subject, without the papers it issues itself."""
    own = {row.get("document_type") for row in data.get("results") or ()}
    others = {title: kind for title, kind in (results or {}).items() if kind not in own}
    return Subject(data, form, others)


def results_in_store(packs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Folded names of what procedures issue, with the document type in the store."""
    found: dict[str, str] = {}
    for data in packs:
        for row in data.get("results") or ():
            title = fold((row.get("name") or {}).get("vi", ""))
            if row.get("document_type") and row.get("kind", "document") == "document" and len(title) >= SHORTEST_TITLE:
                found.setdefault(title, row["document_type"])
    return found
