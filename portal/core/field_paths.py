"""Which field is at fault: nested objections as paths."""

from typing import Any


def paths_of(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Return DRF's nested detail as paths: {"payments": [{"kind": […]}]} becomes {"payments[0].kind": […]}."""
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        detail = dict(enumerate(detail))
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            found |= paths_of(inner, _step(path, name))
        return found
    texts = detail if isinstance(detail, list) else [detail]
    return {path or "body": [str(text) for text in texts]} if texts else {}


def _step(path: str, name: Any) -> str:
    if name == "non_field_errors":
        return path
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else str(name)
