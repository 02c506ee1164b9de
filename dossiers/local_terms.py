"""Local policies in a dossier: what its place lowered or shortened at submission, frozen with the legal basis.

Whatever the province decides later, the dossier keeps the rule of the day it was filed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from dossiers import facts
from dossiers.models import Dossier, FilingChannel
from procedures import fees, local
from procedures.local import Where
from procedures.models import ProcedureVersion

CHANNELS = {FilingChannel.DIRECT: "direct", FilingChannel.ONLINE: "online", FilingChannel.POSTAL: "postal"}


def place_of(dossier: Dossier) -> Where:
    """Where the dossier is filed."""
    return Where(dossier.province_code, dossier.commune_code)


def charges(dossier: Dossier, version: ProcedureVersion, *, on: date) -> list[fees.FeeLine]:
    """What the dossier costs on a day by its answers, way of filing and place."""
    return fees.amounts_due(
        version,
        answers=dossier.answers,
        channel=CHANNELS[FilingChannel(dossier.channel)],
        on=on,
        where=place_of(dossier),
        facts=facts.conditions_of(dossier),
    )


def frozen(dossier: Dossier, version: ProcedureVersion, lines: Iterable[fees.FeeLine], *, on: date) -> dict[str, Any]:
    """What is kept in the dossier: each lowered charge, the shortened time; empty where nothing is changed."""
    terms: dict[str, Any] = {}
    if held := sorted(name for name, holds in facts.conditions_of(dossier).items() if holds):
        terms["conditions"] = held  # what she was when she filed decides also what is asked on acceptance
    if lowered := [line for line in lines if line.policy]:
        terms["fees"] = [
            {
                "charge": line.charge,
                "description": line.description,
                "published_vnd": line.published_vnd,
                "amount_vnd": line.amount_vnd,
                "policy": line.policy,
                "legal_basis": line.legal_basis,
            }
            for line in lowered
        ]
    found = local.processing_time(
        version,
        place_of(dossier),
        on=on,
        channel=CHANNELS[FilingChannel(dossier.channel)],
        answers=dossier.answers,
    )
    if found.policy is not None and found.duration is not None:
        terms["time"] = {
            "value": found.duration.value,
            "unit": str(found.duration.unit),
            "published_value": version.processing_value,
            "published_unit": version.processing_unit,
            "policy": found.policy.code,
            "legal_basis": found.policy.legal_basis,
        }
    return terms


@dataclass(frozen=True, slots=True)
class Timing:
    """What a version says about time, with the processing time of the place."""

    processing_value: int | None
    processing_unit: str
    intake_cutoff: time | None
    supplement_rule: str
    supplement_days: int


def timing(dossier: Dossier) -> ProcedureVersion | Timing | None:
    """What the due date is reckoned from: the version, or what the dossier's place made of it."""
    version, shortened = dossier.rules, dossier.local_terms.get("time")
    if version is None or not shortened:
        return version
    return Timing(
        shortened["value"],
        shortened["unit"],
        version.intake_cutoff,
        version.supplement_rule,
        version.supplement_days,
    )
