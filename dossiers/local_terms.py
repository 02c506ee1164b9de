"""What a dossier's place and case make of fees and time at submission, frozen with the legal basis.

Whatever the province decides later, the dossier keeps the rule of the day it was filed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from dossiers import deadlines, facts
from dossiers.models import Dossier, FilingChannel
from portal.core.durations import Duration
from procedures import fees, local
from procedures.eforms import own_case
from procedures.local import Where
from procedures.models import ProcedureVersion

TIME = "time"
"""Key of the processing time of case or place in what a dossier keeps."""
WHOLE = "whole"
"""Key of the time limit of a bundle in what its dossiers keep (dossiers.common_limit)."""
CHANNELS = {FilingChannel.DIRECT: "direct", FilingChannel.ONLINE: "online", FilingChannel.POSTAL: "postal"}


def channel_of(dossier: Dossier) -> str:
    """The way of filing as fees and policies call it."""
    return CHANNELS[FilingChannel(dossier.channel)]


def place_of(dossier: Dossier) -> Where:
    """Where the dossier is filed."""
    return Where(dossier.province_code, dossier.commune_code)


def charges(dossier: Dossier, version: ProcedureVersion, *, on: date) -> list[fees.FeeLine]:
    """What the dossier costs on a day by its answers, way of filing and place."""
    return fees.amounts_due(
        version,
        answers=dossier.answers,
        channel=channel_of(dossier),
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
    return terms | _as_kept(_time(dossier, version, on), version)


def _as_kept(found: local.Time, version: ProcedureVersion) -> dict[str, Any]:
    """The time of case or place as a dossier keeps it; empty where it is the version's own."""
    if found.duration is None or (found.policy is None and found.published == version.processing_time()):
        return {}
    published = found.published
    return {
        TIME: {
            "value": found.duration.value,
            "unit": str(found.duration.unit),
            "published_value": published.value if published else version.processing_value,
            "published_unit": str(published.unit) if published else version.processing_unit,
            "policy": found.policy.code if found.policy else "",
            "legal_basis": found.policy.legal_basis if found.policy else "",
        }
    }


@dataclass(frozen=True, slots=True)
class Corrected:
    """What right answers made of the processing time."""

    before: Duration | None
    after: Duration | None
    holds: bool
    """Whether the dossier goes by it from now on; else the appointment that was given stays."""


def correct_time(dossier: Dossier, answers: Mapping[str, Any], *, on: date) -> Corrected | None:
    """Let the kept time follow answers that are put right, by the policies of the day of filing; None where it stays.

    After acceptance the appointment is given: the time is another one only where the procedure lets it begin anew after
    a supplement. The caller writes `answers`, and saves.
    """
    version = dossier.rules
    if version is None:
        return None
    was, now = (_time(dossier, version, on, by) for by in (dossier.answers, answers))
    if was == now:
        return None
    holds = dossier.accepted_at is None or deadlines.restarts(version)
    if holds:
        _keep(dossier, _as_kept(now, version))
    return Corrected(was.duration, now.duration, holds) if was.duration != now.duration else None


def rebase_time(dossier: Dossier, version: ProcedureVersion) -> None:
    """Let the kept time follow another version: the applicant's case as that one has it; a policy's time stays.

    The caller saves.
    """
    kept = dossier.local_terms.get(TIME)
    if kept and kept["policy"]:
        return
    published = own_case.published_time(version, dossier.answers)
    _keep(dossier, _as_kept(local.Time(published, published), version))


def _keep(dossier: Dossier, time_kept: dict[str, Any]) -> None:
    dossier.local_terms = {key: kept for key, kept in dossier.local_terms.items() if key != TIME} | time_kept


def time_foreseen(dossier: Dossier, version: ProcedureVersion, *, on: date) -> Duration | None:
    """The processing time that a filing on a day would have, by its answers, way of filing and place."""
    return _time(dossier, version, on).duration


def _time(
    dossier: Dossier, version: ProcedureVersion, on: date, answers: Mapping[str, Any] | None = None
) -> local.Time:
    by = dossier.answers if answers is None else answers
    return local.processing_time(version, place_of(dossier), on=on, channel=channel_of(dossier), answers=by)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a version says about time, with the processing time of case and place."""

    processing_value: int | None
    processing_unit: str
    intake_cutoff: time | None
    supplement_rule: str
    supplement_days: int


def timing(dossier: Dossier) -> ProcedureVersion | Timing | None:
    """What the due date is reckoned from: the version, or what the dossier's case and place made of it."""
    version, kept = dossier.rules, dossier.local_terms.get(TIME)
    if version is None or not kept:
        return version
    return Timing(
        kept["value"],
        kept["unit"],
        version.intake_cutoff,
        version.supplement_rule,
        version.supplement_days,
    )
