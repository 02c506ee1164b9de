"""One page of an e-form as a Django form: each control is a field of its own, so labels, errors and links just work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from procedures.eforms import drawing, rows
from procedures.eforms.asking import AskingForm, Path
from procedures.eforms.computing import compute
from procedures.eforms.controls import LeafField, RowCountField, html_name
from procedures.eforms.definition import Field
from procedures.eforms.layout import Section
from procedures.eforms.shown import Reader, asked_among, placed_on
from procedures.eforms.validation import field_problems, words_around


class _Posted(Reader):
    """Reads a page that was sent: the form cleaned its controls already, and says at each what is wrong with it."""

    form: PageForm

    def leaf(self, name: str) -> Any:
        """What the form made of it."""
        return self.form.cleaned_data.get(name)

    def refuse(self, name: str, message: str) -> None:
        """Keep what was typed, and say why it will not do."""
        posted: Any = self.form.data
        self.form.unread[name] = posted.getlist(name)
        self.form.add_error(name, message)

    def is_wrong(self, path: Path) -> bool:
        """By the errors of the form."""
        start = f"{html_name(path)}__"
        return any(name.startswith(start) for name in self.form.errors)

    def forget(self, path: Path) -> None:
        """Take the errors back."""
        self.form.forget_errors(html_name(path))

    def answer(self, field: Field, path: Path) -> Any:
        """Files are noted beside the answers that will name them."""
        if field.type == "file" and (upload := self.leaf(html_name(path))) is not None:
            self.form.uploads[field.key] = upload
        return super().answer(field, path)


class PageForm(AskingForm):
    """A page to fill: bound when ``data`` is given; ``sections`` is what the template draws.

    ``is_action`` posts (add a row, remove a row, look again) are never valid and have no errors: the page is shown
    again with what was typed. What it says is read all the same, for who keeps it; only a file that came with it and is
    refused is told of, since nobody finds it in the page again.
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
        return super().is_valid() and not self.is_action

    def full_clean(self) -> None:
        """Judge the page; of a post that only changes rows nothing is said to be wrong but its files."""
        super().full_clean()
        for key in [key for key in self.uploads if key in self.errors]:
            del self.uploads[key]
            self.page_answers[key] = self.answers.get(key)
        if self.is_action:
            files = {name: texts for name, texts in self.errors.items() if name in self.files}
            self._errors = ErrorDict(files)

    def clean(self) -> dict[str, Any]:
        """Put the parts together and judge what is visible, with the words of each field at its own control."""
        values: dict[str, Any] = {}
        posted: Any = self.data
        self.unread = {name: posted.getlist(name) for name in self._errors or {} if name in self.data}
        reader = _Posted(self)
        self._row_numbers = reader.row_numbers
        for field, _condition in self.asked:
            if field.is_typed and not self.is_locked(field):
                values[field.key] = reader.answer(field, (field.key,))
        self.unread = {self._as_kept(name): typed for name, typed in self.unread.items()}
        visible = asked_among(placed_on(self.page), {**self.answers, **values}, self.context)
        merged = {**self.answers, **{key: value if key in visible else None for key, value in values.items()}}
        for field, _condition in self.asked:
            if field.compute is not None:
                values[field.key] = merged[field.key] = compute(field.compute, merged) if field.key in visible else None
            elif not field.is_typed or self.is_locked(field):
                continue
            elif field.key not in visible:
                values[field.key] = None
                self.unasked.add(field.key)
                self.uploads.pop(field.key, None)
                self.forget_errors(field.key)
            else:
                for path, message in field_problems(field, merged, self.context):
                    self._place_error(path, message)
        for field in self.page.fields():
            if field.key not in values and field.is_typed and not self.is_locked(field):
                values[field.key] = None
                self.unasked.add(field.key)
        self.page_answers = values
        return self.cleaned_data

    def _as_kept(self, name: str) -> str:
        """The name of a control once its page is kept: rows that say nothing are left out, and the others move up."""
        key, *rest = name.split("__")
        numbers = self._row_numbers.get(key)
        if numbers is None or not rest or not rest[0].isdecimal() or int(rest[0]) not in numbers:
            return name
        return html_name((key, numbers.index(int(rest[0])), *rest[1:]))

    def forget_errors(self, key: str) -> None:
        """Nothing is wrong with a control, or with those below it: they are not asked."""
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

    def note_kept_file(self, key: str, name: str) -> None:
        """Show that the file of a field is there: whoever sees the page again does not choose it again."""
        control = self.fields[key]
        if isinstance(control, LeafField):
            control.kept_name = name

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
