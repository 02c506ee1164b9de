"""From a template and a dossier's answers to the blocks of a paper (dựng nội dung giấy); knows no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from datastore.results.paper_language import (
    Added,
    Branch,
    Condition,
    Facts,
    Node,
    Paper,
    Piece,
    Slot,
    Table,
    Text,
    Words,
)
from portal.core.text import fold, with_small_first_letter

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_UNKNOWN = re.compile(r"((khong|chua) (con )?(ro|nho|biet)\b|unknown\b)")
"""How people write into a field that they do not know it."""
_SEPARATORS = ".,;:"
_NOTHING_CLAUSE = rf"(khong|chua) (co|thay|tim thay|tra thay|ghi)\b(?!.*\d/\d)[^{_SEPARATORS}]*"
_NOTHING = re.compile(rf"({_NOTHING_CLAUSE}([{_SEPARATORS}]\s*{_NOTHING_CLAUSE})*|n/a)?\W*", re.DOTALL)
"""How officials write that a register does not say it. What goes on with an entry, such as “; đăng ký 12/5/1978” or
“, thuộc quyển 2”, is that entry."""
_KIND_OF_PLACE = re.compile(r"^(thanh pho|tp\.?|tinh|phuong|xa|dac khu|thi tran|quan|huyen|thi xa)\s+")


@dataclass(frozen=True, slots=True)
class Values:
    """What a paper can say: values in words, rows of repeated answers, and the bare answers that conditions ask."""

    texts: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    raws: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    """Headings of tables, by `key.column`, and of the tables themselves."""
    added: tuple[tuple[str, str], ...] = ()
    """What the official added when deciding."""

    def beside(self, texts: Mapping[str, str]) -> Values:
        """The same with more values, such as number and agency."""
        return replace(self, texts={**self.texts, **texts})


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a paper, as the HTML template draws it; `kind` names the piece."""

    kind: str
    text: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    has_caption: bool = False
    """Of a table: whether its name has to be said, since no heading stands right before it."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A paper's own words: title, blocks, and whom it is about."""

    blocks: tuple[Block, ...]
    title: str = ""
    subtitle: str = ""
    holder_name: str = ""
    holder_id: str = ""
    has_receivers: bool = True
    scope: str = ""
    """Where it counts, by its template; empty: in the whole country."""

    @property
    def rows(self) -> list[tuple[str, str]]:
        """All it says as (label, value), for the digest in the QR; a heading has no value, a paragraph no label."""
        rows: list[tuple[str, str]] = []
        for block in self.blocks:
            if block.kind == "heading":
                rows.append((block.text, ""))
            elif block.kind == "facts":
                rows.extend(block.cells)
            elif block.kind == "table":
                rows.extend(
                    (f"{block.text} {number}".strip(), "; ".join(row)) for number, row in enumerate(block.rows, 1)
                )
            else:
                rows.append(("", block.text))
        return rows


def fits(condition: Condition | None, values: Values) -> bool:
    """Whether a condition holds for the answers; none always does."""
    if condition is None:
        return True
    raw = values.raws.get(condition.key)
    if condition.value is None:
        is_met = bool(values.texts.get(condition.key)) or bool(values.tables.get(condition.key))
        is_met = is_met and raw is not False  # an unticked box reads “Không”, and is no answer
    else:
        is_met = condition.value in {_plain(raw), values.texts.get(condition.key, "")}
    return is_met is not condition.is_negated


def compose(paper: Paper, values: Values) -> Composed:
    """The blocks of a paper; what the official added stands at its end where the template gives it no place."""
    blocks: list[Block] = []
    titles = {"title": "", "subtitle": ""}
    is_added = _walk(paper.nodes, values, blocks, titles)
    if values.added and not is_added:
        blocks += _added(values)
    told = [_fill((slot,), values) for slot in paper.holder]
    # Of two people the paper is about, such as spouses, each field of the QR has both, in the paper's order.
    name, number = (", ".join(filter(None, told[place::2])) for place in (0, 1))
    return Composed(
        blocks=tuple(blocks),
        title=titles["title"],
        subtitle=titles["subtitle"],
        holder_name=name,
        holder_id=number or (_number_among(values.added) if told else ""),
        has_receivers=paper.has_receivers,
        scope=paper.scope,
    )


def _number_among(added: tuple[tuple[str, str], ...]) -> str:
    """The identification number that the official wrote, as for a newborn who has none before."""
    return next((value for label, value in added if fold(label).startswith("so dinh danh")), "")


def _walk(nodes: tuple[Node, ...], values: Values, blocks: list[Block], titles: dict[str, str]) -> bool:
    is_added = False
    for node in nodes:
        if isinstance(node, Branch):
            if fits(node.condition, values):
                is_added = _walk(node.nodes, values, blocks, titles) or is_added
        elif isinstance(node, Words):
            text = _fill(node.text, values)
            if node.kind in titles:
                titles[node.kind] = text
            elif text:
                blocks.append(Block(node.kind, text))
        elif isinstance(node, Facts):
            cells = tuple((label, _fill(text, values)) for label, text in node.cells)
            kept = cells if node.is_always else tuple(cell for cell in cells if cell[1])
            if kept:
                blocks.append(Block("facts", cells=kept))
        elif isinstance(node, Table):
            blocks += _table(node, values, has_caption=not blocks or blocks[-1].kind != "heading")
        elif isinstance(node, Added):
            blocks += _added(values)
            is_added = True
    return is_added


def _added(values: Values) -> list[Block]:
    return [Block("facts", cells=(row,)) for row in values.added]


def _table(node: Table, values: Values, *, has_caption: bool) -> list[Block]:
    rows = values.tables.get(node.key) or []
    if not rows:
        return []
    columns = tuple(values.labels.get(f"{node.key}.{column}", column) for column in node.columns)
    cells = tuple(tuple(row.get(column, "") for column in node.columns) for row in rows)
    return [Block("table", text=values.labels.get(node.key, ""), columns=columns, rows=cells, has_caption=has_caption)]


def _fill(text: Text, values: Values) -> str:
    """The words with their values; nothing where every value is missing, so that no lone label or comma is left."""
    slots = [part for part in text if isinstance(part, Slot)]
    if slots and not any(_value(slot, values) for slot in slots):
        return ""
    return "".join(_said(part, values) for part in text).strip()


def _said(part: str | Slot | Piece, values: Values) -> str:
    if isinstance(part, Piece):
        is_known = all(_is_known(slot, values) for slot in part.parts if isinstance(slot, Slot))
        return "".join(_said(inner, values) for inner in part.parts) if is_known else ""
    return _value(part, values) if isinstance(part, Slot) else part


def _is_known(slot: Slot, values: Values) -> bool:
    text = _value(slot, values)
    return bool(text) and not says_nothing(text)


def says_nothing(text: str) -> bool:
    """Whether these words say that nobody knows or that there is none: “không rõ”, “không có số”, “-”, nothing at all.

    Where a template leaves out what is unknown ([[ … ]]), none of them is printed.
    """
    plain = fold(text)
    return _UNKNOWN.match(plain) is not None or _NOTHING.fullmatch(plain) is not None


def unsaid(paper: Paper, values: Values) -> list[str]:
    """The answers that this paper would print and nobody knows, in its order: each piece that it leaves out has one."""
    found: dict[str, None] = {}
    for line in _lines(paper.nodes, values):
        pieces = (part for part in line if isinstance(part, Piece))
        slots = (slot for piece in pieces for slot in piece.parts if isinstance(slot, Slot))
        found |= {slot.keys[0][0]: None for slot in slots if not _is_known(slot, values)}
    return list(found)


def _lines(nodes: tuple[Node, ...], values: Values) -> Iterator[Text]:
    for node in nodes:
        if isinstance(node, Branch) and fits(node.condition, values):
            yield from _lines(node.nodes, values)
        elif isinstance(node, Words):
            yield node.text
        elif isinstance(node, Facts):
            yield from (text for _label, text in node.cells)


def _value(slot: Slot, values: Values) -> str:
    firsts = [next(filter(None, (values.texts.get(key, "") for key in keys)), "") for keys in slot.keys]
    texts = [text for text in firsts if text]
    text = texts[0] if len(texts) == 1 else without_repeats(", ".join(texts))
    return _filtered(slot.filter, text)


def _filtered(name: str, text: str) -> str:
    day = _DAY.search(text)
    if name == "in_hoa":
        return text.upper()
    if name == "trong_cau":
        return inside_a_sentence(text)
    if name == "nam" and day:
        return day[3]
    if name == "ngay_chu" and day:
        # From NĐ 30/2020/NĐ-CP annex I: a nought before days below 10 and before January and February.
        month = day[2] if int(day[2]) < 3 else str(int(day[2]))
        return f"ngày {day[1]} tháng {month} năm {day[3]}"
    return text


def inside_a_sentence(text: str) -> str:
    """Words with a small first letter, but for a name, where two words in a row are capital, and for CAPITALS.

    A name of one word is not known as one: “Úc du học” becomes “úc du học”, which the official corrects in the draft.
    """
    first, _blank, rest = text.partition(" ")
    is_name = first != first.capitalize() or rest[:1] != rest[:1].lower()
    return text if is_name else with_small_first_letter(text)


def without_repeats(address: str) -> str:
    """An address in which no place stands twice: of “…, Hà Nội, …, Thành phố Hà Nội” the last one stays."""
    parts = [part.strip() for part in address.split(",") if part.strip()]
    names = [_KIND_OF_PLACE.sub("", fold(part)) for part in parts]
    return ", ".join(part for place, part in enumerate(parts) if names[place] not in names[place + 1 :])


def _plain(raw: Any) -> str:
    if isinstance(raw, bool):
        return "có" if raw else "không"
    return "" if raw is None else str(raw)
