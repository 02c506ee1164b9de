"""A form of the portal's own for a procedure of the national catalogue; everything else stays as its record says.

Such a version remains one of the national catalogue: a record that changes later makes the next version, which keeps
the form (``importing``).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from procedures import publication
from procedures.decisions import Decision
from procedures.models import Component, FeeRule, NationalRecord, Procedure, ProcedureVersion, ResultType

Form = dict[str, Any]


def digest_with(record_sha256: str, form: Form) -> str:
    """The digest of what a version says: of its record, and of its form where it has one."""
    if not form:
        return record_sha256
    text = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{record_sha256}\n{text}".encode()).hexdigest()


@transaction.atomic
def publish(
    base: ProcedureVersion, form: Form, *, valid_from: date, decision: Decision | None = None
) -> ProcedureVersion:
    """The next version: the same record with another form, from a day on; open dossiers stay on the one they have.

    ``decision``: under which it stands, until a record that changes names another.
    """
    procedure = Procedure.objects.select_for_update().get(pk=base.procedure_id)
    last = procedure.versions.order_by("-number").first()
    assert last is not None  # noqa: S101 - the base is one of them
    starts = max(valid_from, last.valid_from)
    last.valid_to = max(last.valid_from, starts - timedelta(days=1))
    last.save(update_fields=["valid_to"])
    version = ProcedureVersion.objects.get(pk=base.pk)
    record = NationalRecord.objects.get(procedure=procedure).content_sha256
    version.pk, version.number, version.valid_from, version.valid_to = None, last.number + 1, starts, None
    version.form, version.content_sha256 = form, digest_with(record, form)
    if decision is not None:
        version.decision_number, version.decision_on = decision.number, decision.day
    version.save(force_insert=True)
    for model, rows in ((Component, base.components), (FeeRule, base.fees), (ResultType, base.results)):
        _copy(model, rows.all(), version)
    if starts <= timezone.localdate():
        procedure.current = version
        procedure.save(update_fields=["current"])
    publication.announce()
    return version


def _copy(model: Any, rows: Any, version: ProcedureVersion) -> None:
    copies = list(rows)
    for row in copies:
        row.pk, row.version = None, version
    model.objects.bulk_create(copies)
