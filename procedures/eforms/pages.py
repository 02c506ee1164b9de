"""One page of an e-form as a Django form: each control is a field of its own, so labels, errors and links just work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from procedures.eforms import conditions, rows, types
from procedures.eforms.computing import compute
from procedures.eforms.conditions import is_empty
from procedures.eforms.controls import LeafField, RowCountField, html_name, row_count
from procedures.eforms.definition import Field, Page, both
from procedures.eforms.layout import Known, Leaf, Part, Repeat, RepeatRow, Section, When, gathered
from procedures.eforms.types.base import NotReadableError
from procedures.eforms.types.files import LONGEST_NAME
from procedures.eforms.types.places import resolve_agency, resolve_commune
from procedures.eforms.validation import context_for, field_problems, words_around

Path = tuple[str | int, ...]
REMOVE_FILE = "__remove"
NOT_YET = "0" * 64
"""In place of the digest of a file that has come and is not in the store yet."""
Rest = Mapping[str, Any] | bool
"""What is left of a condition on this page: it holds, it does not, or it hangs on the page's own fields."""


class PageForm(forms.Form):
    """A page to fill: bound when ``data`` is given; ``sections`` is what the template draws.

    ``is_action`` posts (add a row, remove a row, look again) are never valid and have no errors: the page is shown
    again with what was typed.
    """

    use_required_attribute = False

    def __init__(
        self,
        page: Page,
        *,
        answers: Mapping[str, Any],
        data: QueryDict | None = None,
        sources: Mapping[str, str] | None = None,
        facts: Mapping[str, bool] | None = None,
        on: date | None = None,
        files: MultiValueDict[str, Any] | None = None,
        unread: Mapping[str, list[str]] | None = None,
    ) -> None:
        self.page = page
        self.answers = dict(answers)
        self.sources = dict(sources or {})
        self.is_action = data is not None and rows.is_action(data)
        self.context = context_for(self.answers, on=on, facts=facts)
        self.page_answers: dict[str, Any] = {}
        self.uploads: dict[str, Any] = {}
        """Files that came with the post, by field: whoever knows the store keeps them and makes them answers."""
        self.unread: dict[str, list[str]] = {}
        """What was typed and cannot be read as an answer, by name of control."""
        self._typed_before = unread or {}
        self._row_numbers: dict[str, list[int]] = {}
        self._group_rest: dict[str, Rest] = {}
        super().__init__(data=rows.apply(page, data) if self.is_action else data, files=files, initial={})
        self._asked = list(self._find_asked())
        for field, _condition in self._asked:
            self._add_controls(field, (field.key,), self.answers.get(field.key, field.default))

    # --- which fields, which controls ---------------------------------------------------------------------------

    def _find_asked(self) -> Iterator[tuple[Field, Rest]]:
        """The page's fields that can be asked here, each with what is left of its own condition."""
        live = frozenset(field.key for field in self.page.fields() if field.is_typed and not self._is_locked(field))
        scope = self.context.scope()
        for group in self.page.groups:
            self._group_rest[group.key] = conditions.resolve(group.visible_if, live, scope)
            if self._group_rest[group.key] is False:
                continue
            for field in group.fields:
                rest = conditions.resolve(field.visible_if, live, scope)
                if rest is not False:
                    yield field, True if rest == self._group_rest[group.key] else rest

    def _is_locked(self, field: Field) -> bool:
        return field.locked and field.key in self.sources and not is_empty(self.answers.get(field.key))

    def _add_controls(self, field: Field, path: Path, value: Any) -> None:
        if not field.is_typed or (len(path) == 1 and self._is_locked(field)):
            return
        name = html_name(path)
        if field.type == "repeat":
            count_name = html_name((*path, rows.COUNT))
            values = value if isinstance(value, list) else []
            count = row_count(field, self.data.get(count_name)) if self.is_bound else len(values)
            if not self.is_bound and not count and (field.required or field.min_items):
                count = max(1, field.min_items)
            self.fields[count_name] = RowCountField(field, path)
            self.initial[count_name] = count
            for number in range(count):
                row = values[number] if number < len(values) and isinstance(values[number], Mapping) else {}
                for part in field.fields:
                    self._add_controls(part, (*path, number, part.key), row.get(part.key, part.default))
        elif field.is_composite:
            parts = value if isinstance(value, Mapping) else {}
            for part in field.fields:
                self._add_controls(part, (*path, part.key), parts.get(part.key, part.default))
        else:
            control = LeafField(field, path, self.context)
            if len(path) == 1:
                control.source = self.sources.get(field.key, "")
            if field.type == "file" and isinstance(value, Mapping):
                control.kept_name = str(value.get("name", ""))
            self.fields[name] = control
            self.initial[name] = types.of(field).to_input(field, value, self.context)
            if before := self._typed_before.get(name):
                self.initial[name] = before if field.type == "multi_choice" else before[0]

    # --- reading what was typed ---------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Whether the page may be left; a post that only adds or removes a row is not a try to leave."""
        return not self.is_action and super().is_valid()

    def full_clean(self) -> None:
        """Judge the page, unless the post only changes rows."""
        if self.is_action:
            self._errors = ErrorDict()
            self.cleaned_data = {}
            return
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Put the parts together and judge what is visible, with the words of each field at its own control."""
        values: dict[str, Any] = {}
        posted: Any = self.data
        self.unread = {name: posted.getlist(name) for name in self._errors or {} if name in self.data}
        for field, _condition in self._asked:
            if field.is_typed and not self._is_locked(field):
                values[field.key] = self._read(field, (field.key,))
        visible = self._visible({**self.answers, **values})
        merged = {**self.answers, **{key: value if key in visible else None for key, value in values.items()}}
        for field, _condition in self._asked:
            if field.compute is not None:
                values[field.key] = merged[field.key] = compute(field.compute, merged) if field.key in visible else None
            elif not field.is_typed or self._is_locked(field):
                continue
            elif field.key not in visible:
                values[field.key] = None
                self._forget_errors(field.key)
            else:
                for path, message in field_problems(field, merged, self.context):
                    self._place_error(path, message)
        for field in self.page.fields():
            if field.key not in values and field.is_typed and not self._is_locked(field):
                values[field.key] = None
        self.page_answers = values
        return self.cleaned_data

    def _visible(self, answers: Mapping[str, Any]) -> set[str]:
        kept = dict(answers)
        placed = [
            (field.key, both(group.visible_if, field.visible_if))
            for group in self.page.groups
            for field in group.fields
        ]
        for _pass in range(len(placed) + 1):
            scope = self.context.within(kept).scope()
            hidden = [key for key, condition in placed if key in kept and not conditions.holds(condition, scope)]
            if not hidden:
                break
            for key in hidden:
                del kept[key]
        scope = self.context.within(kept).scope()
        return {key for key, condition in placed if conditions.holds(condition, scope)}

    def _read(self, field: Field, path: Path) -> Any:
        """The value of a field from its controls; what could not be read is left out and already has its error."""
        if field.type == "repeat":
            count = row_count(field, self.data.get(html_name((*path, rows.COUNT))))
            found: list[Any] = []
            self._row_numbers[field.key] = []
            for number in range(count):
                row = {part.key: self._read(part, (*path, number, part.key)) for part in field.fields}
                if all(
                    is_empty(row[part.key]) or row[part.key] in (False, part.default) for part in field.fields
                ) and not (self._has_errors((*path, number))):
                    continue
                found.append({key: value for key, value in row.items() if not is_empty(value)})
                self._row_numbers[field.key].append(number)
            return found
        if field.is_composite:
            value = {part.key: self._read(part, (*path, part.key)) for part in field.fields}
            if field.type in {"address", "place"}:
                self._resolve(path, value)
            value = {key: part for key, part in value.items() if not is_empty(part)}
            return value or None
        answer = self.cleaned_data.get(html_name(path))
        if field.type == "file":
            return self._file(field, answer)
        if field.type == "agency" and answer:
            try:
                return resolve_agency(field, answer, self.context)
            except NotReadableError as error:
                self._not_understood(html_name(path), error.message)
                return None
        return answer

    def _not_understood(self, name: str, message: str) -> None:
        posted: Any = self.data
        self.unread[name] = posted.getlist(name)
        self.add_error(name, message)

    def _file(self, field: Field, upload: Any) -> Any:
        """The answer of a file that came, stayed, or was taken off."""
        if upload is not None:
            self.uploads[field.key] = upload
            return {"name": str(upload.name)[-LONGEST_NAME:] or "?", "content_sha256": NOT_YET}
        return None if f"{field.key}{REMOVE_FILE}" in self.data else self.answers.get(field.key)

    def _resolve(self, path: Path, value: dict[str, Any]) -> None:
        province, typed = value.get("province_code"), value.get("commune_code")
        if not typed:
            return
        value["commune_code"] = None
        if province and self.context.territory.is_province(province):
            try:
                value["commune_code"] = resolve_commune(province, typed, self.context)
            except NotReadableError as error:
                self._not_understood(html_name((*path, "commune_code")), error.message)
        elif not province:
            self._not_understood(html_name((*path, "commune_code")), _("Hãy chọn tỉnh, thành phố trước."))

    def _has_errors(self, path: Path) -> bool:
        start = f"{html_name(path)}__"
        return any(name.startswith(start) for name in self._errors or {})

    def _forget_errors(self, key: str) -> None:
        for name in [name for name in self._errors or {} if name == key or name.startswith(f"{key}__")]:
            del self._errors[name]

    def _place_error(self, path: str, message: str) -> None:
        """Put a message at the control of its path, unless that control already says what is wrong."""
        parts: list[Any] = path.split(".")
        numbers = self._row_numbers.get(parts[0], [])
        if len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(numbers):
            parts[1] = numbers[int(parts[1])]
        name = html_name(tuple(parts))
        if name not in self.fields and html_name((*parts, rows.COUNT)) in self.fields:
            name = html_name((*parts, rows.COUNT))
        if name in self.fields:
            if name not in (self._errors or {}):
                self.add_error(name, message)
        else:
            self.add_error(None, message)

    @property
    def has_row_buttons(self) -> bool:
        """Whether the page has buttons besides the one that leaves it."""
        return any(isinstance(control, RowCountField) for control in self.fields.values())

    def error_links(self) -> list[tuple[str, str]]:
        """Errors as (href, text) for the summary on top, each with the group or address it belongs to."""
        links = [("#main", str(text)) for text in self.non_field_errors()]
        for bound in self:
            control = bound.field
            is_group = isinstance(control.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
            target = f"#{bound.auto_id}_0" if is_group else f"#{bound.auto_id}"
            context = words_around(self.page, getattr(control, "path", ()) or (bound.name,))
            links += [(target, f"{context}: {text}" if context else str(text)) for text in bound.errors]
        return links

    # --- drawing ------------------------------------------------------------------------------------------------

    @property
    def sections(self) -> list[Section]:
        """What the template draws, in order."""
        now = self._current_answers()
        sections = []
        asked = {field.key: rest for field, rest in self._asked}
        own = {field.key: field for field in self.page.fields()}
        for group in self.page.groups:
            items: list[Any] = []
            for field in group.fields:
                if field.key not in asked:
                    continue
                item = self._item(field, (field.key,), now)
                if item is not None:
                    items.append(self._when(asked[field.key], own, now, [item]) or item)
            if items:
                title = "" if str(group.title) == str(self.page.title) else str(group.title)
                when = self._when(self._group_rest[group.key], own, now, [])
                sections.append(Section(group.key, title, gathered(items), when))
        return sections

    def _when(
        self, rest: Rest, fields: Mapping[str, Field], now: Mapping[str, Any], items: list[Any], path: Path = ()
    ) -> When | None:
        """The pieces under what is left of a condition, None when they stand there anyway."""
        if isinstance(rest, bool):
            return None
        holds = conditions.holds(rest, self.context.within(now).scope())
        names = {key: html_name((*path, key)) for key in fields}
        return When(conditions.in_words(rest, fields), conditions.renamed(rest, names), holds, items)

    def _current_answers(self) -> dict[str, Any]:
        """Answers as the page shows them now, typed ones read as far as they can be."""
        if not self.is_bound:
            defaults = {field.key: field.default for field, _rest in self._asked if field.default is not None}
            return {**defaults, **self.answers}
        now = dict(self.answers)
        for name, control in self.fields.items():
            if isinstance(control, LeafField) and len(control.path) == 1:
                try:
                    now[name] = control.clean(control.widget.value_from_datadict(self.data, self.files, name))
                except forms.ValidationError:
                    now[name] = None
        return now

    def _item(self, field: Field, path: Path, now: Mapping[str, Any], live: frozenset[str] = frozenset()) -> Any:
        source = self.sources.get(field.key, "") if len(path) == 1 else ""
        if not field.is_typed or (len(path) == 1 and self._is_locked(field)):
            value = compute(field.compute, now) if field.compute else self.answers.get(field.key)
            if is_empty(value):
                return None
            shown = types.of(field).display(field, value, self.context)
            if field.compute and field.compute.function == "percent":
                shown = types.TYPES["money"].display(field, value, self.context)
            return Known([{"key": str(field.label), "value": shown, "source": source}])
        is_optional = not field.required and field.required_if is None
        if field.type == "repeat":
            count = self[html_name((*path, rows.COUNT))]
            number_of_rows = row_count(field, count.value())
            return Repeat(
                count=count,
                key=field.key,
                legend=str(field.label),
                help=str(field.help),
                source=source,
                rows=[
                    RepeatRow(number + 1, self._parts(field, (*path, number)), html_name((*path, number)))
                    for number in range(number_of_rows)
                ],
                can_add=number_of_rows < field.max_items,
                is_optional=is_optional and not field.min_items,
            )
        if field.is_composite:
            help_words = str(field.help)
            if field.type == "co_signature" and field.signer and not help_words:
                help_words = _("%(signer)s xác nhận bằng tài khoản định danh của mình.") % {"signer": field.signer}
            return Part(
                f"part-{html_name(path)}", str(field.label), help_words, source, self._parts(field, path), is_optional
            )
        return Leaf(self[html_name(path)])

    def _parts(self, field: Field, path: Path) -> list[Any]:
        """The pieces of a composite or a row; conditions inside see only their own object."""
        siblings = {part.key: part for part in field.fields}
        inside = {key: self._typed(html_name((*path, key))) for key in siblings}
        items = []
        for part in field.fields:
            item = self._item(part, (*path, part.key), inside)
            rest = conditions.resolve(part.visible_if, frozenset(siblings), self.context.within(inside).scope())
            if item is not None and rest is not False:
                items.append(self._when(rest, siblings, inside, [item], path) or item)
        return gathered(items)

    def _typed(self, name: str) -> Any:
        control = self.fields.get(name)
        if not isinstance(control, LeafField):
            return None
        try:
            return control.clean(self[name].value())
        except forms.ValidationError:
            return None
