"""The language of result templates (ngôn ngữ mẫu kết quả): lines of text with named values, and nothing that runs.

    = GIẤY KHAI SINH                     the title, where it is not the result's own name
    : Bản chính                          a line under the title
    # Mục                                a heading
    ~ Căn cứ …                           a legal basis, in italics
    - Nhãn: {{ key }} | Nhãn: {{ key }}  facts on one line; those without a value are left out
    * Nhãn: {{ key }}                    a fact that is printed even when it is empty
    [bảng key: column, column]           a table of a repeated answer
    [nếu key] … [hết]                    only when answered; also [nếu không key], [nếu key = value], [… khác value]
    [nội dung thêm]                      where the lines stand that the official added when deciding
    @ cấp cho: key, key                  name and number of the person or organisation in the QR; of two, both pairs
    @ dùng khi: key = value              this paper instead of the procedure's usual one
    @ nơi nhận: không                    without the list of receivers
    @ phạm vi: words                     where the paper counts, for the QR; without it in the whole country
    % …                                  a remark of the editor, never printed

Any other line is a paragraph. A piece of a line in `[[ … ]]` stands only when what it names is known.
In `{{ a, b }}` the values that are there stand with commas between them, none twice;
`{{ a hoặc b }}` is the first that is there; `{{ a | in_hoa }}` writes a value in capitals, `| nam` the year of a day,
`| ngay_chu` a day in words, `| trong_cau` words that stand inside a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MAX_CHARACTERS, MAX_LINES, MAX_DEPTH, MAX_LINE = 20_000, 400, 4, 2_000
MAX_SCOPE = 40
"""Letters of a scope: it stands in the QR, which they widen."""
FILTERS = {"in_hoa", "nam", "ngay_chu", "trong_cau"}
KEY = r"[A-Za-z][A-Za-z0-9_.]*"
_SLOT = re.compile(r"\{\{(.*?)\}\}")
_PIECE = re.compile(r"\[\[(.*?)\]\]")
ONE = rf"{KEY}(?:\s+hoặc\s+{KEY})*"
_INSIDE = re.compile(rf"\s*({ONE}(?:\s*,\s*{ONE})*)\s*(?:\|\s*([a-z_]+))?\s*")
_TABLE = re.compile(rf"bảng\s+({KEY})\s*:\s*({KEY}(?:\s*,\s*{KEY})*)")
_CONDITION = re.compile(rf"(?:(không)\s+)?({KEY})(?:\s*(=|khác)\s*(\S.*?))?")
_SETTING = re.compile(r"@\s*([^:]+?)\s*:\s*(.+)")


class TemplateError(ValueError):
    """What keeps a text from being a template; `problems` names each line with its cure."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value, or for several with commas between them; each is the first of some keys that is there."""

    keys: tuple[tuple[str, ...], ...]
    filter: str
    line: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Words inside a line that stand only when every value they name is known: a number that nobody remembers."""

    parts: tuple[str | Slot, ...]


Text = tuple[str | Slot | Piece, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A line of words: its kind is title, subtitle, heading, basis or text."""

    kind: str
    text: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with values on one line."""

    cells: tuple[tuple[str, Text], ...]
    is_always: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a repeated answer."""

    key: str
    columns: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Added:
    """Where the official's own lines stand."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a part is printed: a key that is answered, or has (has not) a value."""

    key: str
    is_negated: bool
    value: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Lines that are printed under a condition."""

    condition: Condition
    nodes: tuple[Node, ...]


Node = Words | Facts | Table | Added | Branch


@dataclass(frozen=True, slots=True)
class Paper:
    """A template that was read."""

    nodes: tuple[Node, ...]
    holder: tuple[Slot, ...] = ()
    """Name and number of whom the paper is about; empty: the applicant."""
    when: Condition | None = None
    has_receivers: bool = True
    scope: str = ""
    """Where the paper counts; empty: in the whole country."""


@dataclass
class _Reading:
    problems: list[str] = field(default_factory=list)
    open: list[tuple[Condition, list[Node]]] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    holder: tuple[Slot, ...] = ()
    when: Condition | None = None
    has_receivers: bool = True
    scope: str = ""

    def say(self, line: int, words: str) -> None:
        self.problems.append(_("Dòng %(line)d: %(words)s") % {"line": line, "words": words})

    def add(self, node: Node) -> None:
        (self.open[-1][1] if self.open else self.nodes).append(node)


def read(body: str) -> Paper:
    """Read a template; raises TemplateError with every line that cannot be read."""
    lines = body.replace("\r\n", "\n").split("\n")
    if len(body) > MAX_CHARACTERS or len(lines) > MAX_LINES:
        raise TemplateError(
            [
                _("Mẫu dài quá: nhiều nhất %(lines)d dòng, %(characters)d ký tự.")
                % {"lines": MAX_LINES, "characters": MAX_CHARACTERS}
            ]
        )
    reading = _Reading()
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if len(line) > MAX_LINE:  # what is looked for within a line takes the square of its length
            words = _("dòng dài quá %(most)d ký tự. Hãy tách thành nhiều dòng.")
            reading.say(number, words % {"most": MAX_LINE})
        elif line and not line.startswith("%"):
            _read_line(reading, number, line)
    for condition, _nodes in reading.open:
        reading.say(condition.line, _("phần “[nếu …]” chưa đóng. Hãy thêm dòng [hết] ở cuối phần đó."))
    if not reading.problems and not any(isinstance(node, Facts | Words | Table | Branch) for node in reading.nodes):
        reading.problems.append(_("Mẫu chưa có nội dung. Hãy viết ít nhất một dòng."))
    if reading.problems:
        raise TemplateError(reading.problems)
    return Paper(tuple(reading.nodes), reading.holder, reading.when, reading.has_receivers, reading.scope)


def _read_line(reading: _Reading, number: int, line: str) -> None:
    kinds = {"=": "title", ":": "subtitle", "#": "heading", "~": "basis"}
    if line.startswith("[") and not line.startswith("[["):
        _read_command(reading, number, line)
    elif line.startswith("@"):
        _read_setting(reading, number, line)
    elif line[0] in "-*" and line[1:2] == " ":
        cells = tuple(_cell(reading, number, cell) for cell in _cells(line[1:]))
        reading.add(Facts(cells, is_always=line[0] == "*"))
    elif line[0] in kinds and line[1:2] == " ":
        reading.add(Words(kinds[line[0]], _text(reading, number, line[1:].strip())))
    else:
        reading.add(Words("text", _text(reading, number, line)))


def _cells(text: str) -> list[str]:
    """Cells between bars; a bar inside `{{ }}` names a filter."""
    return [cell.strip() for cell in re.split(r"\|(?![^{]*\}\})", text)]


def _cell(reading: _Reading, number: int, cell: str) -> tuple[str, Text]:
    label, colon, value = cell.partition(":")
    if not colon or not label.strip() or "{{" in label:
        reading.say(number, _("mỗi ô cần có dạng “Nhãn: {{ tên_trường }}”."))
    return label.strip(), _text(reading, number, value.strip())


def _text(reading: _Reading, number: int, text: str) -> Text:
    parts: list[str | Slot | Piece] = []
    at = 0
    for found in _PIECE.finditer(text):
        parts += _slots_in(reading, number, text[at : found.start()])
        inside = _slots_in(reading, number, found[1])
        if not any(isinstance(part, Slot) for part in inside):
            reading.say(number, _("đoạn “[[ … ]]” cần một giá trị, ví dụ [[ số {{ number }}]]."))
        parts.append(Piece(inside))
        at = found.end()
    parts += _slots_in(reading, number, text[at:])
    if any(isinstance(part, str) and ("[[" in part or "]]" in part) for part in parts):
        reading.say(number, _("thiếu một cặp ngoặc: đoạn viết trong [[ và ]] trên cùng một dòng, không lồng nhau."))
    return tuple(parts)


def _slots_in(reading: _Reading, number: int, text: str) -> tuple[str | Slot, ...]:
    parts: list[str | Slot] = []
    at = 0
    for found in _SLOT.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        slot = _slot(reading, number, found[1])
        if slot is not None:
            parts.append(slot)
    parts.append(text[at:])
    if any(isinstance(part, str) and ("{{" in part or "}}" in part) for part in parts):
        reading.say(number, _("thiếu một cặp ngoặc: giá trị viết trong {{ và }} trên cùng một dòng."))
    if any(isinstance(part, str) and ("{%" in part or "%}" in part) for part in parts):
        reading.say(number, _("mẫu không có lệnh {% … %}. Điều kiện viết là [nếu tên_trường] … [hết]."))
    return tuple(part for part in parts if part != "")


def _slot(reading: _Reading, number: int, inside: str) -> Slot | None:
    found = _INSIDE.fullmatch(inside)
    if found is None:
        words = _(
            "không đọc được {{%(inside)s}}. Chỉ viết tên trường, ví dụ {{ full_name }} hoặc {{ full_name | in_hoa }}."
        )
        reading.say(number, words % {"inside": inside})
        return None
    if found[2] and found[2] not in FILTERS:
        words = _("không có cách viết “%(name)s”. Dùng được: %(known)s.")
        reading.say(number, words % {"name": found[2], "known": ", ".join(sorted(FILTERS))})
    return Slot(_alternatives(found[1]), found[2] or "", number)


def _alternatives(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(re.split(r"\s+hoặc\s+", one.strip())) for one in text.split(","))


def _read_command(reading: _Reading, number: int, line: str) -> None:
    inside = line[1:-1].strip() if line.endswith("]") else ""
    if inside == "hết":
        if not reading.open:
            reading.say(number, _("[hết] thừa: không có phần “[nếu …]” nào đang mở. Hãy bỏ dòng này."))
            return
        condition, nodes = reading.open.pop()
        reading.add(Branch(condition, tuple(nodes)))
    elif inside == "nội dung thêm":
        reading.add(Added())
    elif inside.startswith("nếu "):
        condition_read = _condition(inside[4:].strip(), number)
        if condition_read is None:
            reading.say(
                number, _("không đọc được điều kiện. Ví dụ: [nếu full_name], [nếu không full_name], [nếu kind = 1].")
            )
            condition_read = Condition("", False, None, number)
        reading.open.append((condition_read, []))
        if len(reading.open) > MAX_DEPTH:
            reading.say(number, _("điều kiện lồng nhau quá %(most)d tầng.") % {"most": MAX_DEPTH})
    elif found := _TABLE.fullmatch(inside):
        reading.add(Table(found[1], tuple(key.strip() for key in found[2].split(",")), number))
    else:
        words = _("không có lệnh này. Dùng được: [nếu …], [hết], [bảng tên_trường: cột, cột], [nội dung thêm].")
        reading.say(number, words)


def _condition(text: str, number: int) -> Condition | None:
    found = _CONDITION.fullmatch(text)
    if found is None or (found[1] and found[3]):
        return None
    return Condition(found[2], bool(found[1]) or found[3] == "khác", found[4], number)


def _read_setting(reading: _Reading, number: int, line: str) -> None:
    found = _SETTING.fullmatch(line)
    name, value = (found[1], found[2].strip()) if found else ("", "")
    if name == "cấp cho" and re.fullmatch(rf"{ONE}(?:\s*,\s*{ONE}(?:\s*,\s*{ONE}\s*,\s*{ONE})?)?", value):
        reading.holder = tuple(Slot((keys,), "", number) for keys in _alternatives(value))
    elif name == "dùng khi" and (condition := _condition(value, number)):
        reading.when = condition
    elif name == "nơi nhận" and value in {"có", "không"}:
        reading.has_receivers = value == "có"
    elif name == "phạm vi" and 0 < len(value) <= MAX_SCOPE and "{{" not in value:
        reading.scope = "" if value.casefold() in {"toàn quốc", "cả nước"} else value
    else:
        words = _(
            "không đọc được. Dùng được: @ cấp cho: tên, số (hai người: tên, số, tên, số); "
            "@ dùng khi: tên_trường = giá trị; @ nơi nhận: không; "
            "@ phạm vi: nơi giấy có hiệu lực (ngắn, không có {{ }})."
        )
        reading.say(number, words)
