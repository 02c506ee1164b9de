"""What holds in a place: the local policies for a procedure, and the processing time that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.core.durations import Duration
from procedures import policies, publication
from procedures.eforms import own_case
from procedures.eforms.conditions import Scope, holds
from procedures.models import LocalPolicy, ProcedureVersion

CHANNEL_GROUPS = {"online": "online", "direct": "direct", "postal": "direct"}
"""A rule for the desk also holds for the post."""


@dataclass(frozen=True, slots=True)
class Where:
    """A province and commune as somebody chose them; empty where nobody did."""

    province_code: str = ""
    commune_code: str = ""


NOWHERE = Where()


@dataclass(frozen=True, slots=True)
class Time:
    """A processing time at a place."""

    duration: Duration | None
    published: Duration | None
    """Of the chosen case, where the applicant was asked; else of the procedure."""
    policy: LocalPolicy | None = field(default=None)
    """What made it shorter than published, if anything did."""


def filing_of(version: ProcedureVersion, *, on: date, channel: str, where: Where) -> policies.Filing:
    """A filing as the rules of policies see it."""
    return policies.Filing(
        procedure_code=version.procedure.code,
        field_code=version.procedure.field.code,
        on=on,
        channel=CHANNEL_GROUPS.get(channel, channel),
        province_code=where.province_code,
        commune_code=where.commune_code,
    )


def policies_for(version: ProcedureVersion, where: Where, *, on: date) -> list[LocalPolicy]:
    """The policies of a province for a procedure that hold on a day or later; one query, none without a place."""
    if not where.province_code:
        return []
    return [policy for policy in policies_of(version, on=on) if where.province_code in policy.provinces]


def policies_of(version: ProcedureVersion, *, on: date) -> list[LocalPolicy]:
    """The policies of all provinces for a procedure that hold on a day or later; read once an edition."""
    code, field_code = version.procedure.code, version.procedure.field.code

    def read() -> list[LocalPolicy]:
        return list(LocalPolicy.objects.covering(code, field_code).not_over(on))

    found: list[LocalPolicy] = publication.remembered(f"policies:{code}:{field_code}:{on}", read)
    return found


def holding(rows: Iterable[LocalPolicy], scope: Scope) -> list[LocalPolicy]:
    """Those whose condition over the answers holds."""
    return [row for row in rows if holds(row.condition, scope)]


def processing_time(
    version: ProcedureVersion,
    where: Where,
    *,
    on: date,
    channel: str = "online",
    answers: Mapping[str, Any] | None = None,
    rows: Iterable[LocalPolicy] | None = None,
) -> Time:
    """The processing time of a filing on a day at a place, and the policy that made it shorter, if one did.

    Where the published cases have times of their own, it is the chosen one's that counts and is made shorter.
    """
    published = own_case.published_time(version, answers or {})
    found = policies_for(version, where, on=on) if rows is None else rows
    duration, policy = policies.shortest_time(
        published,
        holding(found, Scope(answers or {}, on)),
        filing_of(version, on=on, channel=channel, where=where),
    )
    return Time(duration, published, policy)
