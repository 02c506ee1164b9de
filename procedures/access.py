"""The one way to a procedure's version: by code and day; unknown codes all look alike."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from portal.core.errors import NotFoundError
from procedures.models import Procedure, ProcedureVersion, ProcedureVersionQuerySet


def _versions(code: str) -> ProcedureVersionQuerySet:
    return ProcedureVersion.objects.filter(procedure__code=code).select_related(
        "procedure", "procedure__field", "procedure__replaced_by"
    )


def get_open_version(code: str, on: date | None = None) -> ProcedureVersion:
    """The version in force on a day, today unless said.

    A closed procedure still has one, so that pages can say why and what replaced it; whether dossiers are taken is
    ``version.procedure.is_open``. Raises NotFoundError.
    """
    day = on or timezone.localdate()
    version = _versions(code).valid_on(day).order_by("-number").first()
    if version is None:
        raise NotFoundError
    return version


def get_version(code: str) -> ProcedureVersion:
    """The version in force, or the last one there was. Raises NotFoundError."""
    try:
        return get_open_version(code)
    except NotFoundError:
        version = _versions(code).order_by("-number").first()
        if version is None:
            raise
        return version


def waiting_version(version: ProcedureVersion, on: date) -> ProcedureVersion | None:
    """The version that comes into force next after a day, None where none waits; it may be this one."""
    return _versions(version.procedure.code).filter(valid_from__gt=on).order_by("valid_from", "number").first()


def get_procedure(code: str) -> Procedure:
    """A procedure by code, also one that only its successor still names. Raises NotFoundError."""
    procedure = Procedure.objects.select_related("field", "replaced_by", "current").filter(code=code).first()
    if procedure is None:
        raise NotFoundError
    return procedure
