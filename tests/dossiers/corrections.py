"""Answers that a desk marks as wrong, and that are put right."""

import copy
from collections.abc import Sequence
from typing import Any

from dossiers import services
from dossiers.models import Dossier
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.dossier_pages import desk
from tests.dossiers.filing_pages import signed_in

CHILD = {"key": "child_name", "label": {"vi": "Tên con", "en": "Child"}, "type": "text", "required": True}


def version_with(key: str, kind: str, **more: Any) -> ProcedureVersion:
    """One whose form asks for something beside the purpose."""
    form = copy.deepcopy(factories.SHORT_FORM)
    field = {"key": key, "label": {"vi": f"Mục {key}", "en": key}, "type": kind, **more}
    form["pages"][0]["groups"][0]["fields"].append(field)
    return factories.make_version(form=form)


def filed(
    version: ProcedureVersion, answers: dict[str, Any] | None = None, sources: dict[str, str] | None = None, **more: Any
) -> Dossier:
    """One filed with further answers."""
    dossier = factories.file_dossier(version=version, **more)
    dossier.answers, dossier.answer_sources = dossier.answers | (answers or {}), sources or {}
    dossier.save(update_fields=["answers", "answer_sources"])
    return dossier


def ask_anew(dossier: Dossier, keys: Sequence[str] = ("purpose",), *, legal_basis: str = "") -> None:
    """The desk marks answers as wrong; a second time it names the ground."""
    marks = [services.Defect("", key, "", field=key) for key in keys]
    services.request_supplement(
        dossier.code or "", actor=desk(dossier), reason="Khai sai.", defects=marks, legal_basis=legal_basis
    )


def put_right(dossier: Dossier, **answers: str) -> Any:
    """She sends the right answers to what was asked last."""
    said = {"answer": "", "asked": str(dossier.supplement_requests.latest("pk").pk), **answers}
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", said)
    dossier.refresh_from_db()
    return response
