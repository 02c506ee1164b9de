"""The plan of a bundle (cách tách hồ sơ liên thông): its dossiers, none before what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from procedures.bundle_answers import Spec
from procedures.eforms.conditions import Condition, Scope, holds
from procedures.packs import PackError

FILE = "bundles.yaml"
TAKEN = frozenset({"personal_id"})
"""What a result tells the dossiers that waited for it: the number that the authority gave (a newborn's)."""
_SPECS = frozenset({"from", "value", "text", "day_of", "rows", "agency", "result"})
_LIMIT_KEYS = frozenset({"working_days", "when"})
LONGEST_DAYS = 365
_NODE_KEYS = frozenset({"key", "procedure", "when", "needs", "place", "answers", "papers"})


@dataclass(frozen=True, slots=True)
class Node:
    """One dossier of a bundle (hồ sơ thành phần)."""

    key: str
    procedure_code: str
    when: Condition | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    """Nodes whose result must be there first: the component that each result becomes, empty where it becomes none."""
    place: str = ""
    """The declaration's address that says where; empty: where the declaration is filed."""
    answers: Mapping[str, Spec] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    """Component of this procedure: component of the declaration; others go by the same code."""

    def paper_of(self, component_code: str) -> str:
        """The declaration's component that serves one of this procedure."""
        return self.papers.get(component_code, component_code)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long the whole may take (thời hạn chung), for declarations that say so."""

    working_days: int
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A bundle: its nodes, in an order in which none comes before what it needs."""

    nodes: tuple[Node, ...]
    not_filed: tuple[Mapping[str, Any], ...] = ()
    due: tuple[Limit, ...] = ()
    """The first that holds counts."""

    def working_days(self, scope: Scope) -> int | None:
        """How many working days all of it may take by these answers; None where nothing limits the whole."""
        return next((limit.working_days for limit in self.due if holds(limit.when, scope)), None)

    def wanted(self, scope: Scope) -> list[Node]:
        """The nodes that the answers ask for."""
        return [node for node in self.nodes if holds(node.when, scope)]

    def node(self, key: str) -> Node:
        """The node of this key."""
        return next(node for node in self.nodes if node.key == key)


def read(definition: Mapping[str, Any], place: str = FILE) -> Plan:
    """The plan of a definition. Raises PackError for what points nowhere or goes in a circle."""
    left = [_node(row, place) for row in definition.get("nodes") or ()]
    keys = [node.key for node in left]
    if not left or len(set(keys)) != len(keys):
        raise PackError(place, ["nodes: at least one, each with a key of its own"])
    for node in left:
        if unknown := set(node.needs) - set(keys):
            raise PackError(place, [f"{node.key}.needs: {', '.join(sorted(unknown))} is no node"])
        taken = {spec["result"] for spec in _all_specs(node) if "result" in spec}
        if taken - set(node.needs):
            raise PackError(place, [f"{node.key}.answers: takes from {sorted(taken - set(node.needs))}, not in needs"])
    ordered: list[Node] = []
    while left:
        done = {node.key for node in ordered}
        ready = next((node for node in left if set(node.needs) <= done), None)
        if ready is None:
            raise PackError(place, [f"needs: {', '.join(node.key for node in left)} wait for each other"])
        ordered.append(ready)
        left.remove(ready)
    if any(node.when for node in ordered if any(node.key in other.needs for other in ordered)):
        raise PackError(place, ["when: what others wait for is always filed"])
    due = tuple(_limit(row, place) for row in definition.get("due") or ())
    return Plan(tuple(ordered), tuple(definition.get("not_filed") or ()), due)


def _limit(row: Mapping[str, Any], place: str) -> Limit:
    days = row.get("working_days")
    if set(row) - _LIMIT_KEYS or type(days) is not int or not 1 <= days <= LONGEST_DAYS:
        raise PackError(place, [f"due: {dict(row)} is no number of working days, 1 to {LONGEST_DAYS}"])
    return Limit(days, row.get("when"))


def _node(row: Mapping[str, Any], place: str) -> Node:
    if unknown := set(row) - _NODE_KEYS:
        raise PackError(place, [f"{row.get('key')}: unknown {', '.join(sorted(unknown))}"])
    needs = row.get("needs") or {}
    node = Node(
        key=row["key"],
        procedure_code=row["procedure"],
        when=row.get("when"),
        needs=dict(needs) if isinstance(needs, Mapping) else dict.fromkeys(needs, ""),
        place=row.get("place") or "",
        answers=row.get("answers") or {},
        papers=row.get("papers") or {},
    )
    for spec in _all_specs(node):
        if len(set(spec) & _SPECS) != 1 or spec.get("take", "personal_id") not in TAKEN:
            raise PackError(place, [f"{node.key}.answers: {dict(spec)} says nothing known"])
    return node


def _all_specs(node: Node) -> Iterator[Spec]:
    for spec in node.answers.values():
        yield spec
        for row in spec.get("rows") or ():
            yield from row.values()
