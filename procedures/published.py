"""Published versions kept in memory: what every filing reads again and again, and nobody changes.

A version's text, form, components and fee rules are as large as a small book and are never written again once
published; reading and parsing them costs more than all the rest of a filing. Each process keeps the most used ones for
one edition of the catalogue. What comes from here is shared between requests: read it, do not change it.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from procedures import eforms, publication
from procedures.models import Procedure, ProcedureVersion

MOST = 200
"""Versions kept by one process: some 100 kB each."""

_kept: OrderedDict[int, ProcedureVersion] = OrderedDict()
_edition: str | None = None
_guard = Lock()


def version(pk: int) -> ProcedureVersion:
    """A version with its procedure, field, components and fee rules at hand. Raises ProcedureVersion.DoesNotExist."""
    global _edition
    current = publication.edition_or_none()
    with _guard:
        if current is None or current != _edition:
            _kept.clear()
            _edition = current
        elif (found := _kept.get(pk)) is not None:
            _kept.move_to_end(pk)
            return found
    fresh = _read(pk)
    with _guard:
        if current is not None and current == _edition:
            _kept[pk] = fresh
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return fresh


def newest(code: str) -> tuple[int, str] | None:
    """The id and the name of a procedure's published version, or None; asked at every dossier a partner reports."""
    found: dict[str, tuple[int, str]] = publication.remembered("newest versions", _newest)
    # one that is not among them is asked for: its publication may not have been announced here yet
    return found.get(code) or _newest(code=code).get(code)


def _newest(**which: str) -> dict[str, tuple[int, str]]:
    rows = Procedure.objects.filter(current__isnull=False, **which).order_by()
    return {code: (pk, name) for code, pk, name in rows.values_list("code", "current_id", "current__name")}


def _read(pk: int) -> ProcedureVersion:
    rows = ProcedureVersion.objects.select_related("procedure__field").defer("source_record", "search_text")
    found = rows.prefetch_related("components", "fees").get(pk=pk)
    if found.form:
        found.form = eforms.PublishedForm(found.form)
    else:
        found._generic_form = eforms.PublishedForm(eforms.form_for(found))  # type: ignore[attr-defined]
    return found
