"""Two forms side by side, in words an editor reads: what came, what went, what reads otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from procedures.packs import yaml_text


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference at one place."""

    place: str
    kind: str
    """``added``, ``removed``, ``changed`` or ``moved``."""
    before: str = ""
    after: str = ""

    @property
    def words(self) -> str:
        """The kind in words."""
        return {"added": _("Thêm"), "removed": _("Bỏ"), "changed": _("Đổi"), "moved": _("Chuyển chỗ")}[self.kind]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Differences of pages, groups, fields and options, in the order of the later form."""
    old, new = _parts(before), _parts(after)
    found = [Difference(place, "removed", _shown(value)) for place, value in old.items() if place not in new]
    for place, value in new.items():
        if place not in old:
            found.append(Difference(place, "added", "", _shown(value)))
            continue
        was = old[place]
        changed = [name for name in {**was, **value} if was.get(name) != value.get(name)]
        for name in changed:
            found.append(Difference(f"{place} · {name}", "changed", _shown(was.get(name)), _shown(value.get(name))))
    kept_old, kept_new = [p for p in old if p in new], [p for p in new if p in old]
    if kept_old != kept_new:
        moved = [place for place, other in zip(kept_new, kept_old, strict=True) if place != other]
        found += [Difference(place, "moved") for place in moved]
    return found


def _parts(form: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    lists = form.get("lists") or {}
    parts: dict[str, dict[str, Any]] = {}
    for page in form.get("pages") or ():
        parts[page["key"]] = {name: page[name] for name in ("title", "intro") if page.get(name)}
        for group in page.get("groups") or ():
            place = f"{page['key']} / {group['key']}"
            parts[place] = {name: group[name] for name in ("title", "visible_if") if group.get(name)}
            for field in group.get("fields") or ():
                said = {name: value for name, value in field.items() if name not in {"key", "choices"}}
                if field.get("choices"):
                    said["options"] = lists.get(field["choices"])
                parts[field["key"]] = said
    return parts


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Mapping) and set(value) <= {"vi", "en"}:
        return str(value.get("vi", ""))
    return value if isinstance(value, str) else yaml_text.dump(value).removesuffix("...\n").strip()
