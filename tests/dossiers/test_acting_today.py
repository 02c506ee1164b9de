"""Who acts for another person does what she may today: mandates taken back or narrowed, two parents, minors, money."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datastore import services as store
from datastore.models import AccessLog, Document
from dossiers import (
    access,
    drafts,
    facts,
    family,
    filing,
    letter_notices,
    letters,
    mandates,
    picture_files,
    services,
    supplement_answers,
)
from dossiers.errors import IncompleteFilingError, ProcedureClosedError
from dossiers.models import Dossier, DossierComponent, LetterKind
from payments import cash, receipts
from payments import services as payments
from payments.models import PaymentOrder, Receipt
from portal.accounts import people, representations
from portal.accounts.models import CitizenProfile, Representation, User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Membership
from portal.core.errors import InvalidInputError, NotAllowedError
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import signed_in
from tests.dossiers.representation_situations import (
    BORN,
    CHILDS_NUMBER,
    certificate,
    draft_for,
    held_of,
    make_parent,
    other_parent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: None) -> ProcedureVersion:
    factories.make_agency()
    return factories.make_version(audience=["citizen"])


@pytest.fixture
def principal(version: ProcedureVersion) -> User:
    return factories.make_citizen("Lê Văn Chủ")


@pytest.fixture
def clerk(version: ProcedureVersion) -> User:
    return factories.make_citizen("Trần Thị Thay", phone="0900000777")


@pytest.fixture
def mother(version: ProcedureVersion) -> User:
    return make_parent()


@pytest.fixture
def held(mother: User) -> Representation:
    return held_of(mother)


def mandate(principal: User, clerk: User, *, may_use_store: bool) -> Representation:
    given = mandates.give(principal=principal, procedure_codes=[], days=30, may_use_store=may_use_store)
    return mandates.claim(given.code, user=clerk)


def paper(owner: User, title: str = "Giấy trong kho", trust: str = "A", **more: Any) -> Document:
    return store.deposit(
        owner=owner, content=make_pdf(), name="giay.pdf", type_code="GT.KHAC", title=title, trust=trust, **more
    )


def status(client: Any, address: str) -> int:
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return int(response.status_code)


def papers_page(person: User, draft: Dossier) -> str:
    address = f"/nop-ho-so/{draft.procedure_code}/{draft.public_id}/giay-to/"
    return str(signed_in(person).get(address).content.decode())


# -- what holds now, not what the draft was begun by


def test_a_mandate_narrowed_closes_the_store_to_the_draft_begun_before(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    kept = paper(principal)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version, with_paper=False)
    assert "Giấy trong kho" in papers_page(clerk, draft)
    mandate(principal, clerk, may_use_store=False)
    draft, actor = Dossier.objects.get(pk=draft.pk), Actor.citizen(clerk)
    assert "Giấy trong kho" not in papers_page(clerk, draft)
    assert not access.may_use_store(draft, actor=actor) and access.stores_open(draft, actor=actor) == [clerk]
    with pytest.raises(InvalidInputError):
        drafts.attach_from_store(draft.public_id, actor=actor, component=version.components.get(), document_id=kept.pk)
    mandate(principal, clerk, may_use_store=True)
    assert "Giấy trong kho" in papers_page(clerk, draft), "and one given anew with the store opens it again"


def test_what_the_store_says_fills_no_draft_once_it_is_closed(
    principal: User, clerk: User, version: ProcedureVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version)
    monkeypatch.setattr(facts.paper_facts, "by_type", lambda told: {"KQ.TEST#x": "y"})
    known = [facts.facts_for(draft, with_store=access.may_use_store(draft, actor=Actor.citizen(clerk)))]
    mandate(principal, clerk, may_use_store=False)
    known.append(facts.facts_for(draft, with_store=access.may_use_store(draft, actor=Actor.citizen(clerk))))
    assert [bool(row["store"]) for row in known] == [True, False]


def test_a_supplement_looks_into_the_store_by_what_holds_now(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    paper(principal)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version)
    dossier = filing.submit(draft.public_id, actor=Actor.citizen(clerk))
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    address = f"/ho-so/{dossier.code}/bo-sung/"
    assert supplement_answers.by_citizen(clerk, dossier).sees_store
    mandate(principal, clerk, may_use_store=False)
    assert not supplement_answers.by_citizen(clerk, dossier).sees_store
    assert "Giấy trong kho" not in signed_in(clerk).get(address).content.decode()


def test_a_paper_of_a_store_that_was_closed_is_not_filed(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    kept, actor = paper(principal), Actor.citizen(clerk)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version, with_paper=False)
    component = version.components.get()
    drafts.attach_from_store(draft.public_id, actor=actor, component=component, document_id=kept.pk)
    mandate(principal, clerk, may_use_store=False)
    with pytest.raises(IncompleteFilingError) as refused:
        filing.submit(draft.public_id, actor=actor)
    (words,) = refused.value.fields[component.code]
    assert "“Giấy trong kho” không còn mở với bạn" in str(words)
    mandate(principal, clerk, may_use_store=True)
    assert filing.submit(draft.public_id, actor=actor).code


def test_the_look_at_submission_does_not_grow_with_the_papers(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version, with_paper=False)
    asked = []
    for number in range(3):
        document = paper(principal, f"Giấy {number}")
        DossierComponent.objects.create(
            dossier=draft, component_code="TEST-GIAY", document=document, name="Giấy", files=[], from_store=True
        )
        attached = list(draft.components.select_related("document"))
        with CaptureQueriesContext(connection) as queries:
            assert filing._no_longer_open(draft, attached) == set()
        asked.append(len(queries))
    assert len(set(asked)) == 1


# -- who pays at the counter, and what she sees of it


def paying(clerk: User, held: Representation) -> Dossier:
    version = factories.make_version("1.000009", fee_vnd=8000, needs_paper=False, audience=["citizen"])
    return filing.submit(draft_for(clerk, held, version).public_id, actor=Actor.citizen(clerk))


def take_cash(dossier: Dossier) -> PaymentOrder:
    desk = factories.official_actor(dossier.agency)
    Membership.objects.filter(user=desk.user).update(takes_cash=True)
    key = payments.new_reference(timezone.now())
    order = cash.take(dossier.code or "", actor=desk, key=key, amount_vnd=8000)
    receipts.write(Receipt.objects.get(order=order))
    return order


def test_cash_is_the_principals_once_the_mandate_is_over(principal: User, clerk: User) -> None:
    held = mandate(principal, clerk, may_use_store=False)
    dossier = paying(clerk, held)
    mandates.end(held.public_id, user=principal)
    order = take_cash(dossier)
    receipt = Receipt.objects.select_related("document").get(order=order)
    assert order.payer == principal
    assert (receipt.content["payer_name"], receipt.content["paid_by"]) == ("Lê Văn Chủ", "")
    assert receipt.document is not None and receipt.document.owner == principal
    assert not PaymentOrder.objects.of(clerk).exists()


def test_cash_for_a_child_is_of_the_parent_who_still_represents(mother: User, held: Representation) -> None:
    dossier, father = paying(mother, held), other_parent(held)
    assert payments.payer_of(dossier, factories.official_actor(dossier.agency)) == mother
    representations.end(held.public_id, user=mother)
    assert take_cash(dossier).payer == father


def test_who_paid_sees_her_money_after_the_mandate(principal: User, clerk: User) -> None:
    held = mandate(principal, clerk, may_use_store=False)
    dossier = paying(clerk, held)
    order = PaymentOrder.objects.create(
        reference="X" * 18,
        dossier=dossier,
        payer=clerk,
        agency=dossier.agency,
        gateway="vnpay",
        amount_vnd=8000,
        expires_at=timezone.now(),
    )
    mandates.end(held.public_id, user=principal)
    assert list(PaymentOrder.objects.of(clerk)) == [order]
    assert signed_in(clerk).get("/thanh-toan/").status_code == 200
    assert signed_in(clerk).get(f"/ho-so/{dossier.code}/").status_code == 404, "the dossier stays closed"


# -- two parents


def test_what_one_parent_uploads_is_not_open_to_the_other(
    mother: User, held: Representation, version: ProcedureVersion
) -> None:
    father, child = other_parent(held), held.principal
    his = held_of(father)
    draft = draft_for(mother, held, version)
    lease = draft.components.get().document
    mine, result = paper(child, "Giấy con tự tải", "D"), paper(child, "Kết quả của con", representation=held)
    page = signed_in(father).get(f"/kho-du-lieu/?nguoi={his.public_id}").content.decode()
    assert "Kết quả của con" in page and "Giấy con tự tải" in page and f"/kho-du-lieu/{lease.pk}/" not in page
    hers = signed_in(mother).get(f"/kho-du-lieu/?nguoi={held.public_id}").content.decode()
    assert f"/kho-du-lieu/{lease.pk}/" in hers
    assert not AccessLog.objects.filter(document=lease, reader=father).exists(), "what was not shown is not said to be"
    assert [status(signed_in(father), f"/kho-du-lieu/{row.pk}/") for row in (lease, mine, result)] == [404, 200, 200]
    assert status(signed_in(father), f"/kho-du-lieu/tep/{lease.files.get().pk}/") == 404

    own = draft_for(father, his, version, with_paper=False)
    component, actor = version.components.get(), Actor.citizen(father)
    page = papers_page(father, own)
    assert f'value="{component.code}|{mine.pk}"' in page and f'value="{component.code}|{lease.pk}"' not in page
    with pytest.raises(InvalidInputError):
        drafts.attach_from_store(own.public_id, actor=actor, component=component, document_id=lease.pk)
    DossierComponent.objects.create(
        dossier=own, component_code=component.code, document=lease, name="Giấy", files=[], from_store=True
    )
    with pytest.raises(IncompleteFilingError) as refused:
        filing.submit(own.public_id, actor=actor)
    assert set(refused.value.fields) == {component.code}
    representations.end(held.public_id, user=mother)
    assert status(signed_in(father), f"/kho-du-lieu/{lease.pk}/") == 200, "who is left goes on with it"
    assert filing.submit(own.public_id, actor=actor).code


def test_the_same_file_of_both_parents_is_a_paper_of_each(
    mother: User, held: Representation, version: ProcedureVersion
) -> None:
    father = other_parent(held)
    hers, his = (draft_for(person, held_of(person), version).components.get() for person in (mother, father))
    assert hers.document != his.document
    assert status(signed_in(father), f"/kho-du-lieu/{his.document_id}/") == 200


def test_what_who_goes_on_adds_is_hers_also_after_the_other_parent_is_back(
    mother: User, held: Representation, version: ProcedureVersion
) -> None:
    dossier = filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))
    father = other_parent(held)
    services.request_supplement(dossier.code or "", actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    representations.end(held.public_id, user=mother)
    address = f"/ho-so/{dossier.code}/bo-sung/"
    (item,) = signed_in(father).get(address).context["items"]
    upload = SimpleUploadedFile("bo-sung.png", factories.png("bổ sung"))
    asked = str(dossier.supplement_requests.get().pk)
    assert signed_in(father).post(address, {"answer": "Đây.", item["field"]: upload, "asked": asked}).status_code == 302
    family.add(mother, held.proof_document_id or 0)
    brought = dossier.components.get(supplement_round=1).document
    assert brought.representation == held_of(father)
    opened = [status(signed_in(person), f"/kho-du-lieu/{brought.pk}/") for person in (father, mother)]
    assert opened == [200, 404], "who brought it, and not the parent who came back"


def test_what_a_representative_reads_of_a_filed_dossier_leaves_a_row(
    mother: User, held: Representation, version: ProcedureVersion
) -> None:
    dossier = filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))
    father, child = other_parent(held), held.principal
    representations.end(held.public_id, user=mother)
    AccessLog.objects.all().delete()
    for _twice in range(2):
        assert signed_in(father).get(f"/ho-so/{dossier.code}/").status_code == 200
    rows = AccessLog.objects.filter(owner=child, document=None)
    assert [(row.reader, row.dossier_code) for row in rows] == [(father, dossier.code)], "once a day"
    assert signed_in(child).get(f"/ho-so/{dossier.code}/").status_code == 200 and rows.count() == 1


def test_a_letter_is_announced_to_the_parent_who_goes_on(
    mother: User, held: Representation, version: ProcedureVersion
) -> None:
    dossier = filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))
    father = other_parent(held)
    representations.end(held.public_id, user=mother)
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    Message.objects.all().delete()
    letter = dossier.letters.exclude(kind=LetterKind.SUBMISSION).get()
    letters.write(letter)
    letter.refresh_from_db()
    letter_notices.tell(letter)
    heard = set(Message.objects.filter(kind=letter_notices.KIND).values_list("recipient", flat=True))
    assert father.pk in heard and mother.pk not in heard


# -- who may give, and what


@pytest.mark.parametrize("years", [None, 17])
def test_who_is_not_of_age_gives_no_mandate(principal: User, years: int | None) -> None:
    born = timezone.localdate() - timedelta(days=years * 365) if years else None
    CitizenProfile.objects.filter(user=principal).update(date_of_birth=born)
    with pytest.raises(NotAllowedError):
        mandates.give(principal=principal, procedure_codes=[], days=7)
    page = signed_in(principal).post("/dai-dien/uy-quyen/", {"scope": "all", "days": "7"})
    assert page.status_code == 422 and "bộ phận một cửa" in page.content.decode()
    assert not Representation.objects.exists()


def test_a_ward_gives_no_mandate(principal: User, clerk: User) -> None:
    today = timezone.localdate()
    Representation.objects.create(
        principal=principal,
        representative=clerk,
        kind="ward",
        valid_from=today,
        proof="official",
        confirmed_by=clerk,
        confirmed_by_name="Cán bộ",
        confirmed_at=timezone.now(),
    )
    with pytest.raises(NotAllowedError):
        mandates.give(principal=principal, procedure_codes=[], days=7)


def test_of_two_codes_taken_up_at_once_the_second_waits(principal: User, clerk: User) -> None:
    given = mandates.give(principal=principal, procedure_codes=[], days=7)
    with CaptureQueriesContext(connection) as queries:
        mandates.claim(given.code, user=clerk)
    locks = [row["sql"] for row in queries if "FOR UPDATE" in row["sql"]]
    assert CitizenProfile._meta.db_table in locks[0], "the claimer's row before any mandate's"


def test_certifying_ones_signature_is_left_to_nobody(principal: User, clerk: User) -> None:
    signature = factories.make_version("2.000884", audience=["citizen"])
    with pytest.raises(InvalidInputError):
        mandates.give(principal=principal, procedure_codes=["2.000884"], days=7)
    held = mandate(principal, clerk, may_use_store=False)
    with pytest.raises(ProcedureClosedError):
        drafts.start(signature, actor=Actor.citizen(clerk), representation=held)


def criminal_record() -> ProcedureVersion:
    said = {"vi": "Phiếu", "en": "Certificate"}
    kind = {"key": "certificate_kind", "type": "text", "label": said}
    form = {"pages": [{"key": "p", "title": said, "groups": [{"key": "g", "title": said, "fields": [kind]}]}]}
    return factories.make_version("3.000333", form=form, needs_paper=False, audience=["citizen"])


@pytest.mark.parametrize(("kind", "is_refused"), [("1", False), ("2", True)])
def test_form_two_of_the_criminal_record_goes_by_no_mandate(
    principal: User, clerk: User, kind: str, is_refused: bool
) -> None:
    version, actor = criminal_record(), Actor.citizen(clerk)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=False), version)
    drafts.save_answers(draft.public_id, actor=actor, answers={"certificate_kind": kind}, step="x")
    problems = filing.problems(Dossier.objects.get(pk=draft.pk), version, timezone.now())
    assert ("certificate_kind" in problems) is is_refused
    if is_refused:
        with pytest.raises(IncompleteFilingError) as refused:
            filing.submit(draft.public_id, actor=actor)
        assert "không ủy quyền" in str(refused.value.fields["certificate_kind"][0])
    else:
        assert filing.submit(draft.public_id, actor=actor).code


def test_a_parent_asks_for_form_two_by_law(mother: User, held: Representation) -> None:
    version, actor = criminal_record(), Actor.citizen(mother)
    draft = draft_for(mother, held, version)
    drafts.save_answers(draft.public_id, actor=actor, answers={"certificate_kind": "2"}, step="x")
    assert "certificate_kind" not in filing.problems(Dossier.objects.get(pk=draft.pk), version, timezone.now())


@pytest.mark.parametrize(("name", "born"), [("Nguyễn Thử Bé", None), ("Hoàng Văn Lạ", BORN)])
def test_a_number_that_is_known_under_another_name_or_without_a_day_is_no_child(
    version: ProcedureVersion, name: str, born: date | None
) -> None:
    people.enter(people.Person(personal_id=CHILDS_NUMBER, full_name=name, date_of_birth=born))
    parent = factories.make_citizen("Lê Thị Mẹ")
    with pytest.raises(InvalidInputError) as refused:
        family.add(parent, certificate(parent, mother=parent).pk)
    assert "bộ phận một cửa" in str(refused.value.fields["child"][0])
    assert not Representation.objects.exists()


def test_the_same_name_in_other_letters_is_the_same_child(version: ProcedureVersion) -> None:
    known = people.enter(people.Person(personal_id=CHILDS_NUMBER, full_name="NGUYỄN THỬ BÉ", date_of_birth=BORN))
    parent = factories.make_citizen("Lê Thị Mẹ")
    assert family.add(parent, certificate(parent, mother=parent).pk).principal == known


# -- what an official draws


def test_a_representatives_own_paper_is_not_drawn_into_anothers_store(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=False), version, with_paper=False)
    content, component = SimpleUploadedFile("the.png", factories.png("thẻ")), version.components.get()
    own = store.deposit(
        owner=clerk, content=content, name="the.png", type_code="GT.KHAC", title="Giấy riêng", trust="D"
    )
    actor = Actor.citizen(clerk)
    drafts.attach_from_store(draft.public_id, actor=actor, component=component, document_id=own.pk)
    drafts.attach_upload(
        draft.public_id, actor=actor, component=component, content=factories.png("chủ"), name="chu.png"
    )
    dossier = filing.submit(draft.public_id, actor=actor)
    desk = factories.official_actor(dossier.agency, ActorKind.DESK)
    hers = dossier.components.exclude(document=own).get().document
    for document, drawn in ((own, 0), (hers, 1)):
        (mark,) = picture_files.marks_of(f"{document.files.get().pk}:1:100,100,300,300")
        pictures, wrong = picture_files.keep(dossier, [], [mark], actor=desk)
        assert (len(pictures), len(wrong)) == (drawn, 1 - drawn)
    assert (
        not Document.objects.filter(owner=principal, title__startswith="Ảnh kèm")
        .exclude(pk=pictures[0].document.pk)
        .exists()
    )
