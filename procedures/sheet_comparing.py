"""Two states of a sheet's facts as its editors tell them apart: everything that can be written, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from portal.core.language import is_english
from procedures import sheets
from procedures.comparison import MOST_LINES, Part
from procedures.eforms.conditions import condition_words
from procedures.eforms.definition import Field
from procedures.facts import Facts
from procedures.models import ResultKind
from procedures.packs import yaml_text
from procedures.packs.reference import own_reference
from procedures.sheet_words import AS_READ, CHOICES, LABELS, PLACES, QUESTIONS, TOLD, UNSAID


class _Leaf(NamedTuple):
    """One thing that is said: where, in which row, and what."""

    place: str
    row: str
    text: str
    line: str
    is_told: bool

    @property
    def same(self) -> tuple[str, str, str]:
        """Equal for what says the same of the same, whatever the row is called."""
        return self.place, self.row, self.text


def between(
    before: Facts, after: Facts, *, beside_sheet: bool = False, asked: Mapping[str, Field] | None = None
) -> list[Part]:
    """What differs, part by part, each line with the row and the control it is of; order alone is no difference.

    ``beside_sheet``: only what a comparison of the two sheets as people read them leaves out. ``asked``: the questions
    of the form, by which conditions and keys of questions are put into words.
    """
    known = asked or {}
    found = []
    for key in dict.fromkeys([*before, *after]):
        if key in {"code", "origin"}:  # no draft changes them
            continue
        old, new = list(_leaves(key, before.get(key), known)), list(_leaves(key, after.get(key), known))
        gone, came = _without(old, new, beside_sheet=beside_sheet), _without(new, old, beside_sheet=beside_sheet)
        if gone or came:
            found.append(Part(str(AS_READ.get(key, PLACES.get(key, key))), gone, came))
    return merged(found)


def merged(parts: list[Part]) -> list[Part]:
    """Parts of one title as one, no longer than may be written out."""
    made: dict[str, Part] = {}
    for part in parts:
        one = made.setdefault(part.title, Part(part.title))
        one.gone += part.gone
        one.new += part.new
        one.changed += part.changed
        one.more += part.more
    for one in made.values():
        one.more += sum(max(0, len(lines) - MOST_LINES) for lines in (one.gone, one.new, one.changed))
        del one.gone[MOST_LINES:], one.new[MOST_LINES:], one.changed[MOST_LINES:]
    return list(made.values())


def differing(before: Facts, after: Facts) -> list[str]:
    """The parts that are not the same, by name, however little it is."""
    keys = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    return list(dict.fromkeys(str(PLACES.get(key, key)) for key in keys))


def _without(some: list[_Leaf], others: list[_Leaf], *, beside_sheet: bool) -> list[str]:
    left = Counter(leaf.same for leaf in some) - Counter(leaf.same for leaf in others)
    lines = []
    for leaf in some:
        if left[leaf.same]:
            left[leaf.same] -= 1
            if not (beside_sheet and leaf.is_told):
                lines.append(leaf.line)
    return lines


def _leaves(
    place: str, said: Any, asked: Mapping[str, Field], row: str = "", name: str = "", *, is_told: bool = True
) -> Iterator[_Leaf]:
    if place.endswith(".condition") and isinstance(said, Mapping):  # one thing, however many tests
        said = condition_words(said, asked) or yaml_text.dump(said).strip()
    if place in QUESTIONS and (question := asked.get(str(said))):
        said = f"{question.label} ({said})"
    if isinstance(said, Mapping):
        if isinstance(said.get("key"), str):
            said = UNSAID.get(place, {}) | dict(said)
            row, name = f"{row}/{said['key']}", str((said.get("name") or {}).get("vi") or said["key"])
            is_told = not (place == "results" and said.get("kind") == ResultKind.REFUSAL)  # not on the sheet
        for key, inner in said.items():
            if key == "key":  # tells rows apart, and is told of none
                continue
            yield from _leaves(f"{place}.{key}", inner, asked, row, name, is_told=is_told)
    elif isinstance(said, list) and any(isinstance(each, Mapping) for each in said):
        for each in said:
            yield from _leaves(place, each, asked, row, name, is_told=is_told)
    elif said not in (None, "", []):
        text = _words(place, said)
        is_other_language = is_english() and place.endswith((".vi", ".en"))  # which of them is read depends on both
        line = " · ".join(filter(None, [name, f"{_label(place)}: {text}"]))
        yield _Leaf(place, row, text, line, is_told and place in TOLD and not is_other_language)


def _label(place: str) -> str:
    top, _dot, rest = place.partition(".")
    known = LABELS.get(place) or (
        PLACES.get(top) if rest in {"", "vi", "value", "text.vi", "name.vi", "date"} else None
    )
    return str(known or f"{PLACES.get(top, top)} ({rest or top})")


def _words(place: str, said: Any) -> str:
    if isinstance(said, bool):
        return _("Có") if said else _("Không")
    choices = CHOICES.get(place, {})
    if isinstance(said, list):
        whole = choices.get(",".join(map(str, said)))
        return str(whole or ", ".join(_words(place, each) for each in said))
    if said in choices:
        return str(choices[said])
    if place == "life_events":
        return next((event["name"]["vi"] for event in own_reference().life_events if event["slug"] == said), str(said))
    if place in {"channels", "components.channels"}:
        return sheets.channel_words(str(said))
    if place == "applicants":
        return str((own_reference().applicant_types.get(said) or {"name": {"vi": said}})["name"]["vi"])
    return str(said)
