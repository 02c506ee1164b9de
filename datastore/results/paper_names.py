"""The names in a result template (tên trường trong mẫu kết quả): which it uses, and which no form has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from datastore.results.paper_language import Branch, Condition, Facts, Node, Paper, Piece, Slot, Table, Text, Words


@dataclass(frozen=True, slots=True)
class Known:
    """What a template may name: values with their labels, and the columns of each repeated answer."""

    fields: Mapping[str, str]
    tables: Mapping[str, Mapping[str, str]]


def problems_of(paper: Paper, known: Known) -> list[str]:
    """Every name that no form of the procedure has, with the line and the nearest name there is."""
    named: list[tuple[int, str, Iterable[str]]] = []
    for slot in (*_slots(paper.nodes), *paper.holder):
        named += [(slot.line, key, known.fields) for keys in slot.keys for key in keys]
    for condition in (*_conditions(paper.nodes), *([paper.when] if paper.when else [])):
        named.append((condition.line, condition.key, [*known.fields, *known.tables]))
    for table in _tables(paper.nodes):
        named.append((table.line, table.key, known.tables))
        if table.key in known.tables:
            named += [(table.line, column, known.tables[table.key]) for column in table.columns]
    wrong = [(line, key, names) for line, key, names in named if key not in set(names)]
    return list(
        dict.fromkeys(_unknown(line, key, names) for line, key, names in sorted(wrong, key=lambda item: item[0]))
    )


def _unknown(line: int, key: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, list(names), n=1, cutoff=0.5)
    if near:
        words = _("Dòng %(line)d: không có trường “%(key)s”. Có phải “%(near)s”?")
        return words % {"line": line, "key": key, "near": near[0]}
    words = _("Dòng %(line)d: không có trường “%(key)s”. Hãy chọn tên trong danh sách trường của biểu mẫu.")
    return words % {"line": line, "key": key}


def _all(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Branch):
            yield from _all(node.nodes)


def _slots(nodes: Iterable[Node]) -> Iterator[Slot]:
    for node in _all(nodes):
        texts = (
            [node.text]
            if isinstance(node, Words)
            else [text for _label, text in node.cells]
            if isinstance(node, Facts)
            else []
        )
        for text in texts:
            yield from slots_in(text)


def slots_in(text: Text) -> Iterator[Slot]:
    """The places of a line, those of its pieces, too."""
    for part in text:
        if isinstance(part, Slot):
            yield part
        elif isinstance(part, Piece):
            yield from (inner for inner in part.parts if isinstance(inner, Slot))


def _conditions(nodes: Iterable[Node]) -> Iterator[Condition]:
    yield from (node.condition for node in _all(nodes) if isinstance(node, Branch))


def _tables(nodes: Iterable[Node]) -> Iterator[Table]:
    yield from (node for node in _all(nodes) if isinstance(node, Table))


def keys_of(paper: Paper) -> frozenset[str]:
    """Every name that a template prints or asks about."""
    slots = (*_slots(paper.nodes), *paper.holder)
    asked = [condition.key for condition in _conditions(paper.nodes)]
    asked += [paper.when.key] if paper.when else []
    return frozenset([*asked, *(key for slot in slots for alternatives in slot.keys for key in alternatives)])
