"""What one declaration says to each of its dossiers (một lần khai): answers composed by the plan of a bundle. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from procedures.eforms.conditions import is_empty
from procedures.eforms.definition import Form

Spec = Mapping[str, Any]
_NAMES = re.compile(r"\{([a-z0-9_]+)\}")


def compose(
    form: Form,
    specs: Mapping[str, Spec],
    declared: Mapping[str, Any],
    *,
    agency_code: str = "",
    results: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """The answers of one dossier's form: as its plan says, else those the declaration gives under the same key.

    ``results`` are facts of the results it waited for, by node.
    """
    found: dict[str, Any] = {}
    for key, field in form.by_key().items():
        if not field.is_typed:
            continue
        spec = specs.get(key, {"from": key})
        value = _value(spec, declared, agency_code, results or {})
        if is_empty(value) and key not in specs:
            value = field.default
        if not is_empty(value):
            found[key] = value
    return found


def _value(spec: Spec, declared: Mapping[str, Any], agency_code: str, results: Mapping[str, Mapping[str, str]]) -> Any:
    if "value" in spec:
        return spec["value"]
    if "from" in spec:
        return declared.get(spec["from"])
    if "text" in spec:
        return _NAMES.sub(lambda name: str(declared.get(name[1]) or ""), spec["text"]).strip()
    if "day_of" in spec:
        return _day(declared.get(spec["day_of"]))
    if "result" in spec:
        return results.get(spec["result"], {}).get(spec["take"])
    if "agency" in spec:
        return agency_code
    rows = [
        {key: value for key, part in row.items() if not is_empty(value := _value(part, declared, agency_code, results))}
        for row in spec["rows"]
    ]
    return [row for row in rows if row]


def _day(moment: Any) -> str | None:
    if not isinstance(moment, str) or not moment:
        return None
    read = datetime.fromisoformat(moment)
    return (timezone.localtime(read) if read.tzinfo else read).date().isoformat()


def declared_key(path: str, specs: Mapping[str, Spec]) -> str | None:
    """The answer of the declaration that an error at ``path`` goes back to; None where only a result can fill it in.

    An answer that the plan itself gives goes back to the first one it speaks of, or to itself.
    """
    key, *below = path.split(".")
    spec = specs.get(key)
    if spec is not None and "rows" in spec and len(below) > 1 and below[0].isdecimal():
        rows = spec["rows"]
        spec = rows[min(int(below[0]), len(rows) - 1)].get(below[1])
        key = below[1]
    if spec is None:
        return key
    if "result" in spec or "agency" in spec:
        return None
    return next(sources(spec), key)


def sources(spec: Spec) -> Iterator[str]:
    """The answers of the declaration that a spec reads."""
    if "from" in spec:
        yield spec["from"]
    elif "day_of" in spec:
        yield spec["day_of"]
    elif "text" in spec:
        yield from _NAMES.findall(spec["text"])
    elif "rows" in spec:
        for row in spec["rows"]:
            for part in row.values():
                yield from sources(part)
