"""Small forms for the tests of filing: fields and pages in a line each."""

from typing import Any


def field(key: str, kind: str = "text", label: str = "", **more: Any) -> dict[str, Any]:
    """A field; its label is its key unless said."""
    return {"key": key, "label": {"vi": label or key, "en": label or key}, "type": kind, **more}


def page(key: str, *fields: dict[str, Any], title: str = "") -> dict[str, Any]:
    """A page with one group."""
    title_words = {"vi": title or key, "en": title or key}
    return {"key": key, "title": title_words, "groups": [{"key": key, "title": title_words, "fields": list(fields)}]}


def form(*pages: dict[str, Any], **lists: Any) -> dict[str, Any]:
    """A form of these pages."""
    return {"pages": list(pages), "lists": lists}
