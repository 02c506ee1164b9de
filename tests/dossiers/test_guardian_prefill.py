"""Who speaks for a child in the child's own form, and the child itself: each is filled in as who it is."""

import pytest

from dossiers import drafts, facts, mandates
from portal.accounts.models import CitizenProfile, Gender, Representation
from portal.agencies.actors import Actor
from procedures import catalogue
from procedures.models import ProcedureVersion
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.dossiers.representation_situations import CHILDS_NUMBER, held_of, make_parent

pytestmark = pytest.mark.django_db
CARD = "1.014062"


@pytest.fixture
def card() -> ProcedureVersion:
    """The identity card of somebody under fourteen, which a parent asks for."""
    reference = own_reference()
    catalogue.load_life_events(reference)
    return catalogue.load_pack(REFERENCE / "procedures" / f"{CARD}.yaml", reference=reference).version


def answers_of(version: ProcedureVersion, held: Representation) -> dict[str, object]:
    draft = drafts.start(version, actor=Actor.citizen(held.representative), representation=held)
    return {**draft.answers, "sources": draft.answer_sources}


def test_a_parent_is_the_representative_and_the_child_is_the_child(card: ProcedureVersion) -> None:
    mother = make_parent("Nguyễn Thị Mẹ")
    CitizenProfile.objects.filter(user=mother).update(gender=Gender.FEMALE)
    said = answers_of(card, held_of(mother))
    assert said["representative_full_name"] == "Nguyễn Thị Mẹ"
    assert said["representative_personal_id"] == mother.citizen.personal_id
    assert said["relationship"] == "mother"
    assert (said["child_full_name"], said["child_personal_id"]) == ("Nguyễn Thử Bé", CHILDS_NUMBER)
    assert said["sources"]["representative_full_name"].startswith("Từ tài khoản VNeID của người đại diện")


def test_for_oneself_the_representative_is_oneself_and_nobody_is_the_child(card: ProcedureVersion) -> None:
    father = factories.make_citizen("Trần Văn Cha")
    draft = drafts.start(card, actor=Actor.citizen(father))
    assert draft.answers["representative_full_name"] == "Trần Văn Cha"
    assert not {"child_full_name", "child_personal_id"} & set(draft.answers)


def test_who_was_authorised_speaks_for_her_giver_who_speaks_for_himself() -> None:
    father, aunt = factories.make_citizen("Trần Văn Cha"), factories.make_citizen("Trần Thị Cô")
    mandates.claim(mandates.give(principal=father, procedure_codes=[], days=30, may_use_store=False).code, user=aunt)
    known = facts.facts_of_principal(father, filer=aunt, with_store=False)
    assert known["guardian"]["full_name"] == "Trần Văn Cha" and "ward" not in known
