"""The stages of an internal process as an administrator types them: a row for each, empty rows left out."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.agencies import processes
from portal.agencies.models import OneStopDesk, StageRole, StageUnit
from portal.agencies.models.internal_processes import MOST_STAGES
from portal.agencies.models.step_limits import MOST_HOURS
from portal.agencies.processes import Stage
from portal.core.text import clean_line, whole_number

PARTS = ("name", "role", "desk", "amount", "unit", "optional")
NAME_LENGTH = 60
"""A citizen reads it on her phone in one line."""
SPARE = 2
"""Empty rows below those that are filled in."""
Row = dict[str, str]


class StagesInput(forms.Widget):
    """Rows of controls; without scripts, a saved page has empty rows again."""

    desks: Sequence[OneStopDesk] = ()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        """What was typed, row by row, as it was typed."""
        return [
            {part: str(data.get(f"{name}-{at}-{part}", "")) for part in PARTS} | {"at": str(at)}
            for at in range(MOST_STAGES)
            if any(data.get(f"{name}-{at}-{part}") for part in ("name", "amount"))
        ]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Never: without rows the field says so."""
        return False

    def id_for_label(self, id_: str) -> str:
        """The first row's name."""
        return f"{id_}-0-name" if id_ else id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The rows that are there, and some to fill in."""
        rows = [row if "at" in row else _typed(row) for row in value or []]
        shown = min(MOST_STAGES, max(len(rows) + SPARE, 4))
        rows += [dict.fromkeys(PARTS, "") for _number in range(shown - len(rows))]
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "rows": rows,
            "roles": StageRole.choices,
            "units": StageUnit.choices,
            "desks": self.desks,
            "names_agency": len({desk.agency_id for desk in self.desks}) > 1,
            "name_length": NAME_LENGTH,
        }
        return render_to_string("backoffice/_stages_input.html", context)


def _typed(kept: Mapping[str, Any]) -> Row:
    (stage,) = processes.read([kept])
    return {
        "name": stage.name,
        "role": stage.role,
        "desk": str(stage.desk_id or ""),
        "amount": str(stage.amount or ""),
        "unit": stage.unit,
        "optional": "on" if stage.is_optional else "",
    }


class StagesField(forms.Field):
    """A list of stages as plain values, in the order of the rows; everything that is wrong is said at once."""

    widget = StagesInput
    default_error_messages = {"required": gettext_lazy("Hãy ghi ít nhất một bước.")}
    desks: Sequence[OneStopDesk] = ()

    def offer(self, desks: Sequence[OneStopDesk]) -> None:
        """Let these desks be chosen, and no others."""
        self.desks = self.widget.desks = desks

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        """The stages; raises ValidationError with a line for each thing that is wrong."""
        problems: list[str] = []
        stages = [self._stage(number, row, problems) for number, row in enumerate(value or [], start=1)]
        names = [stage.name.casefold() for stage in stages]
        for number, name in enumerate(names):
            if name and name in names[:number]:
                problems.append(_("Bước %(number)d trùng tên với một bước trước.") % {"number": number + 1})
        if stages and all(stage.is_optional for stage in stages):
            problems.append(_("Phải có ít nhất một bước không tùy chọn."))
        if problems:
            raise forms.ValidationError(problems)
        return processes.kept(stages)

    def _stage(self, number: int, row: Row, problems: list[str]) -> Stage:
        which = {"number": number}
        name = clean_line(row["name"])
        if not name:
            problems.append(_("Bước %(number)d chưa có tên.") % which)
        elif len(name) > NAME_LENGTH:
            problems.append(_("Tên bước %(number)d dài quá %(limit)d ký tự.") % {**which, "limit": NAME_LENGTH})
        amount = whole_number(row["amount"].strip(), most_figures=4) if row["amount"].strip() else None
        if row["amount"].strip() and not (amount and amount <= MOST_HOURS):
            limit = {**which, "most": MOST_HOURS}
            problems.append(_("Thời hạn bước %(number)d phải là số nguyên từ 1 đến %(most)d.") % limit)
        if row["role"] not in StageRole.values or row["unit"] not in {"", *StageUnit.values}:
            problems.append(_("Bước %(number)d: hãy chọn người làm và đơn vị thời hạn trong danh sách.") % which)
        desk = next((one for one in self.desks if str(one.pk) == row["desk"]), None)
        if row["desk"] and desk is None:
            problems.append(_("Bước %(number)d: bộ phận một cửa này không thuộc cơ quan của quy trình.") % which)
        return Stage(
            name=name,
            role=row["role"],
            desk_id=desk.pk if desk else None,
            desk=desk.name if desk else "",
            amount=amount or None,
            unit=row["unit"] or StageUnit.HOUR,
            is_optional=bool(row["optional"]),
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other stages were typed than stood there."""
        return [_typed(one) for one in initial or []] != [{part: row[part] for part in PARTS} for row in data or []]

    def in_words(self, value: Any) -> str:
        """What the log of settings says of it."""
        return " → ".join(stage.words for stage in processes.read(value or []))
