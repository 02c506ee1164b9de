"""Which fields of a page can be asked with the answers so far, and the controls they get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from procedures.eforms import conditions, rows, types
from procedures.eforms.conditions import is_empty
from procedures.eforms.controls import LeafField, RowCountField, html_name, row_count
from procedures.eforms.definition import Field, Page
from procedures.eforms.validation import context_for

Path = tuple[str | int, ...]
Rest = Mapping[str, Any] | bool
"""What is left of a condition on this page: it holds, it does not, or it hangs on the page's own fields."""


class AskingForm(forms.Form):
    """A page's controls: those typed in before, those a post brings, or fresh ones."""

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
        self.changed_key = rows.changed_by(page, data) if data is not None and self.is_action else ""
        """Of such a post: the field that its button changes."""
        self.context = context_for(self.answers, on=on, facts=facts)
        self._typed_before = unread or {}
        self.group_rest: dict[str, Rest] = {}
        """What is left of each group's condition."""
        super().__init__(data=rows.apply(page, data) if self.is_action else data, files=files, initial={})
        self.asked = list(self._find_asked())
        """The fields that can be asked here, each with what is left of its condition beyond its group's."""
        for field, _condition in self.asked:
            self._add_controls(field, (field.key,), self._answer_of(field))

    def _find_asked(self) -> Iterator[tuple[Field, Rest]]:
        """The page's fields that can be asked here, each with what is left of its own condition."""
        live = frozenset(field.key for field in self.page.fields() if field.is_typed and not self.is_locked(field))
        scope = self.context.scope()
        for group in self.page.groups:
            self.group_rest[group.key] = conditions.resolve(group.visible_if, live, scope)
            if self.group_rest[group.key] is False:
                continue
            for field in group.fields:
                rest = conditions.resolve(field.visible_if, live, scope)
                if rest is not False:
                    yield field, True if rest == self.group_rest[group.key] else rest

    def _answer_of(self, field: Field) -> Any:
        """What a control begins with: what must be answered, and was put aside unasked, with its default."""
        answer = self.answers.get(field.key, field.default)
        return field.default if answer is None and (field.required or field.required_if is not None) else answer

    def is_locked(self, field: Field) -> bool:
        """Whether the answer came from a source that people cannot overrule."""
        return field.locked and field.key in self.sources and not is_empty(self.answers.get(field.key))

    def _add_controls(self, field: Field, path: Path, value: Any) -> None:
        if not field.is_typed or (len(path) == 1 and self.is_locked(field)):
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
                if field.key in self.page.called_for and not control.required:
                    control.needed_when = _("(cơ quan hỏi mục này)")
            if field.type == "file" and isinstance(value, Mapping):
                control.kept_name = str(value.get("name", ""))
            self.fields[name] = control
            self.initial[name] = types.of(field).to_input(field, value, self.context)
            if before := self._typed_before.get(name):
                self.initial[name] = before if field.type == "multi_choice" else before[0]
