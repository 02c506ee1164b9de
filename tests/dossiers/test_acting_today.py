"""Who acts for another person does what she may today, not when she began: stores, letters, two parents."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datastore import services as store
from datastore.models import AccessLog, Document
from dossiers import (
    attaching,
    draft_access,
    facts,
    family,
    filing,
    letter_notices,
    letters,
    picture_files,
    services,
    supplement_senders,
)
from dossiers.errors import IncompleteFilingError
from dossiers.models import Dossier, DossierComponent, LetterKind
from portal.accounts import representations
from portal.accounts.models import Representation, User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import signed_in, status_of
from tests.dossiers.representation_situations import draft_for, held_of, mandate, other_parent

pytestmark = pytest.mark.django_db


def paper(owner: User, title: str = "Giấy trong kho", trust: str = "A", **more: Any) -> Document:
    return store.deposit(
        owner=owner, content=make_pdf(), name="giay.pdf", type_code="GT.KHAC", title=title, trust=trust, **more
    )


def papers_page(person: User, draft: Dossier) -> str:
    address = f"/nop-ho-so/{draft.procedure_code}/{draft.public_id}/giay-to/"
    return str(signed_in(person).get(address).content.decode())


def test_a_mandate_narrowed_closes_the_store_to_the_draft_begun_before(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    kept = paper(principal)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version, with_paper=False)
    assert "Giấy trong kho" in papers_page(clerk, draft)
    mandate(principal, clerk, may_use_store=False)
    draft, actor = Dossier.objects.get(pk=draft.pk), Actor.citizen(clerk)
    assert "Giấy trong kho" not in papers_page(clerk, draft)
    assert not draft_access.may_use_store(draft, actor=actor)
    assert draft_access.stores_open(draft, actor=actor) == [clerk]
    with pytest.raises(InvalidInputError):
        attaching.attach_from_store(
            draft.public_id, actor=actor, component=version.components.get(), document_id=kept.pk
        )
    mandate(principal, clerk, may_use_store=True)
    assert "Giấy trong kho" in papers_page(clerk, draft), "and one given anew with the store opens it again"


def test_what_the_store_says_fills_no_draft_once_it_is_closed(
    principal: User, clerk: User, version: ProcedureVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version)
    monkeypatch.setattr(facts.paper_facts, "by_type", lambda told: {"KQ.TEST#x": "y"})
    known = [facts.facts_for(draft, with_store=draft_access.may_use_store(draft, actor=Actor.citizen(clerk)))]
    mandate(principal, clerk, may_use_store=False)
    known.append(facts.facts_for(draft, with_store=draft_access.may_use_store(draft, actor=Actor.citizen(clerk))))
    assert [bool(row["store"]) for row in known] == [True, False]


def test_a_supplement_looks_into_the_store_by_what_holds_now(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    paper(principal)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version)
    dossier = filing.submit(draft.public_id, actor=Actor.citizen(clerk))
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    address = f"/ho-so/{dossier.code}/bo-sung/"
    assert supplement_senders.by_citizen(clerk, dossier).sees_store
    mandate(principal, clerk, may_use_store=False)
    assert not supplement_senders.by_citizen(clerk, dossier).sees_store
    assert "Giấy trong kho" not in signed_in(clerk).get(address).content.decode()


def test_a_paper_of_a_store_that_was_closed_is_not_filed(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    kept, actor = paper(principal), Actor.citizen(clerk)
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=True), version, with_paper=False)
    component = version.components.get()
    attaching.attach_from_store(draft.public_id, actor=actor, component=component, document_id=kept.pk)
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
    assert [status_of(signed_in(father), f"/kho-du-lieu/{row.pk}/") for row in (lease, mine, result)] == [404, 200, 200]
    assert status_of(signed_in(father), f"/kho-du-lieu/tep/{lease.files.get().pk}/") == 404

    own = draft_for(father, his, version, with_paper=False)
    component, actor = version.components.get(), Actor.citizen(father)
    page = papers_page(father, own)
    assert f'value="{component.code}|{mine.pk}"' in page and f'value="{component.code}|{lease.pk}"' not in page
    with pytest.raises(InvalidInputError):
        attaching.attach_from_store(own.public_id, actor=actor, component=component, document_id=lease.pk)
    DossierComponent.objects.create(
        dossier=own, component_code=component.code, document=lease, name="Giấy", files=[], from_store=True
    )
    with pytest.raises(IncompleteFilingError) as refused:
        filing.submit(own.public_id, actor=actor)
    assert set(refused.value.fields) == {component.code}
    representations.end(held.public_id, user=mother)
    assert status_of(signed_in(father), f"/kho-du-lieu/{lease.pk}/") == 200, "who is left goes on with it"
    assert filing.submit(own.public_id, actor=actor).code


def test_the_same_file_of_both_parents_is_a_paper_of_each(
    mother: User, held: Representation, version: ProcedureVersion
) -> None:
    father = other_parent(held)
    hers, his = (draft_for(person, held_of(person), version).components.get() for person in (mother, father))
    assert hers.document != his.document
    assert status_of(signed_in(father), f"/kho-du-lieu/{his.document_id}/") == 200


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
    opened = [status_of(signed_in(person), f"/kho-du-lieu/{brought.pk}/") for person in (father, mother)]
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


def test_a_representatives_own_paper_is_not_drawn_into_anothers_store(
    principal: User, clerk: User, version: ProcedureVersion
) -> None:
    draft = draft_for(clerk, mandate(principal, clerk, may_use_store=False), version, with_paper=False)
    content, component = SimpleUploadedFile("the.png", factories.png("thẻ")), version.components.get()
    own = store.deposit(
        owner=clerk, content=content, name="the.png", type_code="GT.KHAC", title="Giấy riêng", trust="D"
    )
    actor = Actor.citizen(clerk)
    attaching.attach_from_store(draft.public_id, actor=actor, component=component, document_id=own.pk)
    attaching.attach_upload(
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
