"""Conditions as the page's script judges them (static/js/eform.js): alone only where it cannot judge otherwise.

What somebody chooses or ticks reads the same on both sides, so the script tests it. Everything that is typed is read by
the types of fields and nowhere else: such a test carries the verdict on what the page says, and the verdict on no
answer, for when the question is not asked. The script asks again when its controls change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procedures.eforms.conditions import Condition, holds
from procedures.eforms.definition import Field
from procedures.eforms.types.base import Context

CHOSEN = frozenset({"choice", "boolean", "consent", "province"})
"""Kinds whose answer is what stands in the control, chosen and never typed."""
COMPARED = frozenset({"equals", "not_equals", "in", "filled"})
NEVER: dict[str, Any] = {"any": []}
ALWAYS: dict[str, Any] = {"all": []}


def for_script(
    condition: Condition,
    fields: Mapping[str, Field],
    names: Mapping[str, str],
    answers: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:
    """The same condition over names of controls, for a page that says ``answers`` (of all it shows, asked or not).

    ``{field, held, bare}`` is a test that we judged: with what the page says, and with no answer.
    """
    for name in ("all", "any"):
        if name in condition:
            return {name: [for_script(part, fields, names, answers, context) for part in condition[name]]}
    if "not" in condition:
        return {"not": for_script(condition["not"], fields, names, answers, context)}
    key = condition["field"]
    test = _by_itself(condition, fields[key].type)
    if test is not None:
        return {"field": names[key], **test} if test not in (NEVER, ALWAYS) else test
    verdicts = {"held": answers, "bare": {}}
    return {"field": names[key]} | {
        name: holds(condition, context.within(said).scope()) for name, said in verdicts.items()
    }


def _by_itself(condition: Condition, kind: str) -> dict[str, Any] | None:
    """The test as the script can make it, None where it cannot. What is compared is text, yes or no."""
    [(test, wanted)] = [(name, value) for name, value in condition.items() if name != "field"]
    if kind == "multi_choice":
        return _of_several(test, wanted)
    if kind == "file" and test == "filled":
        return {"is": "file", test: bool(wanted)}
    if kind not in CHOSEN or test not in COMPARED:
        return None
    if test == "filled":
        return {test: bool(wanted)}
    return {test: [_plain(each) for each in wanted] if test == "in" else _plain(wanted)}


def _of_several(test: str, wanted: Any) -> dict[str, Any] | None:
    several: dict[str, Any] = {"is": "list"}
    match test:
        case "equals" if wanted is False:  # of what nobody ticked there is no list, and silence is no yes
            return several | {"filled": False}
        case "equals":  # a list holds texts, and holds no number that looks like one of them
            return several | {test: wanted} if isinstance(wanted, str) else NEVER
        case "not_equals" if wanted is False:
            return several | {"filled": True}
        case "not_equals":
            return several | {test: wanted} if isinstance(wanted, str) else ALWAYS
        case "in":
            return several | {test: [_plain(each) for each in wanted]}
        case "filled":
            return several | {test: bool(wanted)}
        case "at_least" | "at_most":
            return several | {test: wanted} if isinstance(wanted, int | float) else None
    return None


def _plain(value: Any) -> str | bool:
    return value if isinstance(value, bool) else str(value)
