"""Under which decision a version stands (quyết định công bố): number and day, as it is published and shown.

A procedure is announced by a decision of the minister or the chairman of the province (NĐ 63/2010/NĐ-CP, article 15,
`K`); a version that changes what was announced stands under the decision that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from procedures.models import ProcedureVersion


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of announcement; its agency is the one that publishes the procedure."""

    number: str = ""
    day: date | None = None

    @classmethod
    def of(cls, version: ProcedureVersion) -> Self:
        """The one under which a version stands."""
        return cls(version.decision_number, version.decision_on)

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Self:
        """The one that a pack names."""
        said = facts.get("decision") or {}
        return cls(said.get("number") or "", date.fromisoformat(said["date"]) if said.get("date") else None)

    def put_into(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """A pack that stands under it."""
        day = {"date": self.day.isoformat()} if self.day else {}
        said = ({"number": self.number} if self.number else {}) | day
        rest = {key: value for key, value in data.items() if key != "decision"}
        return rest | ({"decision": said} if said else {})

    def words(self) -> str:
        """Number and day, as they stand in a list."""
        return ", ".join(filter(None, (self.number, f"{self.day:%d/%m/%Y}" if self.day else "")))
