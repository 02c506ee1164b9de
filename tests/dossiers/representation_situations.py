"""Families of the tests: a parent with a birth certificate that the portal issued, in her store."""

from datetime import date, timedelta

from django.utils import timezone

from datastore import services as store
from datastore.models import Document, DocumentType, TrustLevel
from dossiers import attaching, drafts, family, mandates
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.accounts.models import CitizenProfile, Representation, User
from portal.agencies.actors import Actor
from procedures.models import ProcedureVersion
from tests import factories
from tests.datastore.conftest import make_pdf

CHILDS_NUMBER = "001219000077"
BORN = date(2019, 5, 4)


def certificate(
    holder: User,
    *,
    mother: User | None = None,
    father: User | None = None,
    number: str = CHILDS_NUMBER,
    born: date = BORN,
    name: str = "Nguyễn Thử Bé",
) -> Document:
    """A birth certificate that was issued to whoever filed for it, naming the parents that are given."""
    DocumentType.objects.get_or_create(
        code=family.BIRTH_CERTIFICATE, defaults={"name": "Giấy khai sinh", "group": "result"}
    )
    agency, now = factories.make_agency(), timezone.now()
    paper = store.deposit(
        owner=holder,
        content=make_pdf(),
        name="giay-khai-sinh.pdf",
        type_code=family.BIRTH_CERTIFICATE,
        title="Giấy khai sinh",
        number="12/2026",
        trust=TrustLevel.ISSUED,
        issuer=agency,
        issued_on=timezone.localdate(),
    )
    parents = {
        f"{who}_personal_id": CitizenProfile.objects.get(user=person).personal_id
        for who, person in (("mother", mother), ("father", father))
        if person is not None
    }
    said = {"child_full_name": name, "child_date_of_birth": born.isoformat(), "child_ethnicity": "Kinh", **parents}
    Dossier.objects.create(
        code=f"{agency.code}-{now:%y%m%d}-9{paper.pk:03d}",
        state=DossierState.RETURNED,
        owner=holder,
        filer=holder,
        agency=agency,
        procedure_code="1.001193",
        submitted_at=now,
        finished_at=now,
        result_document=paper,
        answers=said,
    )
    facts = {"name": name, "personal_id": number, "date_of_birth": born.isoformat(), "gender": "2"}
    store.name_subject(paper.pk, name, facts)
    return paper


def make_parent(name: str = "Nguyễn Thị Mẹ") -> User:
    """A mother who acts for her child by the certificate in her store."""
    parent = factories.make_citizen(name)
    family.add(parent, certificate(parent, mother=parent).pk)
    parent.refresh_from_db()
    return parent


def other_parent(held: Representation, name: str = "Trần Văn Cha") -> User:
    """The father, by a certificate of his own of the same child."""
    father = factories.make_citizen(name)
    family.add(father, certificate(father, father=father).pk)
    father.refresh_from_db()
    return father


def held_of(parent: User) -> Representation:
    """By what she acts for her child."""
    return Representation.objects.select_related("principal").get(representative=parent, ended_at__isnull=True)


def draft_for(person: User, held: Representation, version: ProcedureVersion, *, with_paper: bool = True) -> Dossier:
    """A draft that is whole, filed for whom she represents."""
    actor = Actor.citizen(person)
    draft = drafts.start(version, actor=actor, representation=held)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    drafts.save_answers(
        draft.public_id, actor=actor, answers={"full_name": str(held.principal), "purpose": "Đi học"}, step="x"
    )
    for component in version.components.all() if with_paper else ():
        attaching.attach_upload(
            draft.public_id, actor=actor, component=component, content=factories.png("g"), name="giay.png"
        )
    return draft


def came_of_age(held: Representation) -> None:
    """Yesterday was the last day."""
    today = timezone.localdate()
    Representation.objects.filter(pk=held.pk).update(
        valid_from=today - timedelta(days=400), valid_to=today - timedelta(days=1)
    )


def mandate(principal: User, clerk: User, *, may_use_store: bool) -> Representation:
    """A mandate for all procedures that was given and taken up."""
    given = mandates.give(principal=principal, procedure_codes=[], days=30, may_use_store=may_use_store)
    return mandates.claim(given.code, user=clerk)
