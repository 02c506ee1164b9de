"""Two records of one procedure beside each other: what changed, line by line, in words an official reads. Pure.

Every key is looked at, also one that no rule of the import knows: of two records that are not the same to the letter
there is always something to read.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from procedures.national import lay_thu_tuc, record_words
from procedures.national.checking import Flaws

MOST = 2_000
"""Lines of one record that are written out."""
CONTEXT = 40
"""Characters of a long text that stand before and behind what changed in it."""
Told = tuple[str, str, str]
"""Where in a part, what stood there, what stands there now."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed."""

    part: str
    place: str
    before: str
    after: str

    @property
    def where(self) -> str:
        """Part and place: ``thành phần hồ sơ, giấy tờ “Đơn đề nghị”, số bản chính``."""
        return ", ".join(filter(None, (self.part, self.place)))

    def __str__(self) -> str:
        return f"{self.where}: {self.before} → {self.after}"


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changed from one record to the next, in the order of its parts and in the active language."""
    found = list(_in_catalogue_words(before, after))
    if len(found) <= MOST:
        return found
    more = _("còn %(count)d thay đổi khác") % {"count": len(found) - MOST}
    return [*found[:MOST], Difference(more, "", "…", "…")]


def _in_catalogue_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    told = set()
    old, new = _catalogue_keys(before), _catalogue_keys(after)
    for key in {**old, **new}:
        for place, gone, came in _pair(old, new, key):
            told.add(key)
            yield Difference(record_words.part(key), place, gone, came)
    if old is before or new is after:
        return
    # of two answers of LayThuTuc, what becomes of no key of the catalogue file
    for key in {**before, **after}:
        if lay_thu_tuc.PARTS.get(key) not in told:
            for place, gone, came in _pair(before, after, key):
                yield Difference(record_words.part(lay_thu_tuc.PARTS.get(key, key)), place, gone, came)


def _catalogue_keys(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return lay_thu_tuc.as_record(dict(record), Flaws()) if lay_thu_tuc.is_one(record) else record


class _Absent:
    """A key that is not there."""


_ABSENT = _Absent()


def _pair(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> Iterator[Told]:
    return _told(old.get(key, _ABSENT), new.get(key, _ABSENT), key, "")


def _told(old: Any, new: Any, key: str, place: str) -> Iterator[Told]:
    if _exactly(old) == _exactly(new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _objects(old, new, place)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, key, place)
    elif isinstance(old, str) and isinstance(new, str) and (len(old) > 2 * CONTEXT or len(new) > 2 * CONTEXT):
        yield from _texts(old, new, place)
    else:
        yield _values(old, new, key, place)


def _objects(old: Mapping[str, Any], new: Mapping[str, Any], place: str) -> Iterator[Told]:
    together = [pair for pair in (("time", "time_unit"), ("amount", "currency")) if any(old.get(k) for k in pair)]
    joined = {name for pair in together for name in pair}
    for value, unit in together:
        if _exactly([old.get(value), old.get(unit)]) != _exactly([new.get(value), new.get(unit)]):
            gone, came = (
                " ".join(record_words.of(row[name], name) for name in (value, unit) if row.get(name) not in (None, ""))
                for row in (old, new)
            )
            if gone != came:
                yield _at(place, record_words.label(value)), gone or _nothing(), came or _nothing()
            else:
                joined -= {value, unit}  # told apart below
    for key in {**old, **new}:
        if key not in joined:
            pair = old.get(key, _ABSENT), new.get(key, _ABSENT)
            # items of a list say themselves what they are
            says = key in record_words.ITEMS and all(isinstance(each, list) for each in pair)
            yield from _told(*pair, key, place if says else _at(place, record_words.label(key)))


def _lists(old: list[Any], new: list[Any], key: str, place: str) -> Iterator[Told]:
    """Items that are the same say nothing; others are one that changed where both sides have it, else gone or new."""
    gone, came = _left(old, new), _left(new, old)
    if not gone and not came:
        yield _at(_at(place, _item(None, key)), _("thứ tự")), _listed(old, key), _listed(new, key)
        return
    pairs, gone, came = _matched(gone, came)
    if len(gone) == len(came):
        pairs, gone, came = [*pairs, *zip(gone, came, strict=True)], [], []
    for before, after in pairs:
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _told(before, after, key, _at(place, _item(before, key)))
        else:
            yield from _told(before, after, key, _at(place, _item(None, key)))
    for row in gone:
        yield _at(place, _item(None, key)), record_words.of(row, key), _nothing()
    for row in came:
        yield _at(place, _item(None, key)), _nothing(), record_words.of(row, key)


def _left(some: list[Any], others: list[Any]) -> list[Any]:
    known = Counter(map(_exactly, others))
    found = []
    for row in some:
        text = _exactly(row)
        if known[text]:
            known[text] -= 1
        else:
            found.append(row)
    return found


def _matched(gone: list[Any], came: list[Any]) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """Pairs of items that have the same name or code, and what is left of both sides."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(came):
        if name := _identity(row):
            waiting[name].append(at)
    pairs, left, taken = [], [], set()
    for row in gone:
        if (name := _identity(row)) and waiting[name]:
            taken.add(at := waiting[name].pop(0))
            pairs.append((row, came[at]))
        else:
            left.append(row)
    return pairs, left, [row for at, row in enumerate(came) if at not in taken]


def _identity(row: Any) -> str:
    if isinstance(row, Mapping):
        for key in ("code", "number", "channel", "name", "type"):
            if isinstance(row.get(key), str) and row[key]:
                return f"{key} {row[key]}"
    return ""


def _item(row: Any, key: str) -> str:
    """An item by what it is and its name: ``giấy tờ “Đơn đề nghị”``; one that is written out whole needs no name."""
    kind = str(record_words.ITEMS.get(key, ""))
    name = ""
    if isinstance(row, Mapping):
        names = (row.get(each) for each in ("name", "number", "code"))
        name = next((each for each in names if isinstance(each, str) and each), "")
        if not name and row.get("channel"):
            return f"{kind} {record_words.of(row['channel'], 'channel')}".strip()
    return f"{kind} “{record_words.shortened(' '.join(name.split()), 60)}”".strip() if name else kind


def _texts(old: str, new: str, place: str) -> Iterator[Told]:
    """Of long texts, the lines that changed; of a long line, what changed in it."""
    before, after = ([" ".join(line.split()) for line in text.splitlines()] for text in (old, new))
    gone, came = _left([line for line in before if line], after), _left([line for line in after if line], before)
    if not gone and not came:
        yield _at(place, _("khoảng trắng, xuống dòng hoặc thứ tự các dòng")), record_words.of(old), record_words.of(new)
    elif len(gone) == len(came):
        for left, right in zip(gone, came, strict=True):
            yield place, *_around(left, right)
    else:
        for line in gone:
            yield place, record_words.shortened(line), _nothing()
        for line in came:
            yield place, _nothing(), record_words.shortened(line)


def _around(old: str, new: str) -> tuple[str, str]:
    """What differs between two lines, with some of what stands around it."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    end = next((at for at in range(shorter - start) if old[-1 - at] != new[-1 - at]), shorter - start)
    first = old.rfind(" ", 0, start - CONTEXT) + 1 if start > CONTEXT else 0

    def part(line: str) -> str:
        told = record_words.shortened(line[first : len(line) - max(0, end - CONTEXT)].rstrip())
        return f"{'…' if first else ''}{told}{'…' if end > CONTEXT else ''}"

    return part(old), part(new)


def _values(old: Any, new: Any, key: str, place: str) -> Told:
    gone, came = (_nothing() if value is _ABSENT else record_words.of(value, key) for value in (old, new))
    if gone == came:  # such as the number 5 and the text “5”
        gone, came = (record_words.shortened(_exactly(value)) for value in (old, new))
    return place, gone, came


def _listed(rows: list[Any], key: str) -> str:
    names = (row.get("name") or row.get("code") or row if isinstance(row, Mapping) else row for row in rows)
    return record_words.of(list(names), key)


def _at(place: str, inner: str) -> str:
    return ", ".join(filter(None, (place, inner)))


def _nothing() -> str:
    return _("(không có)")


def _exactly(value: Any) -> str:
    """A value as the one JSON text that says it: 5, 5.0 and “5” are three."""
    return "" if value is _ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True)
