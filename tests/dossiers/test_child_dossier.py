"""A dossier filed by a parent for a child: whose it is, and what ends it in the middle."""

import pytest
from django.urls import reverse
from django.utils import timezone

from datastore.models import Consent, Document, Reuse
from datastore.results import service as results_service
from dossiers import (
    access,
    attaching,
    drafts,
    envelope,
    facts,
    family,
    filing,
    repeats,
    supplement_senders,
)
from dossiers.errors import IncompleteFilingError, ProcedureClosedError
from dossiers.models import Dossier
from portal.accounts import representations
from portal.accounts.models import EndReason, Representation
from portal.agencies.actors import Actor, ActorKind
from portal.backoffice.workbench import _applicant
from portal.core.errors import NotAllowedError
from portal.indicators import figures, periods
from portal.notifications.models import Message
from procedures.eforms.prefilling import EARLIER
from tests import factories
from tests.backoffice.situations import proven
from tests.dossiers.filing_pages import signed_in
from tests.dossiers.representation_situations import (
    BORN,
    CHILDS_NUMBER,
    came_of_age,
    certificate,
    draft_for,
    other_parent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(mother, held, version):
    return filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))


def test_the_first_page_asks_for_whom(mother, held, child, version):
    client, address = signed_in(mother), f"/nop-ho-so/{version.procedure.code}/"
    page = client.get(address).content.decode()
    assert f'value="nguoi-{held.public_id}"' in page and "cha, mẹ đại diện cho con" in page
    client.post(address, {"to-chuc": ""})
    client.post(address, {"to-chuc": f"nguoi-{held.public_id}"})
    mine, theirs = Dossier.objects.filter(filer=mother, state="draft").order_by("id")
    assert (mine.owner, mine.representation) == (mother, None)
    assert (theirs.owner, theirs.representation) == (child, held), "one draft for each, none taken for the other"
    page = client.get(f"{address}{theirs.public_id}/noi-nop/").content.decode()
    assert "Bạn đang nộp thay Nguyễn Thử Bé" in page
    for wrong in ("nguoi-", "nguoi-x", "nguoi-00000000-0000-4000-8000-000000000000"):
        assert client.post(address, {"to-chuc": wrong}).status_code == 404
    stranger = signed_in(factories.make_citizen("Người Lạ"))
    assert str(held.public_id) not in stranger.get(address).content.decode()
    assert stranger.post(address, {"to-chuc": f"nguoi-{held.public_id}"}).status_code == 404


def test_the_button_of_the_sheet_leads_to_the_question(mother, version):
    code = version.procedure.code
    pressed = signed_in(mother).post(f"/nop-ho-so/{code}/", {"tu-trang-thu-tuc": "1"})
    assert pressed.url == f"/nop-ho-so/{code}/" and not Dossier.objects.filter(state="draft").exists()


@pytest.mark.parametrize("audience", [["organisation"], ["business"]])
def test_what_persons_do_not_file_is_not_filed_for_a_child(mother, held, audience):
    other = factories.make_version("1.000002", audience=audience)
    with pytest.raises(ProcedureClosedError, match="không nộp thay"):
        drafts.start(other, actor=Actor.citizen(mother), representation=held)


def test_what_the_parties_do_themselves_is_not_filed_for_anybody(mother, held):
    marriage = factories.make_version("1.000894", audience=["citizen"])
    with pytest.raises(ProcedureClosedError, match="không nộp thay"):
        drafts.start(marriage, actor=Actor.citizen(mother), representation=held)
    assert str(held.public_id) not in signed_in(mother).get("/nop-ho-so/1.000894/").content.decode()


def test_the_form_is_filled_with_the_childs_facts_and_says_from_where(mother, held):
    known = facts.facts_of_principal(held.principal, filer=mother, with_store=True)
    identity = known["identity"]
    assert (identity["full_name"], identity["personal_id"]) == ("Nguyễn Thử Bé", CHILDS_NUMBER)
    assert identity["source"].startswith("Từ kho dữ liệu: Giấy khai sinh")
    assert identity["phone"].value == "0900000999" and "người đại diện" in identity["phone"].source
    assert "population" not in known and "organisation" not in known
    assert facts.source_words(identity["phone"].source) == identity["phone"].source


def test_what_was_declared_for_a_child_fills_no_filing_of_her_own(dossier, mother, held):
    assert "purpose" not in facts.facts_of(mother)[EARLIER]
    assert facts.facts_of_principal(held.principal, filer=mother, with_store=True)[EARLIER]["purpose"].value == "Đi học"


def test_owner_is_the_child_and_filer_the_parent(dossier, mother, child, held):
    assert (dossier.owner, dossier.filer, dossier.representation) == (child, mother, held)
    assert (dossier.applicant_name, dossier.applicant_id) == ("Nguyễn Thử Bé", CHILDS_NUMBER)
    assert dossier.applicant_phone == "0900000999", "who answers the telephone"
    (paper,) = [row.document for row in dossier.components.all()]
    assert (paper.owner, paper.representation) == (child, held)
    assert envelope.dossier_payload(dossier)["representative"] == {"full_name": "Nguyễn Thị Mẹ", "kind": "child"}
    assert facts.conditions_of(Dossier(filer=mother, owner=mother, representation=held))["digital_citizen"] is False


def test_papers_come_from_both_stores(mother, held, child, version):
    draft = draft_for(mother, held, version, with_paper=False)
    own = Document.objects.get(pk=held.proof_document_id)
    component = version.components.get()
    component.document_types = [family.BIRTH_CERTIFICATE]
    component.save()
    attaching.attach_from_store(draft.public_id, actor=Actor.citizen(mother), component=component, document_id=own.pk)
    filed = filing.submit(draft.public_id, actor=Actor.citizen(mother))
    reuse = Reuse.objects.get(document=own, dossier_code=filed.code)
    assert Consent.objects.get(reuse=reuse).owner == mother, "whose paper it is agreed to it"


def test_figures_count_it_apart_from_help(dossier):
    total = figures.total_of(figures.by_branch(None, figures_period(), timezone.now()))
    assert (total.represented, total.assisted) == (1, 0) and total.received == total.online + 1


def figures_period():
    return periods.offered(timezone.localdate())[0]


def test_the_same_matter_of_parent_and_child_is_no_repetition(dossier, mother, held, version):
    own = drafts.start(version, actor=Actor.citizen(mother))
    again = drafts.start(version, actor=Actor.citizen(mother), representation=held)
    codes, actor = [version.procedure.code], Actor.citizen(mother)
    Dossier.objects.filter(pk__in=[own.pk, again.pk]).update(answers=dossier.answers)
    own, again = Dossier.objects.get(pk=own.pk), Dossier.objects.get(pk=again.pk)
    assert repeats.unfinished_like(own, codes, actor=actor) != dossier
    assert repeats.unfinished_like(again, codes, actor=actor) == dossier


def test_a_draft_is_closed_once_it_holds_no_more_and_says_why(mother, held, version):
    draft = draft_for(mother, held, version)
    client, base = signed_in(mother), f"/nop-ho-so/{version.procedure.code}/{draft.public_id}/"
    came_of_age(held)
    for step in ("noi-nop", "noi-dung", "giay-to", "kiem-tra"):
        page = client.get(f"{base}{step}/")
        assert page.status_code == 403 and "Bạn không còn đại diện cho người này" in page.content.decode()
        main = page.content.decode().partition("<main")[2]
        assert f'href="{reverse("dossiers:representation")}"' in main, "the page it speaks of is one press away"
    assert client.post(f"{base}kiem-tra/").status_code == 403
    assert str(draft.public_id) not in client.get("/ho-so/").content.decode()
    assert str(draft.public_id) not in client.get(f"/nop-ho-so/{version.procedure.code}/").content.decode()
    with pytest.raises(NotAllowedError):
        filing.submit(draft.public_id, actor=Actor.citizen(mother))
    assert Dossier.objects.get(pk=draft.pk).state == "draft"


def test_who_ended_it_between_looking_and_locking_does_not_file(mother, held, version, monkeypatch):
    draft = draft_for(mother, held, version)
    still = filing._problems

    def ended_meanwhile(*args):
        Representation.objects.filter(pk=held.pk).update(ended_at=timezone.now(), end_reason=EndReason.GIVEN_UP)
        return still(*args)

    monkeypatch.setattr(filing, "_problems", ended_meanwhile)
    with pytest.raises(IncompleteFilingError) as caught:
        filing.submit(draft.public_id, actor=Actor.citizen(mother))
    assert list(caught.value.fields) == ["represents"]


def test_the_page_before_sending_locks_nothing_and_sending_does(mother, held, version, monkeypatch):
    """A page is drawn without a transaction, where PostgreSQL locks no row."""
    draft = draft_for(mother, held, version)
    locked, lock = [], representations.lock_in_force
    monkeypatch.setattr(representations, "lock_in_force", lambda *args: locked.append(args) or lock(*args))
    base = f"/nop-ho-so/{version.procedure.code}/{draft.public_id}/"
    page = signed_in(mother).get(f"{base}kiem-tra/")
    assert page.status_code == 200 and not page.context["problems"] and locked == []
    assert "đã nghe đọc lại" not in page.content.decode(), "a mother at home declares for herself"
    assert signed_in(mother).post(f"{base}kiem-tra/").status_code == 302
    assert locked == [(mother.pk, held.principal_id, version.procedure.code)]


def test_adding_anew_opens_the_draft_again(mother, held, version):
    draft = draft_for(mother, held, version)
    representations.end(held.public_id, user=mother)
    again = family.add(mother, held.proof_document_id)
    assert again != held
    filed = filing.submit(draft.public_id, actor=Actor.citizen(mother))
    assert filed.representation == again
    assert access.get_dossier(filed.code, actor=Actor.citizen(mother)) == filed


def test_after_the_last_day_a_new_one_may_be_opened(mother, held):
    came_of_age(held)
    newer, is_new = representations.open_by_paper(
        parent=mother, child=held.principal, born=BORN, document_id=held.proof_document_id, words="Giấy khai sinh"
    )
    held.refresh_from_db()
    assert is_new and newer != held and held.end_reason == EndReason.RENEWED


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_revoked_or_replaced_certificate_ends_it_and_the_parent_is_told(is_replaced, mother, held, dossier):
    paper = Document.objects.get(pk=held.proof_document_id)
    proven(paper, "a-birth")
    if is_replaced:
        results_service.replace(paper.pk, by=certificate(mother, mother=mother), reason="Cải chính")
    else:
        results_service.revoke(paper.pk, reason="Sai")
    held.refresh_from_db()
    assert held.ended_at
    assert held.end_reason == EndReason.PAPER_ENDED
    assert Message.objects.filter(recipient=mother, kind="representation.ended", channel="inbox").exists()
    assert signed_in(mother).get(f"/ho-so/{dossier.code}/").status_code == 404


def test_officials_read_who_filed_for_whom(dossier, child):
    found = access.get_dossier(dossier.code, actor=factories.official_actor(dossier.agency, ActorKind.AGENCY))
    told = _applicant(found, is_revealed=False)
    assert told["represented_by"] == "Nguyễn Thị Mẹ, cha, mẹ đại diện cho con"
    assert told["represented_on"] == "Giấy khai sinh 12/2026"


def test_at_the_counter_a_supplement_is_taken_from_who_still_represents(dossier, mother, held):
    assert supplement_senders.expected_at_counter(dossier) == mother
    father = other_parent(held)
    representations.end(held.public_id, user=mother)
    assert supplement_senders.expected_at_counter(Dossier.objects.get(pk=dossier.pk)) == father
