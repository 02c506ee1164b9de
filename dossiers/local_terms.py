"""What a dossier's place and case make of fees and time at submission, frozen with the legal basis.

Whatever the province decides later, the dossier keeps the rule of the day it was filed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from dossiers import facts
from dossiers.models import Dossier, FilingChannel
from portal.core.durations import Duration
from procedures import fees, local
from procedures.eforms import own_case
from procedures.local import Where
from procedures.models import ProcedureVersion

WHOLE = "whole"
"""Key of the time limit of a bundle in what its dossiers keep (dossiers.common_limit)."""
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
    """What is kept in the dossier: each lowered charge, the time of case or place, its bundle's limit; else empty."""
    terms: dict[str, Any] = {key: kept for key, kept in dossier.local_terms.items() if key == WHOLE}
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
    found = _time(dossier, version, on)
    of_case = own_case.chosen_time(version.sheet, dossier.answers)
    if found.duration is not None and (found.policy is not None or of_case is not None):
        terms["time"] = {
            "value": found.duration.value,
            "unit": str(found.duration.unit),
            "published_value": of_case.value if of_case else version.processing_value,
            "published_unit": str(of_case.unit) if of_case else version.processing_unit,
            "policy": found.policy.code if found.policy else "",
            "legal_basis": found.policy.legal_basis if found.policy else "",
        }
    return terms


def time_foreseen(dossier: Dossier, version: ProcedureVersion, *, on: date) -> Duration | None:
    """The processing time that a filing on a day would have, by its answers, way of filing and place."""
    return _time(dossier, version, on).duration


def _time(dossier: Dossier, version: ProcedureVersion, on: date) -> local.Time:
    channel = CHANNELS[FilingChannel(dossier.channel)]
    return local.processing_time(version, place_of(dossier), on=on, channel=channel, answers=dossier.answers)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a version says about time, with the processing time of the place."""

    processing_value: int | None
    processing_unit: str
    intake_cutoff: time | None
    supplement_rule: str
    supplement_days: int


def timing(dossier: Dossier) -> ProcedureVersion | Timing | None:
    """What the due date is reckoned from: the version, or what the dossier's case and place made of it."""
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
