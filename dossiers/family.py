"""Children for whom a parent acts (con tôi đại diện): known by birth certificates that the portal issued to her.

A certificate names the child, her number and her parents; the registrar decided on it, and nothing here is typed. For
a child whose certificate lies in no store the one-stop desk confirms it (docs/assumptions.md). The record is made as
at the counter (portal.accounts.people): it becomes the child's own at her first sign-in with the same number.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from datastore.models import Document
from dossiers import paper_facts
from dossiers.errors import IdentityLevelError
from portal.accounts import people, representations
from portal.accounts.models import CitizenProfile, IdentityLevel, Representation, User
from portal.accounts.people import Person
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.identifiers import IdentifierError, clean_personal_id
from portal.core.language import speaking
from portal.core.text import fold
from portal.notifications import services as notifications

BIRTH_CERTIFICATE = "KQ.G15.000031"
"""Type of document (procedures/reference/procedures/1.001193.yaml)."""
PARENTS = ("mother", "father")
"""Prefixes of the answers about them in the e-forms of birth registration."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child as her certificate names her."""

    document: Document
    name: str
    personal_id: str
    born: date
    gender: str
    ethnicity: str


def on_certificates(parent: User) -> list[Child]:
    """Children under age of whom the parent's store has a birth certificate in force that names her as a parent."""
    profile = CitizenProfile.objects.filter(user=parent).first()
    if profile is None:
        return []
    found = (_child(told, profile.personal_id) for told in paper_facts.told_by(parent, types=[BIRTH_CERTIFICATE]))
    today = timezone.localdate()
    children = [row for row in found if row is not None and representations.childhood_ends_on(row.born) >= today]
    newest = {child.personal_id: child for child in children}  # of two certificates the later one counts
    return list(newest.values())


def to_add(parent: User) -> list[Child]:
    """Those for whom she does not act yet."""
    held = [row.principal_id for row in representations.held_by(parent)]
    known = set(CitizenProfile.objects.filter(user__in=held).values_list("personal_id_index", flat=True))
    return [child for child in on_certificates(parent) if people.index_of(child.personal_id) not in known]


@transaction.atomic
def add(parent: User, document_id: int) -> Representation:
    """Let a parent act for the child of a certificate in her store; repeating is idle.

    Raises IdentityLevelError below level 2, NotFoundError for a paper that says no such thing, InvalidInputError
    ("child") where what the portal knows of the number is somebody else.
    """
    profile = CitizenProfile.objects.select_for_update().filter(user=parent).first()
    if profile is None or profile.identity_level < IdentityLevel.TWO:
        raise IdentityLevelError
    child = next((row for row in on_certificates(parent) if row.document.pk == document_id), None)
    if child is None:
        raise NotFoundError
    record = people.enter(
        Person(
            personal_id=child.personal_id,
            full_name=child.name,
            date_of_birth=child.born,
            gender=child.gender,
            ethnicity=child.ethnicity,
            from_paper=child.document.title,
        )
    )
    if record.citizen.date_of_birth != child.born or fold(record.citizen.full_name) != fold(child.name):
        raise InvalidInputError(
            fields={
                "child": [
                    _(
                        "Số định danh trên giấy khai sinh thuộc người có họ tên hoặc ngày sinh khác trên Cổng. Hãy "
                        "mang giấy khai sinh đến bộ phận một cửa để được kiểm tra."
                    )
                ]
            }
        )
    held, is_new = representations.open_by_paper(
        parent=parent,
        child=record,
        born=child.born,
        document_id=child.document.pk,
        words=" ".join(filter(None, [child.document.title, child.document.number])),
    )
    if is_new and not record.citizen.is_from_counter:  # who has an account of her own hears of it
        with speaking(record.language):
            notifications.notify(
                recipient=record,
                kind="representation.began",
                subject=_("Có người đại diện cho bạn trên Cổng"),
                body=_("Cha hoặc mẹ bạn nộp hồ sơ thay bạn được đến khi bạn đủ 18 tuổi. Xem ai, theo giấy tờ nào."),
                link="/dai-dien/",
                dedupe_key=f"representation.{held.public_id}",
            )
    return held


def _child(told: paper_facts.Told, parents_number: str) -> Child | None:
    """The child, where the paper names number and day of birth, and this number as a parent's."""
    said = {key: known.value for key, known in told.contents.items()}
    if parents_number not in {_number(said.get(f"{who}_personal_id")) for who in PARENTS}:
        return None
    about = told.document.about
    number = _number(said.get("personal_id"))
    name = about.get("name") or said.get("child_full_name")
    try:
        born = date.fromisoformat(str(about.get("date_of_birth") or said.get("child_date_of_birth")))
    except ValueError:
        return None
    if not number or not isinstance(name, str) or not name:
        return None
    gender, ethnicity = about.get("gender", ""), said.get("child_ethnicity", "")
    return Child(told.document, name, number, born, gender, ethnicity if isinstance(ethnicity, str) else "")


def _number(said: object) -> str:
    try:
        return clean_personal_id(str(said or ""))
    except IdentifierError:
        return ""
