"""The JSON Schema (2020-12) of a form's answers, for programs that file or read dossiers."""

from __future__ import annotations

from typing import Any

from procedures.eforms.definition import Form
from procedures.eforms.types.composites import object_schema
from procedures.eforms.validation import placed_fields

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def form_schema(form: Form, *, title: str = "") -> dict[str, Any]:
    """The shape of the answers. Duties that depend on other answers are rules of ``validate``, not of the schema."""
    schema: dict[str, Any] = {"$schema": DIALECT, **object_schema(tuple(form.fields()))}
    if title:
        schema["title"] = title
    for field in form.fields():
        if not field.is_typed:
            schema["properties"][field.key] = {"title": field.label.vi, "readOnly": True}
        elif field.help:
            schema["properties"][field.key]["description"] = field.help.vi
    schema["required"] = [
        field.key
        for field, condition in placed_fields(form)
        if condition is None and field.is_typed and field.required and field.type != "boolean"
    ]
    return schema
