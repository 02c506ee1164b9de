"""What a version says beside its form, as a pack that officials write on (nội dung công bố)."""

from __future__ import annotations

from typing import Any

from portal.core.text import fold
from procedures.models import Origin, ProcedureVersion
from procedures.packs.checking import DESK, PUBLISHED
from procedures.packs.exporting import pack_of
from procedures.packs.reference import own_reference
from procedures.version_rows import BESIDE

Facts = dict[str, Any]


def of(version: ProcedureVersion) -> Facts:
    """The pack of a version without its form and the local policies, of the origin ``desk``.

    Of a record of the national catalogue it keeps what packs else do not say: its agencies, its levels, its source.
    """
    data = {key: value for key, value in pack_of(version).items() if key not in BESIDE}
    if version.origin == Origin.NATIONAL:
        data |= _of_record(version, data)
    return data | {"origin": DESK}


def _of_record(version: ProcedureVersion, data: Facts) -> Facts:
    sheet = version.sheet
    codes = {fold(row["name"]["vi"]): code for code, row in own_reference().applicant_types.items()}
    named = (fold((row.get("name") or {}).get("vi", "")) for row in sheet.get("applicants") or ())
    found: Facts = {
        "applicants": [codes[name] for name in dict.fromkeys(named) if name in codes],
        "competent": {**data["competent"], "levels": list(version.levels)},
        "processing": {name: value for name, value in data["processing"].items() if name != "text" or value.get("vi")},
        "published": {name: sheet[name] for name in sorted(PUBLISHED) if sheet.get(name)},
    }
    if version.service_level_reason:
        found["service_level_reason"] = {"text": {"vi": version.service_level_reason}}
    return found


def without(facts: Facts, *keys: str) -> Facts:
    """The facts without some of their keys."""
    return {key: value for key, value in facts.items() if key not in keys}
