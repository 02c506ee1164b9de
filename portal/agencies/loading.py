"""Bring the reference rows of territory and agencies into the database; what is already so is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from portal.agencies.models import AdministrativeUnit, Agency, OneStopDesk
from portal.agencies.reference_rows import AgencyRow, UnitRow, agencies, units

BATCH = 2000
OFFICIALS_KEEP = frozenset({"works_on_saturday"})
"""What the reference says of a new agency only."""


@dataclass
class Loaded:
    """How many rows were made and how many were changed."""

    made: int = 0
    changed: int = 0
    left_out: list[str] = field(default_factory=list)
    """Rows that cannot be loaded, each with its code and why."""


@transaction.atomic
def load(*, with_demo_accounts: bool) -> dict[str, Loaded]:
    """Load units, agencies and their desks in one transaction; a second run finds nothing to do.

    What officials keep (office hours, Saturdays, address, telephone, account, desks) is not touched, nor is what is
    not listed. An agency whose place in the tree is not to be told – its parent or successor is not listed, or they go
    round in a circle – is left out and named, with those below it; the others are loaded.
    """
    territory = units()
    loaded_units, unit_ids = _load_units(territory)
    rows = agencies(territory, with_demo_accounts=with_demo_accounts)
    loaded_agencies, agency_ids = _load_agencies(rows, unit_ids)
    return {"units": loaded_units, "agencies": loaded_agencies, "desks": _load_desks(rows, agency_ids)}


def _load_units(territory: list[UnitRow]) -> tuple[Loaded, dict[str, int]]:
    ids: dict[str, int] = {}
    loaded = Loaded()
    for wave in ([row for row in territory if not row.parent], [row for row in territory if row.parent]):
        rows = [{**row.values, "parent_id": ids.get(row.parent)} for row in wave]
        _upsert(AdministrativeUnit, rows, loaded, ids)
    return loaded, ids


def _load_agencies(rows: list[AgencyRow], unit_ids: dict[str, int]) -> tuple[Loaded, dict[str, int]]:
    ids: dict[str, int] = {}
    paths: dict[str, str] = {}
    loaded = Loaded()
    for wave in _parents_first(rows, loaded.left_out):
        columns = []
        for row in wave:
            paths[row.code] = f"{paths.get(row.parent, '')}{row.code}/"
            references = {
                "parent_id": ids.get(row.parent),
                "successor_id": ids.get(row.successor),
                "unit_id": unit_ids.get(row.unit),
            }
            columns.append({**row.values, **references, "path": paths[row.code]})
        _upsert(Agency, columns, loaded, ids)
    return loaded, ids


def _parents_first(rows: list[AgencyRow], left_out: list[str]) -> Iterable[list[AgencyRow]]:
    done: set[str] = {""}
    waiting = rows
    while wave := [row for row in waiting if row.parent in done and row.successor in done]:
        done |= {row.code for row in wave}
        waiting = [row for row in waiting if row.code not in done]
        yield wave
    left = {row.code: row for row in waiting}
    left_out += [f"{row.code}: {_why_left(row, left, done)}" for row in waiting]


def _why_left(row: AgencyRow, left: dict[str, AgencyRow], done: set[str]) -> str:
    """What keeps a row from being loaded: followed up its chain to what is not listed, or to a circle."""
    chain = [row.code]
    while True:
        column, above = ("parent", row.parent) if row.parent not in done else ("successor", row.successor)
        if above in chain:
            return f"parent and successor go round in a circle: {' → '.join([*chain[chain.index(above) :], above])}"
        if above not in left:
            return f"the {column} {above} of {row.code} is not listed"
        chain.append(above)
        row = left[above]


def _load_desks(rows: list[AgencyRow], agency_ids: dict[str, int]) -> Loaded:
    """A first desk for each agency; those that there are, their names too, are the agency's own to write."""
    have = {(desk.agency_id, desk.name): desk for desk in OneStopDesk.objects.all()}
    served = {agency for agency, _name in have}
    wanted = {(agency_ids[row.code], row.desk): row.desk_en for row in rows if row.desk and row.code in agency_ids}
    missing = [
        OneStopDesk(agency_id=agency, name=name, name_en=english)
        for (agency, name), english in wanted.items()
        if agency not in served
    ]
    OneStopDesk.objects.bulk_create(missing, batch_size=BATCH)
    renamed = [desk for key, desk in have.items() if not desk.name_en and wanted.get(key)]
    for desk in renamed:
        desk.name_en = wanted[desk.agency_id, desk.name]
    OneStopDesk.objects.bulk_update(renamed, ["name_en"], batch_size=BATCH)
    return Loaded(made=len(missing), changed=len(renamed))


def _upsert(model: type[models.Model], rows: list[dict[str, Any]], loaded: Loaded, ids: dict[str, int]) -> None:
    """Insert new rows by code, update those that differ in what the reference says, and note every id."""
    if not rows:
        return
    columns = [name for name in rows[0] if name not in OFFICIALS_KEEP]
    manager = model._default_manager
    have = {row[0]: row for row in manager.values_list("code", *columns)}
    different = [row for row in rows if have.get(row["code"], ())[1:] != tuple(row[name] for name in columns)]
    loaded.changed += sum(row["code"] in have for row in different)
    loaded.made += sum(row["code"] not in have for row in different)
    manager.bulk_create(
        [model(**row) for row in different],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[name for name in columns if name != "code"],
    )
    ids.update(manager.values_list("code", "pk"))
