"""Conditions of fields, groups, components and fees: evaluated, resolved for one page, and put into words.

One language everywhere (``docs/procedure-pack.md``): a test of a field or fact, combined by ``all``, ``any``, ``not``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.eforms.definition import DefinitionError, Field

Condition = Mapping[str, Any]
TESTS = frozenset({"equals", "not_equals", "in", "filled", "at_least", "at_most", "age_below", "within_days"})
COUNTED = frozenset({"integer", "money", "decimal", "multi_choice", "repeat"})
FACTS = frozenset({"digital_citizen", "acting_for_organisation"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition is judged by: answers, facts about the person, and the day of filing."""

    answers: Mapping[str, Any]
    on: date
    facts: Mapping[str, bool] = field(default_factory=dict)


def is_empty(value: Any) -> bool:
    """Whether an answer says nothing; False and 0 do say something."""
    if isinstance(value, str):
        return not value
    if value is None or value == []:
        return True
    if not isinstance(value, dict):
        return False
    for part in value.values():  # noqa: SIM110 - asked of every answer; a generator takes longer than the answer
        if not is_empty(part):
            return False
    return True


def years_between(born: date, on: date) -> int:
    """Completed years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def holds(condition: Condition | None, scope: Scope) -> bool:
    """Whether a condition holds; None always does."""
    if condition is None:
        return True
    if "all" in condition:
        for part in condition["all"]:  # noqa: SIM110 - as above
            if not holds(part, scope):
                return False
        return True
    if "any" in condition:
        for part in condition["any"]:  # noqa: SIM110 - as above
            if holds(part, scope):
                return True
        return False
    if "not" in condition:
        return not holds(condition["not"], scope)
    if "fact" in condition:
        return bool(scope.facts.get(condition["fact"], False))
    return _test(condition, scope.answers.get(condition["field"]), scope.on)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool):
        return (value is True) == wanted
    # a list or an object is no text, however it would be written
    return value is not None and not isinstance(value, bool | list | dict) and str(value) == str(wanted)


def _is(value: Any, wanted: Any) -> bool:
    """Whether an answer is this one; of several answers, whether it is among them."""
    return wanted in value if isinstance(value, list) else _same(value, wanted)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, list):
        return Decimal(len(value))  # of a repeat the number of rows counts
    if isinstance(value, bool) or value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _test(condition: Condition, value: Any, on: date) -> bool:
    if "equals" in condition:
        return _is(value, condition["equals"])
    if "not_equals" in condition:
        return not _is(value, condition["not_equals"])
    if "in" in condition:
        values = value if isinstance(value, list) else [value]
        return any(_same(each, wanted) for each in values for wanted in condition["in"])
    if "filled" in condition:
        return is_empty(value) != bool(condition["filled"])
    if "age_below" in condition:
        try:
            born = date.fromisoformat(str(value))
        except ValueError:
            return False
        return years_between(born, on) < condition["age_below"]
    if "within_days" in condition:
        try:
            day = datetime.fromisoformat(str(value)).date()  # a moment counts by its day
        except ValueError:
            return False
        return day >= on - timedelta(days=condition["within_days"])
    number = _number(value)
    if number is None:
        return False
    return number >= condition["at_least"] if "at_least" in condition else number <= condition["at_most"]


def resolve(condition: Condition | None, live: frozenset[str], scope: Scope) -> bool | Condition:
    """What remains of a condition when only ``live`` fields can still change: True, False, or a smaller condition."""
    if condition is None:
        return True
    for name, absorbing in (("all", False), ("any", True)):
        if name in condition:
            parts = [resolve(part, live, scope) for part in condition[name]]
            if any(part is absorbing for part in parts):
                return absorbing
            rest = [part for part in parts if not isinstance(part, bool)]
            return (rest[0] if len(rest) == 1 else {name: rest}) if rest else not absorbing
    if "not" in condition:
        inner = resolve(condition["not"], live, scope)
        return not inner if isinstance(inner, bool) else {"not": inner}
    if "field" in condition and condition["field"] in live:
        return condition
    return holds(condition, scope)


def renamed(condition: Condition, names: Mapping[str, str]) -> dict[str, Any]:
    """The same condition with other names for its fields (prefixes of groups, names of controls)."""
    copy = dict(condition)
    for name in ("all", "any"):
        if name in copy:
            copy[name] = [renamed(part, names) for part in copy[name]]
    if "not" in copy:
        copy["not"] = renamed(copy["not"], names)
    if "field" in copy:
        copy["field"] = names.get(copy["field"], copy["field"])
    return copy


def check(condition: Any, fields: Mapping[str, Field], place: str) -> None:
    """Raise DefinitionError unless the condition is well formed and looks at fields that exist."""
    if condition is None:
        return
    if not isinstance(condition, Mapping):
        raise DefinitionError(
            place, gettext_lazy("Điều kiện viết chưa đúng. Hãy viết như {field: mã câu hỏi, equals: giá trị}.")
        )
    for name in ("all", "any"):
        if name in condition:
            parts = condition[name]
            if not isinstance(parts, list) or not parts or len(condition) != 1:
                raise DefinitionError(
                    place,
                    gettext_lazy("`%(name)s` cần một danh sách điều kiện và đứng một mình. Hãy tách nó ra."),
                    name=name,
                )
            for part in parts:
                check(part, fields, place)
            return
    if "not" in condition:
        if len(condition) != 1:
            raise DefinitionError(place, gettext_lazy("`not` phải đứng một mình. Hãy tách nó ra."))
        return check(condition["not"], fields, place)
    if "fact" in condition:
        if condition["fact"] not in FACTS:
            raise DefinitionError(
                place,
                gettext_lazy("Không có dữ kiện %(name)s. Hãy dùng một trong: %(known)s."),
                name=repr(condition["fact"]),
                known=", ".join(sorted(FACTS)),
            )
        return
    if condition.get("field") not in fields:
        raise DefinitionError(
            place,
            gettext_lazy("Điều kiện dựa vào câu hỏi %(name)s, biểu mẫu không có. Hãy chọn câu khác hoặc bỏ điều kiện."),
            name=repr(condition.get("field")),
        )
    kind = fields[condition["field"]].type
    if "age_below" in condition and kind != "date":
        raise DefinitionError(
            place,
            gettext_lazy("`age_below` cần một câu hỏi loại ngày, %(name)s là loại khác. Hãy chọn câu hỏi ngày sinh."),
            name=repr(condition["field"]),
        )
    if "within_days" in condition and kind not in {"date", "datetime"}:
        raise DefinitionError(
            place,
            gettext_lazy("`within_days` cần một câu hỏi loại ngày, %(name)s là loại khác. Hãy chọn câu hỏi khác."),
            name=repr(condition["field"]),
        )
    if {"at_least", "at_most"} & set(condition) and kind not in COUNTED:
        raise DefinitionError(
            place,
            gettext_lazy(
                "So lớn nhỏ cần một câu hỏi loại số, %(name)s là loại khác. Hãy chọn phép so khác hoặc câu hỏi khác."
            ),
            name=repr(condition["field"]),
        )
    if len(set(condition) & TESTS) != 1 or set(condition) - TESTS - {"field"}:
        raise DefinitionError(
            place, gettext_lazy("Mỗi điều kiện cần đúng một phép so: %(known)s."), known=", ".join(sorted(TESTS))
        )


def in_words(condition: Condition | None, fields: Mapping[str, Field]) -> str:
    """A condition in words of the active language, to stand after “khi” (when): ``“Trường hợp” là “Trẻ bị bỏ rơi”``."""
    if condition is None:
        return ""
    if "all" in condition:
        return _(" và ").join(filter(None, (in_words(part, fields) for part in condition["all"])))
    if "any" in condition:
        return _(" hoặc ").join(filter(None, (in_words(part, fields) for part in condition["any"])))
    if "not" in condition:
        return _("không phải %(condition)s") % {"condition": in_words(condition["not"], fields)}
    if "fact" in condition:
        return _FACT_WORDS[condition["fact"]]()
    asked = fields.get(condition["field"])
    return _test_in_words(condition, asked) if asked is not None else ""


def condition_words(value: Any, fields: Mapping[str, Field]) -> str:
    """The same of whatever stands where a condition should; "" for none, and for what is none of ours."""
    try:
        return in_words(value, fields) if value else ""
    except (KeyError, TypeError):  # not a condition of ours
        return ""


_FACT_WORDS = {
    "digital_citizen": lambda: _("bạn được hưởng chính sách công dân số"),
    "acting_for_organisation": lambda: _("bạn nộp thay tổ chức"),
}


def _value_words(asked: Field, value: Any) -> str:
    choice = asked.choice(str(value))
    return f"“{choice.label}”" if choice else f"“{value}”"


def _test_in_words(condition: Condition, asked: Field) -> str:
    label = {"label": str(asked.label)}
    if asked.type in {"boolean", "consent"}:
        wanted = condition.get("equals", not condition.get("not_equals", False))
        return _("bạn chọn “%(label)s”") % label if wanted else _("bạn không chọn “%(label)s”") % label
    if "equals" in condition:
        return _("“%(label)s” là %(value)s") % {**label, "value": _value_words(asked, condition["equals"])}
    if "not_equals" in condition:
        return _("“%(label)s” không phải %(value)s") % {**label, "value": _value_words(asked, condition["not_equals"])}
    if "in" in condition:
        values = _(" hoặc ").join(_value_words(asked, value) for value in condition["in"])
        return _("“%(label)s” là %(value)s") % {**label, "value": values}
    if "filled" in condition:
        return _("đã điền “%(label)s”") % label if condition["filled"] else _("chưa điền “%(label)s”") % label
    if "at_least" in condition:
        return _("“%(label)s” từ %(number)s trở lên") % {**label, "number": condition["at_least"]}
    if "at_most" in condition:
        return _("“%(label)s” không quá %(number)s") % {**label, "number": condition["at_most"]}
    if "within_days" in condition:
        return _("“%(label)s” trong vòng %(number)s ngày trước ngày nộp") % {
            **label,
            "number": condition["within_days"],
        }
    return _("người có “%(label)s” chưa đủ %(number)s tuổi") % {**label, "number": condition["age_below"]}
