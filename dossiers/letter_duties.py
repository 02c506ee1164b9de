"""What the words of a form print in every letter (nội dung bắt buộc): followed through all conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from datastore.results.paper_language import Branch, Facts, Node, Piece, Slot, Table, Text, Words

Atom = tuple[str, str | None]
"""What a condition asks: a key, and a value or None for any."""
HELD: Mapping[str, Mapping[Atom, bool]] = {"muc_yeu_cau": {("chi_hoi", None): False}}
"""What is so wherever a name has something to say: who only asks a question asks for no papers."""
MOST_PLACES = 8
"""Places of one name that are weighed together; who needs more writes it once, outside of all conditions."""
SHORTENED = frozenset({"nam"})
"""Ways of writing that leave out some of a value."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A place where a name stands: under which conditions, and whether its value is printed there whole."""

    name: str
    under: Mapping[Atom, bool] = field(default_factory=dict)
    is_whole: bool = True


def printed(nodes: tuple[Node, ...], under: Mapping[Atom, bool] | None = None) -> Iterator[Printed]:
    """Every place of every name. A place that two conditions contradict is never reached, and is none that prints."""
    under = under or {}
    for node in nodes:
        if isinstance(node, Branch):
            atom, holds = (node.condition.key, node.condition.value), not node.condition.is_negated
            if under.get(atom, holds) is holds:
                yield from printed(node.nodes, {**under, atom: holds})
        elif isinstance(node, Table):
            yield Printed(node.key, under)
        else:
            yield from (place for text in texts_of(node) for place in _in_line(text, under))


def texts_of(node: Node) -> Iterator[Text]:
    """The texts of a line, with their places for values."""
    if isinstance(node, Words):
        yield node.text
    elif isinstance(node, Facts):
        yield from (text for _label, text in node.cells)


def _in_line(text: Text, under: Mapping[Atom, bool]) -> Iterator[Printed]:
    for part in text:
        for slot in part.parts if isinstance(part, Piece) else (part,):
            if isinstance(slot, Slot):
                is_alone = len(slot.keys) == 1 and not isinstance(part, Piece) and slot.filter not in SHORTENED
                for keys in slot.keys:
                    yield from (Printed(key, under, is_alone and at == 0) for at, key in enumerate(keys))


def is_always_said(name: str, places: list[Printed]) -> bool:
    """Whether a name is printed whole in every letter that has something to say under it."""
    known = {**HELD.get(name, {}), (name, None): True}
    under = [place.under for place in places if place.name == name and place.is_whole]
    return _covers([left for each in under if (left := _left(each, known)) is not None][:MOST_PLACES])


def _left(under: Mapping[Atom, bool], known: Mapping[Atom, bool]) -> dict[Atom, bool] | None:
    """The conditions that are left with what is known; None where they do not hold."""
    if any(known.get(atom, holds) is not holds for atom, holds in under.items()):
        return None
    return {atom: holds for atom, holds in under.items() if atom not in known}


def _covers(cases: list[dict[Atom, bool]]) -> bool:
    """Whether one of the cases holds however their conditions turn out."""
    if not cases or not all(cases):
        return bool(cases)
    atom = next(iter(cases[0]))
    return all(
        _covers([left for case in cases if (left := _left(case, {atom: holds})) is not None]) for holds in (True, False)
    )
