"""Bundles of linked procedures (thủ tục liên thông): the plan that splits one declaration, checked when it is loaded.

NĐ 63/2024/NĐ-CP as amended by NĐ 301/2026/NĐ-CP. docs/adr/0015-bundles-of-linked-procedures.md
"""

from __future__ import annotations

from django.db import transaction

from procedures import access, bundle_checking, publication
from procedures.bundle_plans import FILE, Plan, read
from procedures.models import Bundle, Procedure
from procedures.packs import PackError, Reference


def plan_of(procedure_code: str) -> Plan | None:
    """The plan that splits filings of this procedure; None where it is filed as one dossier."""
    found: Plan | None = _plans().get(procedure_code)
    return found


def is_part_of_any(procedure_code: str) -> bool:
    """Whether some bundle has dossiers of this procedure."""
    return procedure_code in publication.remembered(
        "bundles:parts", lambda: {node.procedure_code for plan in _plans().values() for node in plan.nodes}
    )


def _plans() -> dict[str, Plan]:
    def read_all() -> dict[str, Plan]:
        rows = Bundle.objects.filter(is_open=True).values_list("procedure__code", "definition")
        return {code: read(definition) for code, definition in rows}

    plans: dict[str, Plan] = publication.remembered("bundles", read_all)
    return plans


@transaction.atomic
def load_bundles(reference: Reference) -> int:
    """Bring the bundles up to date whose procedures are all published; returns how many rows changed.

    Raises PackError that says what does not fit the published forms.
    """
    changed = 0
    known = {row.procedure.code: row for row in Bundle.objects.select_related("procedure")}
    for item in reference.bundles:
        code = item["procedure"]
        definition = {name: value for name, value in item.items() if name != "procedure"}
        plan = read(definition, f"{FILE} {code}")
        wanted = {code, *(node.procedure_code for node in plan.nodes)}
        procedures = {row.code: row for row in Procedure.objects.filter(code__in=wanted, current__isnull=False)}
        if wanted - set(procedures):
            continue
        if problems := list(bundle_checking.misfits(plan, {each: access.get_version(each) for each in wanted}, code)):
            raise PackError(f"{FILE} {code}", problems)
        row = known.get(code)
        if row is None or row.definition != definition:
            Bundle.objects.update_or_create(procedure=procedures[code], defaults={"definition": definition})
            changed += 1
    if changed:
        publication.announce()
    return changed
