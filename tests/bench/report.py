"""One bench's outcome: a table for people, a file for machines, and whether every bound held."""

import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from _runtime.paths import var_dir


@dataclass(frozen=True)
class Row:
    """One measured figure. Without a bound it is context, such as the bare view that a ratio is taken against.

    `at` says which side of the bound is good: "least" (≥ bound) or "most" (≤ bound).
    """

    name: str
    value: float
    unit: str
    bound: float | None = None
    at: Literal["least", "most"] = "least"

    @property
    def holds(self) -> bool:
        """Return whether the bound is kept; figures without one always are."""
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at == "least" else self.value <= self.bound

    @property
    def bound_text(self) -> str:
        """Return the bound in words."""
        if self.bound is None:
            return ""
        return f"{'≥' if self.at == 'least' else '≤'} {_number(self.bound)}"

    @property
    def verdict(self) -> str:
        """Return what the last column says."""
        if self.bound is None:
            return ""
        return "holds" if self.holds else "FALLS SHORT"


def tell(*rows: Row) -> list[Row]:
    """Say figures the moment they are measured, and return them for the table at the end."""
    for row in rows:
        words = [f"{row.name}: {_number(row.value)} {row.unit}", row.bound_text, row.verdict]
        print("  ".join(word for word in words if word), flush=True)
    return list(rows)


def publish(bench: str, rows: Iterable[Row], *, note: str = "") -> bool:
    """Print the table, write var/bench/NAME.json, and return whether every bound holds."""
    rows = list(rows)
    cells = [("name", "value", "unit", "bound", "")]
    cells += [(row.name, _number(row.value), row.unit, row.bound_text, row.verdict) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    print(f"\n{bench}" + (f": {note}" if note else ""))
    for line in cells:
        name, value, *rest = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        print(f"  {name}  {value.strip().rjust(widths[1])}  {'  '.join(rest)}".rstrip())
    holds = all(row.holds for row in rows)
    folder = var_dir() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "bench": bench,
        "note": note,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "holds": holds,
        "rows": [{**asdict(row), "holds": row.holds} for row in rows],
    }
    (folder / f"{bench}.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sys.stdout.flush()
    return holds


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
