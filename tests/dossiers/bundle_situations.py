"""Linked procedures in tests: three made-up ones, their declaration, and a decision on a part."""

from typing import Any

from django.utils import timezone

from datastore import services as datastore
from datastore.models import TrustLevel
from dossiers import attaching, bundle_filing, drafts, services
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, BundlePart, Dossier, ResultIssue
from portal.agencies.actors import Actor, ActorKind
from procedures.models import Bundle, Component, ProcedureVersion
from tests import factories

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


def linked() -> ProcedureVersion:
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
        attaching.attach_upload(
            draft.public_id, actor=actor, component=component, content=factories.png("giấy"), name="giay.png"
        )
    return draft, actor


def send(version: ProcedureVersion, **more: Any) -> BundleFiling:
    """The declaration of somebody new, sent."""
    draft, actor = declare(version, **more)
    return bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)


def decide(
    dossier: Dossier | None, *, number: str = "001226000001", result_type: str = "KQ.TEST", not_charged: str = ""
) -> Dossier:
    """From intake, or where it is accepted from there, to the result in the store; the paper itself is a picture.

    As the back office and its worker do.
    """
    assert dossier is not None and dossier.agency is not None and dossier.owner is not None
    code, agency = dossier.code or "", dossier.agency
    if not Dossier.objects.filter(pk=dossier.pk, state=DossierState.ACCEPTED).exists():
        services.accept(code, actor=factories.official_actor(agency))
    services.start_processing(code, actor=factories.official_actor(agency, ActorKind.AGENCY))
    fields = [("Số định danh cá nhân", number)] if number else []
    leader = factories.official_actor(agency, ActorKind.LEADER)
    services.approve(code, actor=leader, decision=services.Decision(fields=fields), not_charged=not_charged)
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
    """One of its dossiers to be, by its place in the plan."""
    return bundle.parts.select_related("dossier__agency", "dossier__owner").get(node=node)
