"""Linked procedures: one declaration fans out, results feed what waits, one branch may fail, nothing is filed twice."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from datastore import services as datastore
from datastore.models import DocumentType, TrustLevel
from dossiers import already_held, assistance, bundle_filing, bundle_reading, bundles, drafts, services
from dossiers.errors import IncompleteFilingError
from dossiers.facts import facts_of
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, BundlePart, Dossier, ResultIssue
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Branch, MembershipRole
from portal.core.errors import NotFoundError
from portal.notifications.models import Message
from portal.site.demo.answers import sample_answers
from procedures import bundles as bundles_of_the_catalogue
from procedures import catalogue, eforms
from procedures.access import get_open_version
from procedures.models import Bundle, Component, Procedure, ProcedureVersion
from procedures.packs import REFERENCE, Reference
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db
WHOLE, FIRST, SECOND, THIRD = "3.000001", "1.000001", "1.000002", "1.000003"
PLAN: dict[str, Any] = {
    "nodes": [
        {"key": "first", "procedure": FIRST},
        {
            "key": "second",
            "procedure": SECOND,
            "needs": {"first": "TEST-KQ"},
            "answers": {"purpose": {"text": "Cho {full_name}"}, "number": {"result": "first", "take": "personal_id"}},
        },
        {"key": "third", "procedure": THIRD, "when": {"field": "purpose", "equals": "Cả ba"}},
    ],
    "not_filed": [{"when": {"field": "purpose", "equals": "Cả ba"}, "text": {"vi": "Việc khác nộp riêng."}}],
}


def numbered_form() -> dict[str, Any]:
    """The short form with an identification number that only a result can give."""
    group = factories.SHORT_FORM["pages"][0]["groups"][0]
    number = {"key": "number", "label": {"vi": "Số định danh", "en": "Number"}, "type": "personal_id", "required": True}
    page = {**factories.SHORT_FORM["pages"][0], "groups": [{**group, "fields": [*group["fields"], number]}]}
    return {"pages": [page]}


@pytest.fixture
def whole() -> ProcedureVersion:
    """A bundle of three made-up procedures."""
    factories.make_agency()
    factories.make_version(FIRST)
    second = factories.make_version(SECOND, needs_paper=False, form=numbered_form())
    Component.objects.create(
        version=second, position=0, code="TEST-KQ", name="Kết quả trước", kind="document", document_types=["KQ.TEST"]
    )
    factories.make_version(THIRD, needs_paper=False)
    version = factories.make_version(WHOLE)
    ProcedureVersion.objects.filter(pk=version.pk).update(short_name="Liên thông thử")
    Bundle.objects.create(procedure=version.procedure, definition=PLAN)
    return version


def declare(version: ProcedureVersion, *, purpose: str = "Cả ba", with_paper: bool = True) -> tuple[Dossier, Actor]:
    """A whole declaration, before the last button."""
    actor = Actor.citizen(factories.make_citizen())
    draft = drafts.start(version, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    answers = {"full_name": "Bé Thử", "purpose": purpose}
    drafts.save_answers(draft.public_id, actor=actor, answers=answers, step="x")
    if with_paper:
        component = version.components.get()
        drafts.attach_upload(
            draft.public_id, actor=actor, component=component, content=factories.png("giấy"), name="giay.png"
        )
    return draft, actor


def send(version: ProcedureVersion, **more: Any) -> BundleFiling:
    draft, actor = declare(version, **more)
    return bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)


def decide(dossier: Dossier | None, *, number: str = "001226000001", result_type: str = "KQ.TEST") -> Dossier:
    """From intake to the result in the store, as the back office and its worker do; the paper itself is a picture."""
    assert dossier is not None and dossier.agency is not None and dossier.owner is not None
    code, agency = dossier.code or "", dossier.agency
    services.accept(code, actor=factories.official_actor(agency))
    services.start_processing(code, actor=factories.official_actor(agency, ActorKind.AGENCY))
    fields = [("Số định danh cá nhân", number)] if number else []
    leader = factories.official_actor(agency, ActorKind.LEADER)
    services.approve(code, actor=leader, decision=services.Decision(fields=fields))
    paper = datastore.deposit(
        owner=dossier.owner,
        content=factories.png(code),
        name="ket-qua.png",
        type_code=result_type,
        title="Kết quả thử",
        trust=TrustLevel.ISSUED,
        issuer=agency,
        dossier_code=code,
    )
    Dossier.objects.filter(pk=dossier.pk).update(result_document=paper)
    issue = ResultIssue.objects.get(dossier=dossier)
    issue.mark_done(timezone.now())
    issue.save()
    return services.return_result(code, actor=Actor.system())


def part(bundle: BundleFiling, node: str) -> BundlePart:
    return bundle.parts.select_related("dossier__agency", "dossier__owner").get(node=node)


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


def test_the_result_goes_from_the_store_into_the_next_dossier_once(
    whole: ProcedureVersion, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("portal.core.work.ring_now", rung.append)
    bundle = send(whole)
    bundles.go_on()
    assert part(bundle, "second").dossier is None  # its input is not there
    with django_capture_on_commit_callbacks(execute=True):
        done = decide(part(bundle, "first").dossier)
    assert "dossiers.go_on_with_bundles" in rung
    bundles.go_on()
    second = part(bundle, "second").dossier
    assert second is not None and second.state == DossierState.SUBMITTED
    assert second.answers == {"full_name": "Bé Thử", "purpose": "Cho Bé Thử", "number": "001226000001"}
    fed = second.components.get()
    assert (fed.component_code, fed.document_id, fed.from_store) == ("TEST-KQ", done.result_document_id, True)
    bundles.go_on()
    bundles.go_on_with(bundle.pk)
    assert Dossier.objects.filter(procedure_code=SECOND).count() == 1


def test_a_fact_that_the_result_does_not_tell_is_asked_of_the_applicant(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    decide(part(bundle, "first").dossier, number="")
    bundles.go_on()
    waiting = part(bundle, "second").dossier
    assert waiting is not None and waiting.state == DossierState.DRAFT
    assert waiting.answers["purpose"] == "Cho Bé Thử" and waiting.components.count() == 1
    assert Message.objects.filter(kind="bundle.needs_you", recipient=bundle.filer, channel="inbox").count() == 1
    rows = bundle_reading.standings(bundle_reading.get(bundle.public_id, user=bundle.filer), timezone.now())
    assert [row.turn.whose for row in rows] == ["done", "yours", "theirs"]
    assert bundle_reading.whole(rows).whose == "yours"
    # it is about the child: who begins the procedure for herself gets a form of her own
    assert waiting.procedure_version is not None
    own = drafts.start(waiting.procedure_version, actor=Actor.citizen(bundle.filer))
    assert own.pk != waiting.pk
    drafts.discard(waiting.public_id, actor=Actor.citizen(bundle.filer))
    bundles.go_on()
    assert part(bundle, "second").dossier is None  # thrown away is thrown away
    page = text(signed_in(bundle.filer).get(f"/lien-thong/{bundle.public_id}/"))
    assert "Bạn đã xóa bản nháp này." in page


def test_one_branch_fails_and_the_others_finish(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    first = part(bundle, "first").dossier
    assert first is not None and first.agency is not None
    services.refuse_intake(first.code or "", actor=factories.official_actor(first.agency), reason="Không đúng nơi.")
    decide(part(bundle, "third").dossier)
    bundles.go_on()
    rows = bundle_reading.standings(bundle_reading.get(bundle.public_id, user=bundle.filer), timezone.now())
    assert [row.turn.whose for row in rows] == ["stopped", "stopped", "done"]
    assert "kết thúc mà không có kết quả" in rows[1].turn.sentence
    assert bundle_reading.whole(rows).sentence == "Đã kết thúc; có phần không có kết quả."


def test_a_procedure_closed_meanwhile_stops_its_part_only(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    Procedure.objects.filter(code=SECOND).update(is_open=False, closed_reason="Đã bãi bỏ.")
    decide(part(bundle, "first").dossier)
    bundles.go_on()
    failed = part(bundle, "second")
    assert failed.dossier is None and failed.problem == "Đã bãi bỏ." and failed.opened_at
    assert not BundlePart.objects.ready().exists()


def test_pages_from_the_last_button_to_the_results(whole: ProcedureVersion) -> None:
    draft, actor = declare(whole)
    assert actor.user is not None
    client = signed_in(actor.user)
    address = f"/nop-ho-so/{WHOLE}/{draft.public_id}/kiem-tra/"
    before = text(client.get(address))
    assert "Cổng nộp các hồ sơ này" in before and "(tự nộp khi có kết quả: Thủ tục thử)" in before
    assert "Việc khác nộp riêng." in before
    sent = client.post(address)
    assert sent.status_code == 302 and sent.url == f"/lien-thong/{draft.public_id}/"
    assert client.post(address).url == sent.url and client.get(address).url == sent.url
    page = text(client.get(sent.url))
    assert "Chờ kết quả: Thủ tục thử nghiệm." in page and "Thủ tục thử: Đã nộp hồ sơ" in page
    assert "Hồ sơ liên thông" in text(client.get("/ho-so/"))
    first = part(BundleFiling.objects.get(), "first").dossier
    assert first is not None and f'href="{sent.url}"' in text(client.get(f"/ho-so/{first.code}/"))
    decide(first)
    assert f'href="/kho-du-lieu/{Dossier.objects.get(pk=first.pk).result_document_id}/"' in text(client.get(sent.url))
    assert signed_in(factories.make_citizen()).get(sent.url).status_code == 404


def test_a_helper_files_a_declaration_under_her_right(whole: ProcedureVersion) -> None:
    citizen, helper = factories.make_citizen(), factories.make_citizen("Người Giúp")
    given = assistance.give(actor=Actor.citizen(citizen), kind="post_office", days=1, procedure_code=WHOLE)
    held = assistance.claim(given.code, actor=Actor.citizen(helper), organisation="Bưu điện")
    _held, actor = assistance.get_held(held.public_id, user=helper)
    draft = assistance.start(held, whole, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    answers = {"full_name": "Bé Thử", "purpose": "Hai việc"}
    drafts.save_answers(draft.public_id, actor=actor, answers=answers, step="x")
    drafts.attach_upload(
        draft.public_id, actor=actor, component=whole.components.get(), content=factories.png("g"), name="g.png"
    )
    bundle = assistance.submit_bundle(draft.public_id, actor=actor, procedure_code=WHOLE)
    first = part(bundle, "first").dossier
    assert bundle.filer == citizen and first is not None and first.assistance == held
    assert first.events.get().actor_kind == ActorKind.HELPER
    with pytest.raises(NotFoundError):
        bundle_reading.get(bundle.public_id, user=helper)


def test_a_leader_sees_each_dossier_and_opens_her_own_agencys(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    leader = factories.make_official(factories.make_agency(), MembershipRole.LEADER)
    browser = signed_in(with_second_factor(leader))
    page = text(browser.get("/quan-tri/dieu-hanh/lien-thong/"))
    first = part(bundle, "first").dossier
    assert first is not None and f"/quan-tri/ho-so/{first.code}/" in page
    assert "Liên thông thử" in page and "Chờ kết quả: Thủ tục thử nghiệm." in page
    other = factories.make_other_agency()
    Dossier.objects.filter(pk=first.pk).update(agency=other)  # the third one is still hers
    page = text(browser.get("/quan-tri/dieu-hanh/lien-thong/"))
    assert f"/quan-tri/ho-so/{first.code}/" not in page and other.name in page


def test_a_leader_sees_no_bundle_for_a_draft_that_nobody_sent(whole: ProcedureVersion) -> None:
    bundle = send(whole, purpose="Hai việc")
    first = decide(part(bundle, "first").dossier, number="")
    bundles.go_on()
    second = part(bundle, "second").dossier
    assert second is not None and second.state == DossierState.DRAFT and second.agency == factories.make_agency()
    Dossier.objects.filter(pk=first.pk).update(agency=factories.make_other_agency())
    leader = factories.make_official(factories.make_agency(), MembershipRole.LEADER)
    page = text(signed_in(with_second_factor(leader)).get("/quan-tri/dieu-hanh/lien-thong/"))
    assert "Liên thông thử" not in page and bundle.applicant_name not in page


def test_a_bundle_that_cannot_be_read_holds_up_no_other(whole: ProcedureVersion) -> None:
    broken, sound = send(whole), send(whole)
    for bundle in (broken, sound):
        decide(part(bundle, "first").dossier)
    BundleFiling.objects.filter(pk=broken.pk).update(definition={"nodes": [{"key": "x", "of_another_release": 1}]})
    bundles.go_on()
    assert part(broken, "second").dossier is None and part(sound, "second").dossier is not None


LINKED = [
    (
        "3.000722",
        ["1.001193", "1.004222", "1.001939", "1.014062"],
        {"want_card": True, "birth_case": "ordinary", "birth_proof": "electronic", "child_date_of_birth": "2026-11-01"},
        "KQ.G15.000031",
    ),
    ("2.002913", ["1.000656", "1.003197", "1.001731"], {"benefit_group": "social_assistance"}, "KQ.G15.000034"),
]


@pytest.mark.parametrize(("code", "parts", "answers", "result_type"), LINKED)
def test_the_carried_bundles_go_all_the_way_through(
    code: str, parts: list[str], answers: dict[str, Any], result_type: str
) -> None:
    reference = Reference()
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
            drafts.attach_upload(draft.public_id, actor=actor, component=component, content=picture, name="g.png")
    bundle = bundle_filing.submit(draft.public_id, actor=actor, procedure_code=code)
    assert list(bundle.parts.values_list("procedure_code", flat=True)) == parts
    first = part(bundle, "registration").dossier
    assert first is not None and first.agency == committee
    decide(first, result_type=result_type)
    bundles.go_on()
    later = [one.dossier for one in bundle.parts.exclude(node="registration").select_related("dossier__agency")]
    assert [one.state if one else None for one in later] == [DossierState.SUBMITTED] * len(later)
    assert {one.components.get(from_store=True).document.type.code for one in later if one} == {result_type}
