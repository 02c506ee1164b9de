"""A procedure of the national catalogue taken in from one text file, as export_procedure writes it.

The file holds the record as it came, and what this or another portal added to it: a form, local policies. Everything
else follows from the record, so nothing of it has to be written, or translated, by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from procedures.catalogue import CHANGED, NEW, UNCHANGED, Loaded
from procedures.eforms.checking import check_form
from procedures.eforms.definition import DefinitionError
from procedures.eforms.reading import read_form
from procedures.models import Origin, Procedure
from procedures.national import import_run, importing, own_forms
from procedures.national.reading import Raw
from procedures.packs import PackError
from procedures.packs.importing import bring_policies

KEYS = frozenset({"code", "origin", "record", "form", "policies"})


def is_one(data: Any) -> bool:
    """Whether the content of a file is a record of the national catalogue."""
    return isinstance(data, Mapping) and data.get("origin") == Origin.NATIONAL and "record" in data


@transaction.atomic
def take_in(data: Mapping[str, Any], *, file: str, valid_from: date | None = None) -> Loaded:
    """Import the record, and publish the form that came with it from a day on, today unless said.

    Raises PackError with everything that is wrong; then nothing is changed.
    """
    form = data.get("form") or {}
    problems = [f"{key}: unknown key; see docs/procedure-pack.md" for key in sorted(set(data) - KEYS)]
    problems += _problems_of_form(form)
    run = import_run.Run()
    run.prepare()
    told = [one for _raw, some in importing.run_over([Raw(file, data["record"])], run) for one in some]
    problems += [f"record.{one.field}: {one.reason}" for one in told if one.kind == import_run.SKIPPED]
    if not problems and set(run.seen) != {data.get("code")}:
        problems.append("code: is not the code of the record")
    if run.counts[import_run.BESIDE]:
        problems.append("code: a pack of this portal's own is published under it; the record would change nothing")
    if problems:
        raise PackError(file, problems)
    version = Procedure.objects.select_related("current").get(code=data["code"]).current
    assert version is not None  # noqa: S101 - the run has just seen to it
    is_new, is_changed = bool(run.counts[import_run.NEW]), bool(run.counts[import_run.CHANGED])
    if form != version.form:
        version, is_changed = own_forms.publish(version, form, valid_from=valid_from or timezone.localdate()), True
    bring_policies(str(data["code"]), data.get("policies") or ())
    return Loaded(version, NEW if is_new else CHANGED if is_changed else UNCHANGED)


def _problems_of_form(form: Any) -> list[str]:
    if not form:
        return []
    try:
        check_form(read_form(form))
    except DefinitionError as error:
        return [str(error)]
    return []
