"""Which internal process holds for a dossier (quy trình nội bộ đang áp dụng), and its stages as they are read.

The nearest agency's holds, and of one agency's the one that names the procedure, then the one that names its field,
then the one for all; of several the one that began last.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.agencies.models import Agency, InternalProcess, StageRole, StageUnit
from portal.agencies.models.dated import is_in_force
from portal.core.durations import Duration, DurationUnit
from portal.core.kept_rows import KeptRows


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage (bước): its name, who does it, within how much office time, and whether it may be left out."""

    name: str
    role: str = ""
    """A value of StageRole."""
    desk_id: int | None = None
    desk: str = ""
    """The one-stop desk that does it, and its name when the stage was written."""
    amount: int | None = None
    """How many units it may take; None without a limit of its own."""
    unit: str = StageUnit.HOUR
    is_optional: bool = False

    @property
    def limit(self) -> Duration | None:
        """Its own limit."""
        return None if self.amount is None else Duration(self.amount, DurationUnit(self.unit))

    @property
    def who(self) -> str:
        """Who does it, in words for officials; empty where anybody of the agency does."""
        role = str(StageRole(self.role).label) if self.role else ""
        return ", ".join(filter(None, [role, self.desk]))

    @property
    def words(self) -> str:
        """All of it in one line, for officials and for the log of settings."""
        limit = self.limit
        told = [self.who, limit.label() if limit else "", _("tùy chọn") if self.is_optional else ""]
        extra = ", ".join(filter(None, told))
        return f"{self.name} ({extra})" if extra else self.name


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Stage, ...]:
    """Stages as a row or an event keeps them; parts of a later release are left out."""
    names = Stage.__dataclass_fields__
    return tuple(Stage(**{name: value for name, value in one.items() if name in names}) for one in kept)


def kept(stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """Stages as plain values."""
    return [asdict(stage) for stage in stages]


_kept_rows = KeptRows(lambda: InternalProcess.objects.select_related("agency"))
_rows, forget = _kept_rows.all, _kept_rows.forget


def are_any() -> bool:
    """Whether some agency has written one."""
    return bool(_rows())


def are_at(paths: Iterable[str]) -> bool:
    """Whether some process may hold for an agency at or below these paths: of its own, of one above or below it."""
    line = tuple(paths)
    return any(row.agency.path.startswith(path) or path.startswith(row.agency.path) for row in _rows() for path in line)


def in_force(agency: Agency, procedure_code: str, field_of: Callable[[], str], on: date) -> InternalProcess | None:
    """The process that holds for a procedure at an agency on a day; `field_of` is asked only where a row needs it."""
    line = set(agency.line_codes)
    near = [row for row in _rows() if row.agency.code in line and is_in_force(row, on)]
    if not near:
        return None
    field = field_of() if any(row.field_code for row in near) else ""
    fits = [row for row in near if row.procedure_code in {"", procedure_code} and row.field_code in {"", field}]
    return max(fits, key=_rank, default=None)


def _rank(row: InternalProcess) -> tuple[int, bool, bool, date]:
    return len(row.agency.path), bool(row.procedure_code), bool(row.field_code), row.valid_from
