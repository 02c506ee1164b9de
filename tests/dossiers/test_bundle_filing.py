"""Linked procedures are filed: one press, each dossier where it belongs, what is missing told before, nothing twice."""

import pytest
from django.db import IntegrityError, transaction

from dossiers import already_held, assistance, attaching, bundle_filing, bundle_reading, drafts
from dossiers.errors import IncompleteFilingError
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, BundlePart, Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import NotFoundError
from procedures.models import Bundle, Component, ProcedureVersion
from tests import factories
from tests.dossiers.bundle_situations import (
    FIRST,
    PLAN,
    WHOLE,
    declare,
    linked,
    part,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole() -> ProcedureVersion:
    return linked()


def test_one_press_files_what_waits_for_nothing_and_lays_out_the_rest(whole: ProcedureVersion) -> None:
    draft, actor = declare(whole)
    assert actor.user is not None
    already_held.say(draft, "TEST-GIAY", "Giấy tờ thử", user=actor.user, words="Cấp ở phường")
    bundle = bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)
    first, second, third = (part(bundle, key).dossier for key in ("first", "second", "third"))
    assert second is None and first is not None and third is not None
    assert {first.state, third.state} == {DossierState.SUBMITTED}
    assert first.code != third.code and first.answers == {"full_name": "Bé Thử", "purpose": "Cả ba"}
    assert first.components.get().document_id == bundle.papers.get().document_id  # asked once
    assert first.held_papers.get().words == "Cấp ở phường"
    assert not Dossier.objects.filter(state=DossierState.DRAFT).exists()
    assert list(part(bundle, "second").needs.values_list("node", flat=True)) == ["first"]
    assert len(bundle.answers_sha256) == 64 and bundle.definition == PLAN


def test_a_part_is_filed_where_the_declaration_says(whole: ProcedureVersion) -> None:
    other = factories.make_other_agency()
    page = factories.SHORT_FORM["pages"][0]
    group = page["groups"][0]
    where = {"key": "where", "label": {"vi": "Nơi ở", "en": "Home"}, "type": "address"}
    form = {"pages": [{**page, "groups": [{**group, "fields": [*group["fields"], where]}]}]}
    ProcedureVersion.objects.filter(pk=whole.pk).update(form=form)
    nodes = [{**node, "place": "where"} if node["key"] == "third" else node for node in PLAN["nodes"]]
    Bundle.objects.update(definition={**PLAN, "nodes": nodes})
    draft, actor = declare(whole)
    home = {"province_code": "48", "commune_code": "20194", "line": "1 Bạch Đằng"}
    answers = {"full_name": "Bé Thử", "purpose": "Cả ba", "where": home}
    drafts.save_answers(draft.public_id, actor=actor, answers=answers, step="x")
    bundle = bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)
    assert agency_of(bundle, "third") == other.pk, "where she lives, not where she declared"
    assert agency_of(bundle, "first") not in {None, other.pk}


def agency_of(bundle: BundleFiling, node: str) -> int | None:
    dossier = part(bundle, node).dossier
    return dossier.agency_id if dossier is not None else None


def test_only_the_dossiers_asked_for_are_filed(whole: ProcedureVersion) -> None:
    assert set(send(whole, purpose="Hai việc").parts.values_list("node", flat=True)) == {"first", "second"}


def test_a_second_press_finds_the_bundle(whole: ProcedureVersion) -> None:
    draft, actor = declare(whole)
    first = bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)
    assert bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE) == first
    assert BundleFiling.objects.count() == 1
    with pytest.raises(NotFoundError):
        stranger = Actor.citizen(factories.make_citizen())
        bundle_filing.submit(draft.public_id, actor=stranger, procedure_code=WHOLE)
    with pytest.raises(IntegrityError), transaction.atomic():
        BundlePart.objects.create(bundle=first, node="first", position=9, procedure_code=FIRST)


def test_what_a_part_misses_is_told_before_and_nothing_is_filed(whole: ProcedureVersion) -> None:
    Component.objects.filter(version=whole).update(is_required=False)  # the first dossier needs it all the same
    draft, actor = declare(whole, with_paper=False)
    with pytest.raises(IncompleteFilingError) as caught:
        bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)
    assert set(caught.value.fields) == {"TEST-GIAY"}
    assert not BundleFiling.objects.exists() and Dossier.objects.get().state == DossierState.DRAFT


def test_a_part_that_nobody_is_known_to_take_is_told_before_and_no_other_place_is_asked_for(
    whole: ProcedureVersion,
) -> None:
    draft, actor = declare(whole)
    ProcedureVersion.objects.filter(procedure__code=FIRST).update(competent_level="ministry", sheet={"deciding": []})
    with pytest.raises(IncompleteFilingError) as refused:
        bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)
    assert set(refused.value.fields) == {"form"}
    assert "Cổng chưa biết đích danh cơ quan nhận hồ sơ" in str(refused.value.fields["form"])
    assert not BundleFiling.objects.exists()


def test_a_helper_files_a_declaration_under_her_right(whole: ProcedureVersion) -> None:
    citizen, helper = factories.make_citizen(), factories.make_citizen("Người Giúp")
    given = assistance.give(actor=Actor.citizen(citizen), kind="post_office", days=1, procedure_code=WHOLE)
    held = assistance.claim(given.code, actor=Actor.citizen(helper), organisation="Bưu điện")
    _held, actor = assistance.get_held(held.public_id, user=helper)
    draft = assistance.start(held, whole, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    answers = {"full_name": "Bé Thử", "purpose": "Hai việc"}
    drafts.save_answers(draft.public_id, actor=actor, answers=answers, step="x")
    attaching.attach_upload(
        draft.public_id, actor=actor, component=whole.components.get(), content=factories.png("g"), name="g.png"
    )
    bundle = assistance.submit_bundle(draft.public_id, actor=actor, procedure_code=WHOLE)
    first = part(bundle, "first").dossier
    assert bundle.filer == citizen and first is not None and first.assistance == held
    assert first.events.get().actor_kind == ActorKind.HELPER
    with pytest.raises(NotFoundError):
        bundle_reading.get(bundle.public_id, user=helper)
