"""What a change of a setting was, value by value (nhật ký cài đặt), kept with Django's own log of the generic lists."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.text import capfirst

LONGEST = 300
"""Characters of one value in the log."""


def changed(form: forms.BaseForm, *, add: bool) -> list[list[str]]:
    """[label, before, after] of each field that changed, as a person reads them."""
    found = []
    for name in form.changed_data:
        bound, after = form[name], form.cleaned_data.get(name)
        before = "" if add else _words(form.fields[name], form.initial.get(name))
        found.append([capfirst(str(bound.label)), before, _words(form.fields[name], after)])
    return found


def agency_path(row: Model) -> str:
    """Where the row belongs; "" for what holds for the whole country."""
    agency = getattr(row, "agency", None)
    return str(getattr(row, "path", "") or getattr(agency, "path", ""))


def _words(field: forms.Field, value: Any) -> str:
    if value is None or value == "":
        return ""
    if (in_words := getattr(field, "in_words", None)) is not None:
        return str(in_words(value))
    if isinstance(value, Model):
        return str(value)[:LONGEST]
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        row = field.queryset.model._default_manager.filter(pk=value).first()
        return str(row if row is not None else value)[:LONGEST]
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list | tuple | set):
        return ", ".join("-".join(map(str, one)) if isinstance(one, list) else str(one) for one in value)[:LONGEST]
    choices = dict(getattr(field, "choices", ()))
    if isinstance(value, bool):
        return "✓" if value else "–"
    return str(choices.get(value, value))[:LONGEST]
