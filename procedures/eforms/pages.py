"""One page of an e-form as a Django form: each control is a field of its own, so labels, errors and links just work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from procedures.eforms import conditions, drawing, rows
from procedures.eforms.asking import AskingForm, Path
from procedures.eforms.computing import compute
from procedures.eforms.conditions import is_empty
from procedures.eforms.controls import RowCountField, html_name, row_count
from procedures.eforms.definition import Field, both
from procedures.eforms.layout import Section
from procedures.eforms.types.base import NotReadableError
from procedures.eforms.types.files import LONGEST_NAME
from procedures.eforms.types.places import resolve_agency, resolve_commune
from procedures.eforms.validation import field_problems, words_around

REMOVE_FILE = "__remove"
NOT_YET = "0" * 64
"""In place of the digest of a file that has come and is not in the store yet."""


class PageForm(AskingForm):
    """A page to fill: bound when ``data`` is given; ``sections`` is what the template draws.

    ``is_action`` posts (add a row, remove a row, look again) are never valid and have no errors: the page is shown
    again with what was typed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page_answers: dict[str, Any] = {}
        self.uploads: dict[str, Any] = {}
        """Files that came with the post, by field: whoever knows the store keeps them and makes them answers."""
        self.unread: dict[str, list[str]] = {}
        """What was typed and cannot be read as an answer, by name of control."""
        self.unasked: set[str] = set()
        """Fields that are not asked with what this page says, and so are emptied."""
        self._row_numbers: dict[str, list[int]] = {}

    @property
    def sections(self) -> list[Section]:
        """What the template draws, in order."""
        return drawing.sections_of(self)

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
        for field, _condition in self.asked:
            if field.is_typed and not self.is_locked(field):
                values[field.key] = self._read(field, (field.key,))
        visible = self._visible({**self.answers, **values})
        merged = {**self.answers, **{key: value if key in visible else None for key, value in values.items()}}
        for field, _condition in self.asked:
            if field.compute is not None:
                values[field.key] = merged[field.key] = compute(field.compute, merged) if field.key in visible else None
            elif not field.is_typed or self.is_locked(field):
                continue
            elif field.key not in visible:
                values[field.key] = None
                self.unasked.add(field.key)
                self._forget_errors(field.key)
            else:
                for path, message in field_problems(field, merged, self.context):
                    self._place_error(path, message)
        for field in self.page.fields():
            if field.key not in values and field.is_typed and not self.is_locked(field):
                values[field.key] = None
                self.unasked.add(field.key)
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

    def add_at(self, key: str, message: str) -> None:
        """Put a message at a field as a whole: at its first control."""
        self.add_error(next((name for name in self.fields if name.partition("__")[0] == key), None), message)

    @property
    def has_row_buttons(self) -> bool:
        """Whether the page has buttons besides the one that leaves it."""
        has_rows = any(isinstance(control, RowCountField) for control in self.fields.values())
        return has_rows or any(field.same_as for field in self.page.fields())

    def error_links(self) -> list[tuple[str, str]]:
        """Errors as (href, text) for the summary on top, each with the group or address it belongs to."""
        links = [("#main", str(text)) for text in self.non_field_errors()]
        for bound in self:
            context = words_around(self.page, getattr(bound.field, "path", ()) or (bound.name,))
            target = _target(bound)
            links += [(target, f"{context}: {text}" if context else str(text)) for text in bound.errors]
        return links

    def link_to(self, key: str) -> str:
        """Where a link to a field as a whole goes: to its first control, or to the top where the page asks none."""
        return next((_target(bound) for bound in self if bound.name.partition("__")[0] == key), "#main")

    def link_at(self, path: str) -> str:
        """Where a link to what is wrong goes, by its path (``members.0.member_name``): to the control that mends it.

        A path that has no control of its own, such as a whole address or list, leads to the first one that it has.
        """
        parts = path.split(".")
        while parts:
            name = html_name(tuple(parts))
            for wanted in (name, html_name((*parts, rows.COUNT))):
                if wanted in self.fields:
                    return _target(self[wanted])
            for bound in self:
                if bound.name.startswith(f"{name}__"):
                    return _target(bound)
            parts.pop()
        return "#main"


def _target(bound: forms.BoundField) -> str:
    is_group = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"#{bound.auto_id}_0" if is_group else f"#{bound.auto_id}"
