"""What a form must keep beyond being readable: conditions, references and limits that point to something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from procedures.eforms import conditions
from procedures.eforms.definition import DefinitionError, Field, Form, fields_in
from procedures.eforms.prefilling import (
    ANSWER,
    EARLIER,
    FILING,
    GUARDIAN,
    STORE,
    STORE_ITEMS,
    WARD,
    sources_of,
    store_item,
)
from procedures.eforms.types.dates import limit_day

_UNLIKE = re.compile(r"\\[dDwWsSbBAZ]|\(\?P|\(\?[aiLmsux]")
"""Pieces of Python's regular expressions that ECMA-262, which JSON Schema names, lacks or reads otherwise."""
PREFILL_SOURCES = frozenset(
    {
        "identity", "organisation", "population", "civil_status", "health", "licence", "vehicle", "business", "land",
        "social_insurance", "tax", "poverty", "residence", STORE, EARLIER,
        ANSWER, FILING, GUARDIAN, WARD,
    }
)  # fmt: skip


def check_form(form: Form) -> None:
    """Raise DefinitionError at the first thing that points nowhere: a condition, a reference, a limit, a circle."""
    fields = form.by_key()
    earlier: list[Field] = []
    for page in form.pages:
        for group in page.groups:
            conditions.check(group.visible_if, fields, f"form.{page.key}.{group.key}.visible_if")
            for field in group.fields:
                place = f"form.{page.key}.{group.key}.{field.key}"
                _check_field(field, fields, place)
                _check_following(field, fields, {each.key for each in earlier}, place)
        earlier += page.fields()
    _check_circles(form)


def _check_following(field: Field, fields: Mapping[str, Field], earlier: set[str], place: str) -> None:
    """What a value follows from is asked on an earlier page: on the same one it would come when she has gone on."""
    conditions.check(field.prefill_if, fields, f"{place}.prefill_if")
    looked_at = set(fields_in(field.prefill_if))
    for source, item in sources_of(field):
        if source == ANSWER and field.fields:
            looked_at |= {f"{item}_{part.key}" for part in field.fields} & set(fields)
        elif source == ANSWER:
            looked_at.add(item)
        elif source == FILING and item != "agency":
            raise DefinitionError(
                f"{place}.prefill", _("Của nơi nộp chỉ điền sẵn được cơ quan. Hãy ghi filing.agency.")
            )
    if late := sorted(looked_at - earlier):
        raise DefinitionError(
            f"{place}.prefill",
            _("Điền sẵn dựa vào câu hỏi %(name)s, câu này không ở trang trước. Hãy chuyển nó lên trang trước."),
            name=repr(late[0]),
        )


def _check_field(field: Field, siblings: Mapping[str, Field], place: str) -> None:
    conditions.check(field.visible_if, siblings, f"{place}.visible_if")
    conditions.check(field.required_if, siblings, f"{place}.required_if")
    for name in ("not_before", "before"):
        if (other := getattr(field, name)) and other not in siblings:
            raise DefinitionError(
                f"{place}.{name}",
                _("Không có câu hỏi %(name)s cùng chỗ với câu này. Hãy ghi mã một câu hỏi có trong biểu mẫu."),
                name=repr(other),
            )
    if field.compute and field.compute.of not in siblings:
        raise DefinitionError(
            f"{place}.compute",
            _("Không có câu hỏi %(name)s cùng chỗ với câu này. Hãy ghi mã một câu hỏi có trong biểu mẫu."),
            name=repr(field.compute.of),
        )
    for source, item in sources_of(field):
        if source not in PREFILL_SOURCES:
            raise DefinitionError(
                f"{place}.prefill",
                _("Không có nguồn điền sẵn này. Hãy dùng một trong: %(known)s."),
                known=", ".join(sorted(PREFILL_SOURCES)),
            )
        if source == STORE and not all(store_item(item)):
            known = ", ".join(sorted(STORE_ITEMS))
            raise DefinitionError(
                f"{place}.prefill",
                _("Giấy tờ trong kho: hãy viết store.<loại>#<một trong %(known)s, hoặc câu trả lời trên giấy>."),
                known=known,
            )
        if source == EARLIER and field.locked:
            raise DefinitionError(
                f"{place}.locked", _("Điều người dân tự khai lần trước thì phải cho sửa. Hãy bỏ khóa.")
            )
    if field.type in {"date", "month", "datetime"}:
        for name in ("min", "max"):
            _check_day(getattr(field, name), f"{place}.{name}")
    if _UNLIKE.search(field.pattern):
        raise DefinitionError(
            f"{place}.pattern",
            _("Hãy viết [0-9] thay \\d, [A-Za-z0-9_] thay \\w, dấu cách thay \\s trong mẫu."),
        )
    if may_run_away(field.pattern):
        raise DefinitionError(
            f"{place}.pattern",
            _("Mẫu lặp một nhóm mà bên trong lại lặp hoặc chọn: máy chủ có thể bận hàng giờ. Hãy viết đơn giản hơn."),
        )
    limits = (field.min, field.max)
    if field.type in {"integer", "money", "decimal"} and not all(lim is None or isinstance(lim, int) for lim in limits):
        raise DefinitionError(
            place,
            _("Nhỏ nhất và lớn nhất của loại %(kind)s phải là số nguyên. Hãy ghi lại bằng chữ số."),
            kind=field.type,
        )
    if field.default is not None and field.choices and field.choice(field.default) is None:
        raise DefinitionError(
            f"{place}.default",
            _("Giá trị ban đầu %(name)s không có trong các lựa chọn. Hãy chọn một giá trị trong danh sách."),
            name=repr(field.default),
        )
    if any(part.prefill_if is not None for part in field.fields):
        raise DefinitionError(
            f"{place}.prefill_if", _("Phần này được điền sẵn cùng cả câu hỏi. Hãy ghi điều kiện điền sẵn ở câu hỏi.")
        )
    inner = {part.key: part for part in field.fields}
    _check_rows(field, inner, siblings, place)
    for part in field.fields:
        _check_field(part, inner, f"{place}.{part.key}")


def _check_rows(field: Field, columns: Mapping[str, Field], siblings: Mapping[str, Field], place: str) -> None:
    """What is said of all rows together looks at columns that there are, and at dates of birth of the form."""
    if field.exactly_one and not _is(columns.get(field.exactly_one), "boolean"):
        raise DefinitionError(
            f"{place}.exactly_one",
            _("%(name)s không phải cột có hoặc không của nhóm lặp. Hãy ghi mã một cột như vậy."),
            name=repr(field.exactly_one),
        )
    if (rule := field.without_gap) is None:
        return
    for key in (rule.first, rule.last):
        if not _is(columns.get(key), "month"):
            raise DefinitionError(
                f"{place}.without_gap",
                _("%(name)s không phải cột loại tháng của nhóm lặp. Hãy ghi mã một cột như vậy."),
                name=repr(key),
            )
    for key in rule.born:
        if not _is(siblings.get(key), "date"):
            raise DefinitionError(
                f"{place}.without_gap.born",
                _("%(name)s không phải câu hỏi loại ngày của biểu mẫu. Hãy ghi mã một câu như vậy."),
                name=repr(key),
            )


def _is(field: Field | None, kind: str) -> bool:
    return field is not None and field.type == kind


_LITERAL = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")
_INNERMOST = re.compile(r"\([^()]*\)")
_ENDLESS = re.compile(r"[*+]|\{[0-9]+,\}")


def may_run_away(pattern: str) -> bool:
    """Whether matching may take a time that doubles with each letter: an endless repeat of what repeats or chooses."""
    bare = _LITERAL.sub("x", pattern)
    while group := _INNERMOST.search(bare):
        inside, behind = group.group(), bare[group.end() :]
        repeats = bool(_ENDLESS.search(inside.removeprefix("(?")))
        if (repeats and behind[:1] in {"*", "+", "{"}) or ("|" in inside and _ENDLESS.match(behind)):
            return True
        bare = f"{bare[: group.start()]}{'x+' if repeats else 'x'}{behind}"
    return False


def _check_day(limit: object, place: str) -> None:
    try:
        limit_day(limit, date(2026, 1, 1))
    except ValueError:
        raise DefinitionError(
            place, _("Giới hạn phải là một ngày (năm-tháng-ngày), today, today+N hoặc today-N. Hãy ghi lại.")
        ) from None


def _check_circles(form: Form) -> None:
    """A field that is asked only when it is answered can never be asked."""
    needs = {field.key: set(fields_in(condition)) for field, condition in form.placed}

    def reach(key: str, seen: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for other in needs.get(key, ()):
            if other in seen:
                yield (*seen, other)
            else:
                yield from reach(other, (*seen, other))

    for key in needs:
        if circle := next(reach(key, (key,)), None):
            raise DefinitionError(
                f"form.{key}.visible_if",
                _("Các điều kiện vòng lại nhau: %(circle)s. Hãy bỏ một điều kiện."),
                circle=" → ".join(circle),
            )
