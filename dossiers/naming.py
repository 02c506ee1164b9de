"""Names of procedures and papers in the reader's language; names of agencies stay Vietnamese."""

from django.utils.translation import get_language

from dossiers.models import Dossier
from procedures import fees
from procedures.models import Component, ProcedureVersion


def version_title(version: ProcedureVersion) -> str:
    """The short name people use, or the official one."""
    if (get_language() or "").startswith("en") and (version.short_name_en or version.name_en):
        return version.short_name_en or version.name_en
    return version.short_name or version.name


def dossier_title(dossier: Dossier) -> str:
    """The procedure's name as the dossier's title; a procedure the catalogue does not know keeps its source's name."""
    version = dossier.procedure_version
    return (version_title(version) if version else dossier.procedure_name) or dossier.procedure_code


def component_title(component: Component) -> str:
    """What a paper is called."""
    return fees.words(component, "name")


def component_titles(dossier: Dossier) -> dict[str, str]:
    """Names of the published papers by code, for what was handed in under them."""
    version = dossier.procedure_version
    return {row.code: component_title(row) for row in version.components.all()} if version else {}
