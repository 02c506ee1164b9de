"""A dossier filed by a parent for a child: whose it is, who reads it, and for how long."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from datastore import represented
from datastore import services as store
from datastore.models import AccessLog, Consent, Document, DocumentStatus, Reuse
from datastore.results import service as results_service
from dossiers import (
    access,
    drafts,
    envelope,
    facts,
    family,
    filing,
    letters,
    notices,
    reminders,
    repeats,
    services,
    supplement_answers,
)
from dossiers.errors import IdentityLevelError, IncompleteFilingError, ProcedureClosedError
from dossiers.models import Dossier, LetterKind, ResultIssue
from dossiers.results import content
from payments.models import PaymentOrder
from portal.accounts import people, representations, vneid
from portal.accounts.models import CitizenProfile, EndReason, Representation
from portal.agencies.actors import Actor, ActorKind
from portal.backoffice.workbench import _applicant
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.indicators import figures, periods
from portal.notifications.models import Message
from procedures.eforms.prefilling import EARLIER
from tests import factories
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import signed_in
from tests.dossiers.representation_situations import (
    BORN,
    CHILDS_NUMBER,
    came_of_age,
    certificate,
    draft_for,
    held_of,
    make_parent,
    other_parent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db):
    factories.make_agency()
    return factories.make_version(audience=["citizen"])


@pytest.fixture
def mother(version):
    return make_parent()


@pytest.fixture
def held(mother):
    return held_of(mother)


@pytest.fixture
def child(held):
    return held.principal


@pytest.fixture
def dossier(mother, held, version):
    return filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))


def status(client, address):
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


# -- the record


def test_a_child_is_made_of_the_certificate_and_nothing_typed(mother, held, child):
    profile = CitizenProfile.objects.get(user=child)
    assert (profile.personal_id, profile.full_name, profile.date_of_birth) == (CHILDS_NUMBER, "Nguyễn Thử Bé", BORN)
    assert profile.is_from_counter and not child.has_usable_password()
    assert (held.kind, held.proof_words, held.valid_to) == ("child", "Giấy khai sinh 12/2026", date(2037, 5, 3))
    assert family.to_add(mother) == [], "what was added is not offered again"


def test_adding_again_is_idle(mother, held):
    again = family.add(mother, held.proof_document_id)
    assert again == held and Representation.objects.count() == 1


def test_the_page_offers_and_adds(version):
    parent = factories.make_citizen("Lê Thị Mẹ")
    paper = certificate(parent, mother=parent)
    client = signed_in(parent)
    page = client.get("/dai-dien/").content.decode()
    assert "Nguyễn Thử Bé" in page and "số 12/2026" in page
    added = client.post("/dai-dien/con/", {"giay-to": str(paper.pk)}, follow=True).content.decode()
    assert "Từ nay bạn nộp hồ sơ thay Nguyễn Thử Bé được." in added and "Đang có hiệu lực" in added
    assert "bản nháp đang viết và kho của con không còn mở với bạn" in added, "what ends is said before the press"
    ended = client.post(f"/dai-dien/{held_of(parent).public_id}/thoi/", follow=True).content.decode()
    assert "Người đại diện tự thôi" in ended and "Nguyễn Thử Bé" in ended, "what is over stays as history"
    assert f"đã thôi ngày {timezone.localdate():%d/%m/%Y}" in ended and "đến hết ngày" not in ended


def test_who_was_confirmed_at_a_desk_is_led_back_there(mother, held):
    Representation.objects.filter(pk=held.pk).update(kind="ward", proof="official", proof_document_id=None)
    page = signed_in(mother).get("/dai-dien/").content.decode()
    assert "mang giấy tờ đến bộ phận một cửa" in page and "thêm con lại từ giấy khai sinh" not in page


def test_anothers_child_is_nobodys_to_add(version, mother):
    stranger = factories.make_citizen("Người Lạ")
    assert (
        signed_in(stranger).post("/dai-dien/con/", {"giay-to": str(held_of(mother).proof_document_id)}).status_code
        == 404
    )
    for typed in ("", "x", "0", str(2**70)):
        assert signed_in(stranger).post("/dai-dien/con/", {"giay-to": typed}).status_code == 404
    grandmother = factories.make_citizen("Nguyễn Thị Bà")
    paper = certificate(grandmother, mother=mother)  # who filed for the certificate is no parent for that
    assert family.to_add(grandmother) == []
    with pytest.raises(NotFoundError):
        family.add(grandmother, paper.pk)
    with pytest.raises(NotFoundError):
        representations.end(held_of(mother).public_id, user=stranger)


@pytest.mark.parametrize("standing", [DocumentStatus.REVOKED, DocumentStatus.REPLACED, DocumentStatus.DELETED])
def test_a_certificate_that_counts_no_more_makes_no_child(version, standing):
    parent = factories.make_citizen("Lê Thị Mẹ")
    paper = certificate(parent, mother=parent)
    Document.objects.filter(pk=paper.pk).update(status=standing)
    with pytest.raises(NotFoundError):
        family.add(parent, paper.pk)


def test_what_somebody_uploaded_herself_makes_no_child(version):
    parent = factories.make_citizen("Lê Thị Mẹ")
    paper = certificate(parent, mother=parent)
    Document.objects.filter(pk=paper.pk).update(trust="D")
    assert family.to_add(parent) == []


def test_who_is_of_age_or_of_level_one_is_refused(version):
    parent = factories.make_citizen("Lê Thị Mẹ")
    grown = certificate(parent, mother=parent, born=timezone.localdate().replace(day=1) - timedelta(days=18 * 366))
    with pytest.raises(NotFoundError):
        family.add(parent, grown.pk)
    low = factories.make_citizen("Mức Một", level=1)
    CitizenProfile.objects.filter(user=low).update(identity_level=2)
    paper = certificate(low, mother=low)
    CitizenProfile.objects.filter(user=low).update(identity_level=1)
    with pytest.raises(IdentityLevelError):
        family.add(low, paper.pk)


def test_a_number_that_is_somebody_elses_is_refused(version):
    other = factories.make_citizen("Người Khác")
    number = CitizenProfile.objects.get(user=other).personal_id
    parent = factories.make_citizen("Lê Thị Mẹ")
    with pytest.raises(InvalidInputError):
        family.add(parent, certificate(parent, mother=parent, number=number).pk)
    assert not Representation.objects.exists()


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2010, 6, 15), date(2028, 6, 14)),
        (date(2012, 2, 29), date(2030, 2, 28)),
        (date(2014, 1, 1), date(2031, 12, 31)),
    ],
)
def test_childhood_ends_before_the_eighteenth_birthday(born, last):
    assert representations.childhood_ends_on(born) == last


def test_the_database_refuses_what_cannot_be(mother, held, child):
    row = Representation.objects.values().get(pk=held.pk)
    fresh = {**row, "id": None, "public_id": "00000000-0000-4000-8000-000000000001"}
    wrong = [
        {},  # a second open one of this pair and kind
        {"principal_id": mother.pk},
        {"kind": "ward", "valid_to": timezone.localdate() - timedelta(days=1)},
        {"kind": "ward", "ended_at": timezone.now()},
        {"kind": "ward", "end_reason": "given_up"},
        {"kind": "ward", "proof_document_id": None},
        {"kind": "ward", "representative_id": None},
        {"ended_at": timezone.now(), "end_reason": "given_up", "valid_to": None},
    ]
    for changes in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Representation.objects.create(**{**fresh, **changes})


def test_a_child_who_signs_in_owns_the_record(held, child, dossier, mother):
    """The same number with VNeID: the account nobody signed in to becomes hers, with what was filed for her."""
    claims = vneid.parse_claims(
        {"SoDinhDanh": CHILDS_NUMBER, "HoVaTen": "Nguyễn Thử Bé", "birthdate": BORN.isoformat(), "acr": "2"}
    )
    found = vneid.find_user(claims)
    assert found == child
    profile = vneid.refresh_profile(child, claims)
    assert not profile.is_from_counter and not profile.from_paper
    page = signed_in(child).get(f"/ho-so/{dossier.code}/").content.decode()
    assert "Người nộp thay" in page and "Nguyễn Thị Mẹ" in page
    assert "Nguyễn Thị Mẹ" in signed_in(child).get("/dai-dien/").content.decode()
    with pytest.raises(NotAllowedError):  # a minor does not end what the law says
        representations.end(held.public_id, user=child)
    assert people.find(CHILDS_NUMBER) == child


def test_who_has_an_account_hears_that_somebody_acts_for_her(version):
    parent, teenager = factories.make_citizen("Lê Thị Mẹ"), factories.make_citizen("Lê Thử Con")
    CitizenProfile.objects.filter(user=teenager).update(date_of_birth=BORN)
    number = CitizenProfile.objects.get(user=teenager).personal_id
    held = family.add(parent, certificate(parent, mother=parent, number=number, name="Lê Thử Con").pk)
    assert held.principal == teenager
    assert Message.objects.filter(recipient=teenager, kind="representation.began", channel="inbox").count() == 1


# -- filing


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
    drafts.attach_from_store(draft.public_id, actor=Actor.citizen(mother), component=component, document_id=own.pk)
    filed = filing.submit(draft.public_id, actor=Actor.citizen(mother))
    reuse = Reuse.objects.get(document=own, dossier_code=filed.code)
    assert Consent.objects.get(reuse=reuse).owner == mother, "whose paper it is agreed to it"


def test_figures_count_it_apart_from_help(dossier):
    total = figures.total_of(figures.by_branch(None, figures_period(), timezone.now()))
    assert (total.represented, total.assisted) == (1, 0) and total.received == total.online + 1


def figures_period():
    return periods.offered(timezone.localdate())[0]


# -- who reads it


def test_the_parent_reads_and_acts_while_it_holds(dossier, mother, held, child):
    code, client = dossier.code, signed_in(mother)
    assert code in client.get("/ho-so/").content.decode()
    page = client.get(f"/ho-so/{code}/").content.decode()
    assert "Chủ hồ sơ" in page and "Nguyễn Thử Bé" in page and "Nội dung đã khai" in page
    services.request_supplement(code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    assert client.get(f"/ho-so/{code}/bo-sung/").status_code == 200
    came_of_age(held)
    for address in (f"/ho-so/{code}/", f"/ho-so/{code}/bo-sung/", f"/ho-so/{code}/rut/"):
        assert client.get(address).status_code == 404
    assert code not in client.get("/ho-so/").content.decode()
    with pytest.raises(NotFoundError):
        services.supplement(code, actor=Actor.citizen(mother), answer="Đây.")
    assert signed_in(child).get(f"/ho-so/{code}/").status_code == 200


def test_supplements_lie_in_the_childs_store(dossier, mother, child):
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    page = signed_in(mother).get(f"/ho-so/{dossier.code}/bo-sung/")
    (item,) = page.context["items"]
    sent = signed_in(mother).post(
        f"/ho-so/{dossier.code}/bo-sung/",
        {"answer": "Đây.", item["field"]: upload(), "asked": str(dossier.supplement_requests.get().pk)},
    )
    assert sent.status_code == 302
    brought = dossier.components.filter(supplement_round=1).get().document
    assert (brought.owner, brought.organisation) == (child, None)


def upload():
    return SimpleUploadedFile("bo-sung.png", factories.png("bổ sung"))


def test_two_parents_read_the_childs_store_and_not_each_others_filings(dossier, mother, held, child):
    father = other_parent(held)
    assert held_of(father).principal == child, "one child, whoever added her"
    assert signed_in(father).get(f"/ho-so/{dossier.code}/").status_code == 404
    (letter, listed) = _letter(dossier), _listed(child, dossier)
    for person, letters_open in ((mother, True), (father, False)):
        client = signed_in(person)
        assert (status(client, reverse("datastore:detail", args=[letter.pk])) == 200) is letters_open
        assert status(client, reverse("datastore:detail", args=[listed.pk])) == 200


def test_who_is_left_takes_over_what_the_other_parent_began(dossier, mother, held):
    father = other_parent(held)
    representations.end(held.public_id, user=mother)
    assert signed_in(mother).get(f"/ho-so/{dossier.code}/").status_code == 404
    assert signed_in(father).get(f"/ho-so/{dossier.code}/").status_code == 200
    assert status(signed_in(father), reverse("datastore:detail", args=[_letter(dossier).pk])) == 200
    Message.objects.all().delete()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    heard = Message.objects.filter(reference=dossier.code, channel="inbox")
    assert set(heard.values_list("recipient", flat=True)) == {father.pk}
    assert [person.pk for person in reminders._whose_turn(Dossier.objects.get(pk=dossier.pk))] == [father.pk]


def test_nobody_left_means_the_child_hears(dossier, mother, held, child):
    representations.end(held.public_id, user=mother)
    Message.objects.all().delete()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    heard = Message.objects.filter(reference=dossier.code, channel="inbox")
    assert "dossier.accepted" in notices.NOTICES
    assert set(heard.values_list("recipient", flat=True)) == {child.pk}


def _letter(dossier):
    for row in dossier.letters.all():
        letters.write(row)
    return dossier.letters.get(kind=LetterKind.SUBMISSION).document


def _listed(child, dossier):
    return store.deposit(
        owner=child,
        content=make_pdf(),
        name="ket-qua.pdf",
        type_code="KQ.TEST",
        title="Kết quả của con",
        trust="A",
        issuer=dossier.agency,
        dossier_code=dossier.code,
        procedure_code=dossier.procedure_code,
        representation=dossier.representation,
    )


def test_the_childs_store_opens_to_the_parent_and_closes_with_the_day(dossier, mother, held, child):
    result, client = _listed(child, dossier), signed_in(mother)
    store = f"/kho-du-lieu/?nguoi={held.public_id}"
    page = client.get(store).content.decode()
    assert "Kho dữ liệu của Nguyễn Thử Bé" in page and "Kết quả của con" in page
    file = reverse("datastore:file", args=[result.files.get().pk])
    assert status(client, file) == 200
    assert client.get(f"/kho-du-lieu/{result.pk}/chia-se/").status_code == 404
    assert client.get(f"/kho-du-lieu/{result.pk}/xoa/").status_code == 404
    assert client.post(f"/kho-du-lieu/{result.pk}/xoa/").status_code == 404
    seen = AccessLog.objects.filter(owner=child, document=result)
    assert {row.reader for row in seen} == {mother} and {row.reader_name for row in seen} == {"Nguyễn Thị Mẹ"}
    looked = seen.filter(purpose="Xem với tư cách người đại diện", action="looked").count()
    client.get(store)
    assert seen.filter(purpose="Xem với tư cách người đại diện", action="looked").count() == looked, "once a day"
    assert "Nguyễn Thị Mẹ" in signed_in(child).get("/kho-du-lieu/ai-da-xem/").content.decode()
    came_of_age(held)
    assert client.get(store).status_code == 404
    assert status(client, file) == 404 and client.get(f"/kho-du-lieu/{result.pk}/").status_code == 404
    assert str(held.public_id) not in client.get("/kho-du-lieu/").content.decode()


def test_a_strangers_key_opens_no_store(held):
    stranger = signed_in(factories.make_citizen("Người Lạ"))
    for typed in (str(held.public_id), "x", "1"):
        assert stranger.get(f"/kho-du-lieu/?nguoi={typed}").status_code == 404


def test_payments_follow_the_dossier(dossier, mother, held, child):
    order = PaymentOrder.objects.create(
        reference="X" * 18,
        dossier=dossier,
        payer=mother,
        agency=dossier.agency,
        gateway="demo",
        amount_vnd=8000,
        expires_at=timezone.now(),
    )
    assert list(PaymentOrder.objects.of(mother)) == list(PaymentOrder.objects.of(child)) == [order]
    representations.end(held.public_id, user=mother)
    assert list(PaymentOrder.objects.of(child)) == [order]
    assert list(PaymentOrder.objects.of(mother)) == [order], "it was her money, and may come back to her"
    PaymentOrder.objects.update(payer=child)
    assert not PaymentOrder.objects.of(mother).exists(), "what others pay there is not hers to see any more"


def test_letters_and_results_name_both(dossier, mother, child, held):
    letter = dossier.letters.get(kind=LetterKind.SUBMISSION)
    html = render_to_string("dossiers/letters/_who.html", letters.context(letter, dossier))
    assert "<th>Chủ hồ sơ</th><td>Nguyễn Thử Bé</td>" in html
    assert "Nguyễn Thị Mẹ (cha, mẹ đại diện cho con, theo Giấy khai sinh 12/2026)" in html
    dossier.agency.refresh_from_db()
    work = ResultIssue(
        dossier=dossier, document_number="12/2026", signer_name="Vũ Minh Châu", approved_at=timezone.now()
    )
    said = content(dossier, dossier.agency, work)
    assert (said.holder_name, said.holder_id, said.receiver) == ("Nguyễn Thử Bé", CHILDS_NUMBER, "Nguyễn Thị Mẹ")


def test_the_same_matter_of_parent_and_child_is_no_repetition(dossier, mother, held, version):
    own = drafts.start(version, actor=Actor.citizen(mother))
    again = drafts.start(version, actor=Actor.citizen(mother), representation=held)
    codes, actor = [version.procedure.code], Actor.citizen(mother)
    Dossier.objects.filter(pk__in=[own.pk, again.pk]).update(answers=dossier.answers)
    own, again = Dossier.objects.get(pk=own.pk), Dossier.objects.get(pk=again.pk)
    assert repeats.unfinished_like(own, codes, actor=actor) != dossier
    assert repeats.unfinished_like(again, codes, actor=actor) == dossier


# -- what happens in the middle


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


def test_a_revoked_certificate_ends_it_and_the_parent_is_told(mother, held, child, dossier):
    represented.paper_ended(Document.objects.get(pk=held.proof_document_id))
    held.refresh_from_db()
    assert held.end_reason == EndReason.PAPER_ENDED
    assert Message.objects.filter(recipient=mother, kind="representation.ended", channel="inbox").exists()
    assert signed_in(mother).get(f"/ho-so/{dossier.code}/").status_code == 404


def test_revoking_and_replacing_reach_it(monkeypatch, mother, held):
    ended = []
    monkeypatch.setattr(results_service.represented, "paper_ended", lambda document: ended.append(document.pk))
    paper = Document.objects.get(pk=held.proof_document_id)
    results_service._set_status(paper, DocumentStatus.REVOKED, "Sai")
    assert ended == [paper.pk]


def test_officials_read_who_filed_for_whom(dossier, child):
    found = access.get_dossier(dossier.code, actor=factories.official_actor(dossier.agency, ActorKind.AGENCY))
    told = _applicant(found, is_revealed=False)
    assert told["represented_by"] == "Nguyễn Thị Mẹ, cha, mẹ đại diện cho con"
    assert told["represented_on"] == "Giấy khai sinh 12/2026"


def test_at_the_counter_a_supplement_is_taken_from_who_still_represents(dossier, mother, held):
    assert supplement_answers.expected_at_counter(dossier) == mother
    father = other_parent(held)
    representations.end(held.public_id, user=mother)
    assert supplement_answers.expected_at_counter(Dossier.objects.get(pk=dossier.pk)) == father
