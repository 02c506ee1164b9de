"""A dossier filed for an organisation: its members see it, its store gets the papers, who left it does not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from datastore.models import Document
from dossiers import (
    access,
    attaching,
    draft_checks,
    drafts,
    envelope,
    facts,
    filing,
    letters,
    message_files,
    notices,
    services,
)
from dossiers.errors import IncompleteFilingError, ProcedureClosedError
from dossiers.models import Dossier, LetterKind, ResultIssue
from dossiers.partners import result_files
from dossiers.results import content
from payments.models import PaymentOrder
from portal.accounts.models import OrganisationMember, OrganisationRole
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.notifications.models import Message
from procedures import publication, version_rows
from procedures.eforms.prefilling import EARLIER
from procedures.models import ProcedureVersion
from procedures.packs import REFERENCE, own_reference, read_pack
from tests import factories
from tests.datastore.conftest import make_pdf
from tests.dossiers import form_fields
from tests.dossiers.filing_pages import signed_in, status_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    return factories.make_company()


@pytest.fixture
def clerk(company):
    return factories.make_member(company)


@pytest.fixture
def draft(clerk, company):
    factories.make_agency()
    version = factories.make_version(audience=["organisation"])
    actor = Actor.citizen(clerk)
    draft = drafts.start(version, actor=actor, organisation=company)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
    drafts.save_answers(
        draft.public_id, actor=actor, answers={"full_name": clerk.display_name, "purpose": "Thử"}, step="x"
    )
    (component,) = version.components.all()
    attaching.attach_upload(
        draft.public_id, actor=actor, component=component, content=factories.png("giấy"), name="giay.png"
    )
    return draft


@pytest.fixture
def dossier(draft, clerk):
    return filing.submit(draft.public_id, actor=Actor.citizen(clerk))


def test_the_first_page_asks_for_whom(company, clerk):
    factories.make_agency()
    version = factories.make_version(audience=["organisation"])
    client, address = signed_in(clerk), f"/nop-ho-so/{version.procedure.code}/"
    page = client.get(address).content.decode()
    assert f'value="{company.pk}" checked>' in page, "what is for organisations only is filed for one, unless she says"
    assert client.post(address, {"to-chuc": ""}).status_code == 302
    assert client.post(address, {"to-chuc": str(company.pk)}).status_code == 302
    mine, theirs = Dossier.objects.filter(filer=clerk).order_by("id")
    assert (mine.organisation, theirs.organisation) == (None, company), "one draft for each, none taken for the other"
    page = client.get(f"{address}{theirs.public_id}/noi-nop/").content.decode()
    assert f"Bạn đang nộp thay {company.name}" in page
    other = factories.make_company("Khác", tax_code="0100109107")
    for chosen in (str(other.pk), "x"):
        assert client.post(address, {"to-chuc": chosen}).status_code == 404
    OrganisationMember.objects.filter(user=clerk).update(role=OrganisationRole.READER)
    assert company.name not in client.get(address).content.decode()
    assert client.post(address, {"to-chuc": str(company.pk)}).status_code == 403


@pytest.mark.parametrize("chosen", [0, 1])
def test_of_two_companies_the_one_filed_for_fills_the_form_and_says_so(clerk, company, chosen):
    factories.make_agency()
    other = factories.make_company("Công ty Khác", tax_code="0100109201")
    other.commune_code, other.address_line = "00073", "Số 8 phố Thử"
    other.save()
    factories.make_member(other, clerk)
    keys = {"name": "text", "tax_code": "tax_code", "head_office": "address"}
    asked = [form_fields.field(f"org_{key}", kind, prefill=f"organisation.{key}") for key, kind in keys.items()]
    version = factories.make_version(
        audience=["organisation"], form=form_fields.form(form_fields.page("noi-dung", *asked))
    )
    client, address = signed_in(clerk), f"/nop-ho-so/{version.procedure.code}/"
    organisation = (company, other)[chosen]
    assert client.post(address, {"to-chuc": str(organisation.pk)}).status_code == 302
    draft = Dossier.objects.get(filer=clerk, organisation=organisation)
    shown = client.get(f"{address}{draft.public_id}/noi-dung/").content.decode()
    assert f'value="{organisation.name}"' in shown and f'value="{organisation.tax_code}"' in shown
    known = len(keys) if chosen else len(keys) - 1
    assert shown.count("Từ tài khoản định danh tổ chức") == known, "the first one names no seat"
    english = client.get(f"/en{address}{draft.public_id}/noi-dung/").content.decode()
    assert english.count("From the organisation’s identity account") == known
    place = {"province_code": "01", "commune_code": "00073", "line": "Số 8 phố Thử"}
    assert draft.answers.get("org_head_office") == (place if chosen else None)


def test_what_only_persons_may_file_is_neither_offered_nor_begun_for_an_organisation(company, clerk):
    """The catalogue names organisations among the applicants; the law has persons only (NĐ 168/2025/NĐ-CP)."""
    factories.make_agency()
    pack = read_pack(REFERENCE / "procedures" / "1.001612.yaml", own_reference())
    assert version_rows.audience_of(pack) == ["citizen", "organisation"], "as published"
    version = factories.make_version(audience=["citizen", "organisation"], sheet={"persons_only": {"vi": "Cá nhân."}})
    client, address = signed_in(clerk), f"/nop-ho-so/{version.procedure.code}/"
    assert company.name not in client.get(address).content.decode()
    with pytest.raises(ProcedureClosedError, match="dành cho cá nhân"):
        drafts.start(version, actor=Actor.citizen(clerk), organisation=company)
    client.post(address, {"to-chuc": str(company.pk)})
    assert not Dossier.objects.filter(organisation=company).exists()


def test_persons_only_is_said_without_an_audience_too(company, clerk):
    version = factories.make_version(audience=[], sheet={"persons_only": {"vi": "Cá nhân."}})
    with pytest.raises(ProcedureClosedError, match="dành cho cá nhân"):
        drafts.start(version, actor=Actor.citizen(clerk), organisation=company)


def test_a_draft_of_an_organisation_is_not_filed_once_only_persons_may(
    draft, clerk, django_assert_num_queries, django_capture_on_commit_callbacks
):
    """The edition of its day stays valid to the end of the day on which the next one is published."""
    older = ProcedureVersion.objects.get(pk=draft.procedure_version_id)
    newer = ProcedureVersion.objects.get(pk=older.pk)
    newer.pk, newer.number, newer.sheet = None, older.number + 1, {"persons_only": {"vi": "Cá nhân."}}
    newer.save(force_insert=True)
    older.procedure.current = newer
    older.procedure.save(update_fields=["current"])
    with django_capture_on_commit_callbacks(execute=True):
        publication.announce()
    address = f"/nop-ho-so/{draft.procedure_code}/"
    assert f'<a href="{address}">{drafts.FOR_PERSONS}' in told_before_sending(draft, clerk)
    with pytest.raises(IncompleteFilingError) as refused:
        filing.submit(draft.public_id, actor=Actor.citizen(clerk))
    assert refused.value.fields == {"for_persons": [drafts.FOR_PERSONS]}
    version = drafts.version_of(draft)
    with django_assert_num_queries(0):
        assert filing._is_now_for_persons(version)


def told_before_sending(draft, clerk):
    return signed_in(clerk).get(f"/nop-ho-so/{draft.procedure_code}/{draft.public_id}/kiem-tra/").content.decode()


def sent_by(official: Actor, dossier: Dossier) -> Document:
    """The file that an official sends with a message."""
    upload = SimpleUploadedFile("tra-loi.pdf", make_pdf())
    message_files.send(dossier, [upload], actor=official, text="Kèm.", form_token="t", seen=None)
    return Document.objects.get(sent_with__message__dossier=dossier)


def test_what_is_uploaded_and_delivered_lies_in_its_store(dossier, company):
    (paper,) = [row.document for row in dossier.components.all()]
    assert paper.organisation == company
    delivered = result_files.deposit(dossier, make_pdf(), name="ket-qua.pdf")
    assert delivered.organisation == company and delivered.about_name == company.name
    official = factories.official_actor(dossier.agency)
    sent = sent_by(official, dossier)
    assert sent.organisation == company


def test_an_officials_file_goes_to_whose_dossier_it_is(dossier):
    owner = factories.make_citizen("Chủ Hồ Sơ")
    Dossier.objects.filter(pk=dossier.pk).update(owner=owner, organisation=None)
    dossier = Dossier.objects.get(pk=dossier.pk)
    official = factories.official_actor(dossier.agency)
    sent = sent_by(official, dossier)
    assert sent.owner == owner


def test_the_result_names_the_organisation(dossier, company):
    dossier.agency.refresh_from_db()
    work = _work(dossier)
    said = content(dossier, dossier.agency, work)
    assert (said.holder_name, said.holder_id) == (company.name, company.tax_code)
    assert envelope.dossier_payload(dossier)["organisation"] == {"name": company.name, "tax_code": company.tax_code}


def test_members_see_it_and_it_goes_with_the_membership(dossier, clerk, company):
    colleague, stranger = factories.make_member(company, "Đồng Nghiệp"), factories.make_citizen("Người Lạ")
    for member in (clerk, colleague):
        client = signed_in(member)
        assert dossier.code in client.get("/ho-so/").content.decode()
        page = client.get(f"/ho-so/{dossier.code}/").content.decode()
        assert "Nộp thay tổ chức" in page and "Công ty TNHH Mai" in page
    assert signed_in(stranger).get(f"/ho-so/{dossier.code}/").status_code == 404
    factories.end_membership(clerk)
    with pytest.raises(NotFoundError):
        access.get_dossier(dossier.code, actor=Actor.citizen(clerk))
    assert dossier.code not in signed_in(clerk).get("/ho-so/").content.decode()


def test_a_colleague_acts_and_a_reader_does_not(dossier, company):
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    reader = factories.make_member(company, "Người Xem", OrganisationRole.READER)
    colleague = factories.make_member(company, "Đồng Nghiệp")
    page = signed_in(reader).get(f"/ho-so/{dossier.code}/").content.decode()
    assert "/bo-sung/" not in page and "/rut/" not in page
    assert "Nội dung đã khai" not in page, "who only reads does not read what its people declared of themselves"
    assert "Nội dung đã khai" in signed_in(colleague).get(f"/ho-so/{dossier.code}/").content.decode()
    assert signed_in(reader).get(f"/ho-so/{dossier.code}/bo-sung/").status_code == 403
    with pytest.raises(NotAllowedError):
        services.supplement(dossier.code, actor=Actor.citizen(reader), answer="Đây.")
    assert services.supplement(dossier.code, actor=Actor.citizen(colleague), answer="Đây.").state != "x"


def test_a_reader_is_told_that_a_draft_waits_and_not_what_it_says(dossier, company):
    ProcedureVersion.objects.update(draft_days=1)
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    specialist = factories.official_actor(dossier.agency, ActorKind.AGENCY)
    services.start_processing(dossier.code, actor=specialist)
    draft_checks.send_draft(dossier.code, actor=specialist)
    reader = signed_in(factories.make_member(company, "Người Xem", OrganisationRole.READER))
    colleague = signed_in(factories.make_member(company, "Đồng Nghiệp"))
    address = f"/ho-so/{dossier.code}/"
    for page in (address, f"{address}ban-du-thao/"):
        theirs, hers = (who.get(page).content.decode() for who in (colleague, reader))
        assert "draft__rows" in theirs and "Đúng, tôi xác nhận" in theirs
        assert "Bản dự thảo kết quả" in hers and "Người nộp hồ sơ thay tổ chức trả lời ở đây" in hers
        assert "draft__rows" not in hers and "ban-du-thao.pdf" not in hers
    paper = reverse("dossiers:draft_paper", args=[dossier.code])
    assert (colleague.get(paper).status_code, reader.get(paper).status_code) == (200, 403)


def test_letters_that_repeat_what_was_declared_open_to_who_files(dossier, company):
    for letter in dossier.letters.all():
        letters.write(letter)
    letter = dossier.letters.get(kind=LetterKind.SUBMISSION)
    link, file = (
        reverse("datastore:download", args=[letter.document_id]),
        reverse("datastore:file", args=[letter.document.files.get().pk]),
    )
    store = f"?to-chuc={company.pk}"
    for role, opens in ((OrganisationRole.FILER, True), (OrganisationRole.READER, False)):
        client = signed_in(factories.make_member(company, f"Người {role}", role))
        page = client.get(f"/ho-so/{dossier.code}/").content.decode()
        assert letter.get_kind_display() in page and (link in page) is opens
        assert ("mở được các văn bản này" in page) is not opens
        addresses = (link, file, reverse("datastore:detail", args=[letter.document_id]))
        assert [status_of(client, address) < 400 for address in addresses] == [opens] * 3
        packed = b"".join(client.get(reverse("datastore:export") + store).streaming_content)
        assert (f"{dossier.code}-mau-00.pdf".encode() in packed) is opens and b"giay.png" in packed
        assert letter.document.title not in client.get(reverse("datastore:list") + store).content.decode()
        (paper,) = (row.document.files.get() for row in dossier.components.all())
        assert status_of(client, reverse("datastore:file", args=[paper.pk])) == 200, "the organisation's own papers"


def test_who_was_dismissed_meanwhile_does_not_file(draft, clerk):
    factories.end_membership(clerk)
    with pytest.raises(IncompleteFilingError) as caught:
        filing.submit(draft.public_id, actor=Actor.citizen(clerk))
    assert list(caught.value.fields) == ["acting_for"]
    page = signed_in(clerk).post(f"/nop-ho-so/{draft.procedure_code}/{draft.public_id}/kiem-tra/")
    assert page.status_code == 422 and "/to-chuc/" in page.content.decode()


def test_who_was_dismissed_meanwhile_adds_nothing_to_its_store(draft, clerk, company):
    (component,) = draft.procedure_version.components.all()
    factories.end_membership(clerk)
    with pytest.raises(InvalidInputError) as caught:
        attaching.attach_upload(
            draft.public_id, actor=Actor.citizen(clerk), component=component, content=factories.png("b"), name="b.png"
        )
    assert list(caught.value.fields) == ["file"]
    assert Document.objects.filter(organisation=company).count() == 1, "what she brought while she was a member"


def test_what_was_declared_for_it_prefills_its_filings_only(dossier, clerk, company):
    assert facts.facts_of(clerk)[EARLIER] == {}
    assert facts.facts_of(clerk, organisation=company)[EARLIER]["purpose"].value == "Thử"


def test_its_payments_are_seen_by_its_members(dossier, clerk, company):
    now, colleague = timezone.now(), factories.make_member(company, "Đồng Nghiệp")
    order = PaymentOrder.objects.create(
        reference="X" * 18, dossier=dossier, agency=dossier.agency, gateway="demo", amount_vnd=8000, expires_at=now
    )
    assert list(PaymentOrder.objects.of(clerk)) == list(PaymentOrder.objects.of(colleague)) == [order]
    factories.end_membership(clerk)
    assert not PaymentOrder.objects.of(clerk).exists()
    assert not PaymentOrder.objects.of(factories.make_citizen("Người Lạ")).exists()


def test_the_representatives_hear_in_place_of_who_left(dossier, clerk, company):
    boss = factories.make_member(company, "Giám Đốc", OrganisationRole.REPRESENTATIVE)
    factories.end_membership(clerk)
    Message.objects.all().delete()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    services.start_processing(dossier.code, actor=factories.official_actor(dossier.agency, ActorKind.AGENCY))
    heard = Message.objects.filter(reference=dossier.code, channel="inbox")
    assert "dossier.accepted" in notices.NOTICES
    assert set(heard.values_list("recipient", flat=True)) == {boss.pk}


def _work(dossier):
    return ResultIssue(
        dossier=dossier, document_number="12/2026", signer_name="Vũ Minh Châu", approved_at=timezone.now()
    )


def test_documents_of_others_stay_where_they_are(dossier, clerk):
    """What she filed for herself stays hers: nothing of it is the organisation's."""
    own = factories.file_dossier(clerk, dossier.procedure_version)
    assert own.organisation is None
    assert Document.objects.filter(used_in__dossier=own, organisation=None).count() == own.components.count()
