"""One call of the wire protocol: who calls, for which agency, with which fields; and the table of services."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.agencies.models import Agency, ApiClient
from portal.api.wire.replies import Reply


@dataclass(frozen=True, slots=True)
class Call:
    """A call after its session was found good."""

    client: ApiClient
    body: dict[str, Any]
    agency: Agency | None
    """The agency that `madonvi` names, where it is one of the client's; None where the code says nothing to us."""
    arrived_at: datetime | None = None
    """When it reached us, where that is the only time its lines have; None where they bear times of their own."""

    def text(self, *names: str) -> str:
        """The first of these fields that has a value, whatever its case and JSON type."""
        folded = {name.lower(): value for name, value in self.body.items()}
        for name in names:
            value = folded.get(name.lower())
            if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
        return ""

    def items(self) -> list[Any]:
        """The elements of `data`; a single object counts as a list of one, absence as an empty list."""
        data = self.body.get("data")
        if isinstance(data, list):
            return data
        return [data] if isinstance(data, dict) else []


Service = Callable[[Call], Reply]
SERVICES: dict[str, Service] = {}
"""Services by name in lower case: clients disagree about capitals elsewhere, so nothing is made of them here."""


def service(name: str) -> Callable[[Service], Service]:
    """Register a function as the service of this name."""

    def register(function: Service) -> Service:
        SERVICES[name.lower()] = function
        return function

    return register
