"""Names of procedures, papers and agencies in the reader's language."""

from dossiers.models import Dossier
from portal.accounts.models import Gender
from portal.core.language import column_text
from portal.notifications.topics import SUBJECT_SEPARATOR
from procedures import published
from procedures.models import Component


def dossier_title(dossier: Dossier) -> str:
    """The procedure's name as the dossier's title; a procedure the catalogue does not know keeps its source's name."""
    version = dossier.procedure_version
    return (version.title if version else dossier.procedure_name) or dossier.procedure_code


def of_procedure(subject: str, dossier: Dossier) -> str:
    """A notice's title with the procedure behind it: a code alone tells nobody which of her dossiers it is.

    Behind, since titles are cut at their end and some procedures have long names; of people nothing is said.
    """
    return with_title(subject, dossier_title(dossier))


def with_title(subject: str, title: str) -> str:
    """The same where the procedure's name is at hand."""
    return f"{subject}{SUBJECT_SEPARATOR}{title}"


def courtesy(dossier: Dossier) -> str:
    """How a paper in Vietnamese addresses who applies (ông, bà), in small letters; both where the sex is not known."""
    return {Gender.MALE.value: "ông", Gender.FEMALE.value: "bà"}.get(str(dossier.answers.get("gender") or ""), "ông/bà")


def spouse_called(dossier: Dossier) -> str:
    """What the spouse of whom the paper is about is called; both words where that person’s sex is not known."""
    about_another = bool(dossier.answers.get("subject_full_name"))
    gender = dossier.answers.get("subject_gender" if about_another else "gender")
    return {Gender.MALE.value: "vợ", Gender.FEMALE.value: "chồng"}.get(str(gender or ""), "vợ/chồng")


def agency_title(dossier: Dossier) -> str:
    """The deciding agency's name; "" while a draft has not chosen one."""
    return dossier.agency.title if dossier.agency else ""


def as_read(name: str, dossier: Dossier) -> str:
    """An agency's name as it was written down, in the reader's language where the deciding agency still has it."""
    agency = dossier.agency
    return agency.title if agency and agency.name == name else name


def charge_titles(dossier: Dossier) -> dict[str, str]:
    """Names in the reader's language of what is paid, by the name that was written down; published fees only.

    What an official wrote herself, and what letters and receipts say, stays in Vietnamese.
    """
    version = dossier.procedure_version
    return {fee.name: column_text(fee, "name") for fee in version.fees.all()} if version else {}


def charge_titles_of(procedure_code: str) -> dict[str, str]:
    """The same by a procedure's published version, where there is no dossier yet; no query once it was read."""
    newest = published.newest(procedure_code)
    fees = published.version(newest[0]).fees.all() if newest else ()
    return {fee.name: column_text(fee, "name") for fee in fees}


def component_title(component: Component) -> str:
    """What a paper is called."""
    return column_text(component, "name")


def component_titles(dossier: Dossier) -> dict[str, str]:
    """Names of the published papers by code, for what was handed in under them."""
    version = dossier.procedure_version
    return {row.code: component_title(row) for row in version.components.all()} if version else {}
