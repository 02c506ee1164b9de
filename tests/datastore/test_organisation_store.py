"""An organisation's store: its members bring, see and use papers by their role, and nobody else does."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from datastore import access, exporting, grants, organisations, pages, reminders, reuse, services, sharing
from datastore.models import Consent, Document, TrustLevel
from portal.accounts.models import OrganisationRole
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.notifications.models import Message
from procedures.models import Component
from tests import factories
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def company(db):
    return factories.make_company()


@pytest.fixture
def boss(make_citizen, company):
    return factories.make_member(company, make_citizen("Trần Thị Giám Đốc"), OrganisationRole.REPRESENTATIVE)


@pytest.fixture
def clerk(make_citizen, company):
    return factories.make_member(company, make_citizen("Lê Thị Văn Thư"))


@pytest.fixture
def licence(deposit, boss, company):
    return deposit(owner=boss, organisation=company, title="Giấy phép của công ty")


def test_members_see_it_and_nobody_else(licence, boss, clerk, stranger, company, signed_in):
    address = reverse("datastore:detail", args=[licence.pk])
    file = reverse("datastore:file", args=[licence.files.get().pk])
    for member in (boss, clerk):
        browser = signed_in(member)
        assert "Công ty TNHH Mai" in browser.get(address).content.decode()
        assert b"".join(browser.get(file).streaming_content).startswith(b"%PDF")
    for where in (address, file, f"{reverse('datastore:list')}?to-chuc={company.pk}"):
        assert signed_in(stranger).get(where).status_code == 404


def test_each_store_lists_its_own(licence, boss, clerk, company, deposit, signed_in):
    deposit(owner=boss, title="Giấy riêng của giám đốc")
    mine = signed_in(boss).get(reverse("datastore:list")).content.decode()
    assert "Giấy riêng của giám đốc" in mine and "Giấy phép của công ty" not in mine and company.name in mine
    theirs = signed_in(clerk).get(f"{reverse('datastore:list')}?to-chuc={company.pk}").content.decode()
    assert "Giấy phép của công ty" in theirs and "Giấy riêng" not in theirs


def test_its_empty_pages_speak_of_the_organisation(clerk, company, signed_in):
    browser, own = signed_in(clerk), f"?to-chuc={company.pk}"
    page = browser.get(reverse("datastore:list") + own).content.decode()
    assert "Kho của tổ chức còn trống" in page and f'href="{reverse("datastore:upload")}{own}"' in page
    nothing = browser.get(f"{reverse('datastore:list')}{own}&q=khongco").content.decode()
    assert f'href="{reverse("datastore:list")}{own}"' in nothing, "all of its papers, not her own"
    assert "Chưa ai xem giấy tờ của tổ chức" in browser.get(reverse("datastore:access_log") + own).content.decode()


def test_a_membership_that_ended_ends_everything(licence, boss, clerk, company, signed_in):
    factories.end_membership(clerk)
    assert signed_in(clerk).get(reverse("datastore:detail", args=[licence.pk])).status_code == 404
    factories.end_membership(boss)
    with pytest.raises(NotFoundError):  # who brought it has no more right to it than others
        access.get_document(licence.pk, actor=Actor.citizen(boss), purpose="")


def test_a_member_adds_to_it_by_the_form(clerk, company, upload_type, signed_in):
    sent = {"file": SimpleUploadedFile("a.pdf", make_pdf()), "type": upload_type.code, "to-chuc": str(company.pk)}
    assert signed_in(clerk).post(reverse("datastore:upload"), sent).status_code == 302
    document = Document.objects.get()
    assert (document.organisation, document.owner) == (company, clerk)
    assert pages.documents(clerk).rows == [] and pages.documents(company).rows == [document]


def test_a_stranger_adds_nothing_to_it(stranger, company, upload_type, signed_in):
    sent = {"file": SimpleUploadedFile("a.pdf", make_pdf()), "type": upload_type.code, "to-chuc": str(company.pk)}
    assert signed_in(stranger).post(reverse("datastore:upload"), sent).status_code == 404
    assert not Document.objects.exists()


def test_only_the_representative_deletes_and_shares(licence, boss, clerk):
    with pytest.raises(NotAllowedError):
        services.delete(licence.pk, Actor.citizen(clerk))
    link = {"purpose": "Nộp ngân hàng", "days": 1, "views": 1, "with_code": False}
    with pytest.raises(NotFoundError):
        sharing.create(licence.pk, actor=Actor.citizen(clerk), **link)
    assert sharing.create(licence.pk, actor=Actor.citizen(boss), **link).share.owner == boss
    services.delete(licence.pk, Actor.citizen(boss))
    assert not pages.documents(licence.organisation).rows


def test_links_end_with_the_right_to_share(licence, boss, clerk, company, deposit):
    facts = {"purpose": "Nộp ngân hàng", "days": 1, "views": 5, "with_code": False}
    made = sharing.create(licence.pk, actor=Actor.citizen(boss), **facts)
    own = sharing.create((paper := deposit(owner=clerk)).pk, actor=Actor.citizen(clerk), **facts)
    tickets = [sharing.ticket(sharing.see(link.token, code="")) for link in (made, own)]
    organisations.hand_over(paper.pk, Actor.citizen(clerk), company)  # a clerk may not share what is the company's
    factories.end_membership(boss)
    for link, ticket in zip((made, own), tickets, strict=True):
        with pytest.raises(NotFoundError):
            sharing.see(link.token, code="")
        with pytest.raises(NotFoundError):
            sharing.seen(ticket)


def test_the_page_offers_each_what_she_may_do(licence, boss, clerk, signed_in):
    address = reverse("datastore:detail", args=[licence.pk])
    share, delete = reverse("datastore:share_new", args=[licence.pk]), reverse("datastore:delete", args=[licence.pk])
    seen = {name: signed_in(user).get(address).content.decode() for name, user in (("boss", boss), ("clerk", clerk))}
    assert share in seen["boss"] and delete in seen["boss"]
    assert share not in seen["clerk"] and delete not in seen["clerk"]


def test_members_file_with_its_papers(licence, clerk, stranger, upload_type):
    component = Component(code="GIAY-PHEP", document_types=[upload_type.code])
    (fit,) = reuse.fitting_documents(clerk, component, on=TODAY())
    assert fit.fits and fit.document == licence
    assert reuse.fitting_documents(stranger, component, on=TODAY()) == []


def test_a_member_hands_over_her_own_paper_once(deposit, clerk, company, stranger, signed_in):
    paper = deposit(owner=clerk)
    address = reverse("datastore:hand_over", args=[paper.pk])
    browser = signed_in(clerk)
    assert company.name in browser.get(address).content.decode()
    with pytest.raises(NotFoundError):
        organisations.hand_over(paper.pk, Actor.citizen(stranger), company)
    assert browser.post(address, {"organisation": str(company.pk)}).status_code == 302
    paper.refresh_from_db()
    assert paper.organisation == company and pages.documents(clerk).rows == []
    assert browser.get(address).status_code == 404
    assert signed_in(stranger).get(address).status_code == 404


def test_a_paper_is_not_handed_to_an_organisation_of_others(deposit, clerk, signed_in):
    paper = deposit(owner=clerk)
    other = factories.make_company("Công ty khác", tax_code="0100109107")
    address = reverse("datastore:hand_over", args=[paper.pk])
    for chosen in (str(other.pk), "x", ""):
        assert signed_in(clerk).post(address, {"organisation": chosen}).status_code == 404
    with pytest.raises(NotFoundError):
        organisations.hand_over(paper.pk, Actor.citizen(clerk), other)


def test_each_store_has_its_own_room(deposit, boss, company, settings):
    settings.STORE_MAX_PAPERS = 1
    deposit(owner=boss)
    deposit(owner=boss, organisation=company)
    for holder in (None, company):
        with pytest.raises(InvalidInputError):
            deposit(owner=boss, organisation=holder)
    assert deposit(owner=boss, organisation=company, trust=TrustLevel.DIGITISED).pk


def test_the_whole_store_leaves_for_members_only(licence, clerk, stranger, company, deposit, signed_in):
    deposit(owner=clerk, title="Giấy riêng")
    content = b"".join(exporting.archive(company))
    assert b"giay-phep-cua-cong-ty" in content and b"giay-rieng" not in content
    address = f"{reverse('datastore:export')}?to-chuc={company.pk}"
    answer = signed_in(clerk).get(address)
    assert answer.status_code == 200 and b"giay-phep" in b"".join(answer.streaming_content)
    assert signed_in(stranger).get(address).status_code == 404


def test_who_looked_is_shown_to_its_members_and_not_to_who_left(
    licence, boss, clerk, company, stranger, signed_in, ward, official_of
):
    grants.grant([licence], agency=ward, dossier_code="H29-1", purpose="Giải quyết hồ sơ")
    access.get_document(licence.pk, actor=official_of(ward), purpose="")
    address = f"{reverse('datastore:access_log')}?to-chuc={company.pk}"
    proof = f"{reverse('datastore:access_proof')}?to-chuc={company.pk}"
    for member in (boss, clerk):
        page = signed_in(member).get(address).content.decode()
        assert "Giấy phép của công ty" in page and ward.name in page
        assert len(signed_in(member).get(proof).json()["waiting"]) == 1
    assert ward.name not in signed_in(boss).get(reverse("datastore:access_log")).content.decode(), "it is none of hers"
    factories.end_membership(boss)
    for outsider in (boss, stranger):
        for url in (address, proof):
            assert signed_in(outsider).get(url).status_code == 404
    assert not pages.accesses(boss).rows, "who brought the paper does not follow it after she left"


def test_its_members_hear_of_what_runs_out_and_who_left_does_not(deposit, boss, clerk, company):
    deposit(owner=clerk, organisation=company, valid_until=TODAY() + timedelta(days=20))
    heard = Message.objects.filter(kind="document.expires_soon", channel="inbox").values_list("recipient", flat=True)
    reminders.remind()
    assert sorted(heard) == sorted([boss.pk, clerk.pk])
    factories.end_membership(clerk)
    reminders.remind(TODAY() + timedelta(days=14))
    assert sorted(heard.all()) == sorted([boss.pk, boss.pk, clerk.pk])


def test_who_files_with_its_paper_consents_and_not_who_brought_it(licence, boss, clerk):
    reuse.record_reuse(licence, "H29-1", "GIAY", ["0" * 64], by=clerk)
    assert Consent.objects.get().owner == clerk
