"""What a page's controls say as they stand, put together into answers: one reading for judging and for drawing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from procedures.eforms import conditions, rows
from procedures.eforms.asking import AskingForm, Path
from procedures.eforms.conditions import Condition, is_empty
from procedures.eforms.controls import LeafField, html_name, row_count
from procedures.eforms.definition import Field, Page, both
from procedures.eforms.types.base import Context, NotReadableError
from procedures.eforms.types.files import LONGEST_NAME
from procedures.eforms.types.places import resolve_agency, resolve_commune

REMOVE_FILE = "__remove"
NOT_YET = "0" * 64
"""In place of the digest of a file that has come and is not in the store yet."""
Placed = Sequence[tuple[str, Condition | None]]
"""Keys with the conditions under which they are asked."""


class Reader:
    """Reads what stands in the controls, posted or drawn; what cannot be read is no answer."""

    def __init__(self, form: AskingForm) -> None:
        self.form = form
        self.row_numbers: dict[str, list[int]] = {}
        """Of each repeat the numbers of the rows that say something."""
        self.wrong: set[str] = set()
        """Names of controls whose text cannot be read."""

    def leaf(self, name: str) -> Any:
        """What one control says."""
        control = self.form.fields[name]
        if not isinstance(control, LeafField):
            return None
        try:
            return control.clean(self.form[name].value())
        except forms.ValidationError:
            self.wrong.add(name)
            return None

    def refuse(self, name: str, message: str) -> None:
        """Note that a name was not found, which takes more than its own control to know."""
        self.wrong.add(name)

    def is_wrong(self, path: Path) -> bool:
        """Whether anything below a path cannot be read."""
        start = f"{html_name(path)}__"
        return any(name.startswith(start) for name in self.wrong)

    def answer(self, field: Field, path: Path) -> Any:
        """The value of a field; what could not be read is left out."""
        if field.type == "repeat":
            return self._rows(field, path)
        if field.is_composite:
            value = self._parts(field, path)
            return {key: part for key, part in value.items() if not is_empty(part)} or None
        name = html_name(path)
        if field.type == "file":
            return self._file(field, self.leaf(name))
        answer = self.leaf(name)
        if field.type == "agency" and answer:
            try:
                return resolve_agency(field, answer, self.form.context)
            except NotReadableError as error:
                self.refuse(name, error.message)
                return None
        return answer

    def forget(self, path: Path) -> None:
        """Nothing is wrong with a part that is not asked."""
        name = html_name(path)
        self.wrong -= {wrong for wrong in self.wrong if wrong == name or wrong.startswith(f"{name}__")}

    def _parts(self, field: Field, path: Path) -> dict[str, Any]:
        """What the parts of an object or of a row say; what is not asked beside the others says nothing."""
        value = {part.key: self.answer(part, (*path, part.key)) for part in field.fields}
        if field.type in {"address", "place"}:
            self._resolve(path, value)
        placed = [(part.key, part.visible_if) for part in field.fields]
        if any(condition for _key, condition in placed):
            said = {key: part for key, part in value.items() if not is_empty(part)}
            asked = asked_among(placed, said, self.form.context)
            for key in value.keys() - asked:
                value[key] = None
                self.forget((*path, key))
        return value

    def _rows(self, field: Field, path: Path) -> list[Any]:
        found: list[Any] = []
        self.row_numbers[field.key] = []
        for number in range(row_count(field, self.form[html_name((*path, rows.COUNT))].value())):
            row = self._parts(field, (*path, number))
            says_nothing = all(
                is_empty(row[part.key]) or row[part.key] in (False, part.default) for part in field.fields
            )
            if says_nothing and not self.is_wrong((*path, number)):
                continue
            found.append({key: value for key, value in row.items() if not is_empty(value)})
            self.row_numbers[field.key].append(number)
        return found

    def _file(self, field: Field, upload: Any) -> Any:
        """The answer of a file that came, stayed, or was taken off."""
        if upload is not None:
            return {"name": str(upload.name)[-LONGEST_NAME:] or "?", "content_sha256": NOT_YET}
        return None if f"{field.key}{REMOVE_FILE}" in self.form.data else self.form.answers.get(field.key)

    def _resolve(self, path: Path, value: dict[str, Any]) -> None:
        province, typed = value.get("province_code"), value.get("commune_code")
        if not typed:
            return
        value["commune_code"] = None
        name = html_name((*path, "commune_code"))
        if province and self.form.context.territory.is_province(province):
            try:
                value["commune_code"] = resolve_commune(province, typed, self.form.context)
            except NotReadableError as error:
                self.refuse(name, error.message)
        elif not province:
            self.refuse(name, _("Hãy chọn tỉnh, thành phố trước."))


def placed_on(page: Page) -> Placed:
    """A page's fields with their whole conditions: their group's and their own."""
    return [(field.key, both(group.visible_if, field.visible_if)) for group in page.groups for field in group.fields]


def without_hidden(placed: Placed, answers: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The answers without those of fields that are not asked; what hangs on one of these sees no answer there."""
    kept = dict(answers)
    for _pass in range(len(placed) + 1):
        scope = context.within(kept).scope()
        hidden = [key for key, condition in placed if key in kept and not conditions.holds(condition, scope)]
        if not hidden:
            break
        for key in hidden:
            del kept[key]
    return kept


def asked_among(placed: Placed, answers: Mapping[str, Any], context: Context) -> set[str]:
    """The keys that are asked with these answers."""
    scope = context.within(without_hidden(placed, answers, context)).scope()
    return {key for key, condition in placed if conditions.holds(condition, scope)}


def said(form: AskingForm, keys: Collection[str]) -> dict[str, Any]:
    """The answers as the page shows them now, of the fields that somebody types and whose keys are asked for."""
    reader = Reader(form)
    typed = {field.key: field for field, _rest in form.asked if field.is_typed and not form.is_locked(field)}
    return {**form.answers, **{key: reader.answer(field, (key,)) for key, field in typed.items() if key in keys}}
