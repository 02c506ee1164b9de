"""The linked procedures that the portal carries go all the way through, with their published forms."""

from typing import Any

import pytest

from datastore.models import DocumentType
from dossiers import attaching, bundle_filing, bundles, charging, drafts
from dossiers.facts import facts_of
from dossiers.lifecycle import DossierState
from portal.agencies.actors import Actor
from portal.agencies.models import Branch
from portal.notifications.models import Message
from portal.site.demo.answers import sample_answers
from procedures import bundles as bundles_of_the_catalogue
from procedures import catalogue, eforms
from procedures.access import get_open_version
from procedures.packs import REFERENCE, own_reference
from tests import factories
from tests.dossiers.bundle_situations import (
    decide,
    part,
)

pytestmark = pytest.mark.django_db


LINKED = [
    (
        "3.000722",
        ["1.001193", "1.004222", "1.001939", "1.014062"],
        {
            "want_card": True,
            "card_method": "desk",
            "birth_case": "ordinary",
            "birth_proof": "electronic",
            "child_date_of_birth": "2026-11-01",
            "parents_married": True,
        },
        "KQ.G15.000031",
    ),
    ("2.002913", ["1.000656", "1.003197", "1.001731"], {"benefit_group": "social_assistance"}, "KQ.G15.000034"),
]


@pytest.mark.parametrize(("code", "parts", "answers", "result_type"), LINKED)
def test_the_carried_bundles_go_all_the_way_through(
    code: str, parts: list[str], answers: dict[str, Any], result_type: str
) -> None:
    reference = own_reference()
    catalogue.load_life_events(reference)
    for each in [code, *parts]:
        catalogue.load_pack(REFERENCE / "procedures" / f"{each}.yaml", reference=reference)
    assert bundles_of_the_catalogue.load_bundles(reference) == 1
    committee = factories.make_agency()
    factories.make_agency("G01.H26.00073", branch=Branch.POLICE)
    factories.make_agency("G24.H26.00073", branch=Branch.INSURANCE)  # and with it the province's
    DocumentType.objects.bulk_create([DocumentType(code=kind, name=kind) for kind in (result_type, "GT.BAO-TU")])
    citizen = factories.make_citizen()
    actor = Actor.citizen(citizen)
    version = get_open_version(code)
    draft = drafts.start(version, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    whole = sample_answers(eforms.form_for(version), {"identity": facts_of(citizen)["identity"]}) | answers
    drafts.save_answers(draft.public_id, actor=actor, answers=whole, step="x")
    for component, is_required in eforms.required_components(version, whole):
        if is_required:
            picture = factories.png(component.code)
            attaching.attach_upload(draft.public_id, actor=actor, component=component, content=picture, name="g.png")
    bundle = bundle_filing.submit(draft.public_id, actor=actor, procedure_code=code)
    assert list(bundle.parts.values_list("procedure_code", flat=True)) == parts
    first = part(bundle, "registration").dossier
    assert first is not None and first.agency == committee
    decide(first, result_type=result_type)
    bundles.go_on()
    later = [one.dossier for one in bundle.parts.exclude(node="registration").select_related("dossier__agency")]
    assert [one.state if one else None for one in later] == [DossierState.SUBMITTED] * len(later)
    assert {one.components.get(from_store=True).document.type.code for one in later if one} == {result_type}
    for one in later:  # a child under 6 pays nothing for its first health card (Luật BHYT 25/2008/QH12 art. 12(3), 13)
        if one is not None and one.procedure_code == "1.001939":
            mail = Message.objects.filter(reference=one.code, channel="email").values_list("body", flat=True)
            assert mail and charging.fees_to_come(one, ()) == []
            assert not any("mức thu do cơ quan thông báo" in body for body in mail)
