"""Somebody at the counter files for a child, a ward, who gave her a mandate, or an organisation that knows her."""

import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from datastore import services as store
from datastore.models import AccessLog, Digitisation, Document, TrustLevel
from dossiers import counter as counters
from dossiers import for_others, mandates, services
from dossiers.letters import render
from dossiers.models import CounterVisit, Dossier, FilingChannel, Letter, LetterKind
from dossiers.services import Defect
from portal.accounts import representations
from portal.accounts.models import OrganisationRole, Representation, User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import MembershipRole
from portal.core.errors import NotAllowedError
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.desks import SAID, ForAnother
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import text
from tests.dossiers.letter_texts import words
from tests.dossiers.representation_situations import held_of, make_parent
from tests.factories import official_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother(office: Office) -> User:
    return make_parent("Nguyễn Thị Mẹ")


def mandate(clerk: User, *, codes: tuple[str, ...] = (), may_use_store: bool = False) -> Representation:
    """What somebody gave her for a month."""
    principal = factories.make_citizen("Lê Văn Chủ")
    given = mandates.give(principal=principal, procedure_codes=list(codes), days=30, may_use_store=may_use_store)
    return mandates.claim(given.code, user=clerk)


def test_a_parent_files_for_her_child_and_the_dossier_is_the_childs(office: Office, mother: User) -> None:
    counter, held = ForAnother(office, person=mother), held_of(mother)
    page = text(counter.browser.get(counter.visit_url))
    assert "Nộp cho ai?" in page and "Nguyễn Thử Bé" in page and "Cha, mẹ đại diện cho con" in page
    counter.for_person(held)
    page = text(counter.browser.get(counter.visit_url))
    assert "Đang chọn" in page and "Giấy khai sinh 12/2026" in page
    log = AccessLog.objects.filter(owner=held.principal, purpose="Tiếp nhận hồ sơ tại quầy")
    assert [row.reader for row in log] == [office.desk]
    counter.fill()
    check = text(counter.browser.get(f"{counter.base}kiem-tra/"))
    assert "Tại quầy: hồ sơ của Nguyễn Thử Bé, người nộp thay: Nguyễn Thị Mẹ" in check
    assert "Nguyễn Thị Mẹ đã nghe đọc lại" in check or "cho Nguyễn Thị Mẹ nghe" in check, "who stands there is read to"
    filed = counter.submit()
    assert (filed.state, filed.channel, filed.representation) == ("accepted", FilingChannel.DIRECT, held)
    assert (filed.owner, filed.filer, filed.applicant_name) == (held.principal, mother, "Nguyễn Thử Bé")
    assert filed.applicant_phone == mother.citizen.phone, "reached as who filed"
    paper = filed.components.get().document
    assert (paper.owner, paper.representation) == (held.principal, held)
    told = text(counter.browser.get(counter.page_url))
    assert "Nguyễn Thử Bé, người nộp thay: Nguyễn Thị Mẹ" in told and "kho dữ liệu của chủ hồ sơ" in told
    letter = Letter.objects.filter(dossier=filed, kind=LetterKind.RECEIPT).select_related("event").get()
    receipt = words(render(letter, filed))
    for said in (
        "Chủ hồ sơ Nguyễn Thử Bé",
        "dữ liệu điện tử của chủ hồ sơ",
        "Nguyễn Thị Mẹ (cha, mẹ đại diện cho con, theo Giấy khai sinh 12/2026)",
    ):
        assert said in receipt, said
    assert receipt.count("Nguyễn Thị Mẹ") == 2, "she signs it, too"
    assert signed_in(mother).get(f"/ho-so/{filed.code}/").status_code == 200


def test_a_colleague_who_goes_on_with_the_visit_stands_in_the_childs_log_too(office: Office, mother: User) -> None:
    held = held_of(mother)
    first = ForAnother(office, person=mother).for_person(held)
    colleague = with_second_factor(factories.make_official(office.agency, MembershipRole.DESK, "Lý Thị Bàn Bên"))
    second = ForAnother(replace(office, desk=colleague), first.version, person=mother)
    own_url = second.visit_url
    assert second.for_person(held).visit == first.visit, "the same visit, whoever serves"
    second.at(own_url).for_person(held)
    log = AccessLog.objects.filter(owner=held.principal, purpose="Tiếp nhận hồ sơ tại quầy").order_by("pk")
    assert [row.reader for row in log] == [office.desk, colleague], "each once a day"


def test_what_is_begun_for_the_child_is_filled_with_the_childs_data(office: Office, mother: User) -> None:
    counter = ForAnother(office, person=mother).for_person(held_of(mother))
    assert counter.begin().answers["full_name"] == "Nguyễn Thử Bé"


def test_the_desks_draft_is_no_draft_of_hers_at_home_and_her_own_stay_apart(office: Office, mother: User) -> None:
    counter = ForAnother(office, person=mother)
    own_url, own = counter.visit_url, counter.begin()
    childs = counter.for_person(held_of(mother)).begin()
    assert childs.pk != own.pk and childs.filer is None
    assert counter.begin().pk == childs.pk, "gone on with, not begun twice"
    for url, shown, hidden in ((own_url, own, childs), (counter.visit_url, childs, own)):
        page = text(counter.browser.get(url))
        assert str(shown.public_id) in page and str(hidden.public_id) not in page
    assert signed_in(mother).get(f"{counter.base}kiem-tra/").status_code == 404
    assert counter.choose("")["Location"] == own_url, "back to her own visit"
    counter.for_person(held_of(mother))
    assert CounterVisit.objects.filter(representation__isnull=False).count() == 1


def test_an_unfinished_filing_for_her_child_goes_on_another_day(office: Office, mother: User) -> None:
    first = ForAnother(office, person=mother).for_person(held_of(mother))
    draft = first.begin()
    CounterVisit.objects.update(opened_at="2026-01-05T02:00:00Z")
    again = ForAnother(office, first.version, person=mother)
    draft.refresh_from_db()
    assert draft.counter_visit != again.visit, "not her own filing"
    again.for_person(held_of(mother))
    draft.refresh_from_db()
    assert draft.counter_visit == again.visit and again.begin().pk == draft.pk


def test_who_was_just_confirmed_is_among_those_she_files_for(office: Office) -> None:
    counter = ForAnother(office)
    form = {
        "kind": "ward",
        "personal_id": "001219000077",
        "full_name": "Nguyễn Thử Bé",
        "date_of_birth": "04/05/2019",
        "gender": "2",
        "proof": "Trích lục đăng ký giám hộ 03/2026, UBND phường Cửa Nam",
        "until": "",
        "has_seen_proof": "on",
        "seen_warnings": "1",
    }
    assert "Nộp cho ai?" not in text(counter.browser.get(counter.visit_url)), "nobody is known"
    page = text(counter.browser.post(f"{counter.visit_url}dai-dien/", form, follow=True))
    found = re.search(r'name="nop-cho" value="(nguoi-[^"]+)"', page)
    assert found and "Người giám hộ" in page
    filed = counter.at(counter.choose(found.group(1))["Location"]).fill().submit()
    assert (filed.applicant_name, filed.filer) == ("Nguyễn Thử Bé", counter.person)


def test_a_mandate_binds_at_the_counter_as_from_home(office: Office) -> None:
    clerk, other = factories.make_citizen("Trần Thị Thay"), factories.make_version("1.000009")
    counter = ForAnother(office, person=clerk)
    held = mandate(clerk, codes=(counter.version.procedure.code,))
    counter.for_person(held)
    page = text(counter.browser.get(counter.visit_url))
    assert "Người được ủy quyền" in page and counter.version.procedure.code in page
    assert counter.offered(counter.version.procedure.code) and not counter.offered(other.procedure.code)
    refused = text(counter.browser.post(counter.visit_url, {"thu-tuc": other.procedure.code}, follow=True))
    assert "Giấy ủy quyền không gồm thủ tục này" in refused and not Dossier.objects.exists()
    filed = counter.fill().submit()
    heard = Message.objects.filter(recipient=held.principal, channel="inbox", kind__startswith="dossier.")
    assert list(heard.values_list("kind", flat=True)) == ["dossier.submitted"]
    mine = Message.objects.filter(recipient=clerk, channel="inbox", kind="dossier.accepted")
    assert mine.get().link == f"/ho-so/{filed.code}/"


@pytest.mark.parametrize("may_use_store", [True, False])
def test_of_a_principals_store_the_desk_sees_what_who_came_may_use(office: Office, may_use_store: bool) -> None:
    clerk = factories.make_citizen("Trần Thị Thay")
    counter = ForAnother(office, person=clerk)
    held = mandate(clerk, may_use_store=may_use_store)
    papers = [
        store.deposit(
            owner=owner,
            content=make_pdf(),
            name="giay.pdf",
            type_code="GT.KHAC",
            title=title,
            trust="A",
        )
        for owner, title in ((held.principal, "Giấy của chủ"), (clerk, "Giấy của người đến"))
    ]
    counter.for_person(held).begin()
    counter.browser.post(f"{counter.base}noi-nop/", {"province_code": "01", "commune_code": "00073"})
    counter.browser.post(f"{counter.base}noi-dung/", {"full_name": "A", "purpose": "Đi học"})
    page = text(counter.browser.get(f"{counter.base}giay-to/"))
    assert ("Giấy của chủ" in page, "Giấy của người đến" in page) == (may_use_store, True)
    taken = counter.browser.post(f"{counter.base}giay-to/", {"reuse": f"TEST-GIAY|{papers[0].pk}"})
    assert taken.status_code == (302 if may_use_store else 422)


def test_what_was_taken_back_meanwhile_files_nothing(office: Office) -> None:
    clerk = factories.make_citizen("Trần Thị Thay")
    counter = ForAnother(office, person=clerk)
    held = mandate(clerk)
    counter.for_person(held).fill()
    representations.end(held.public_id, user=held.principal)
    refused = counter.browser.post(f"{counter.base}kiem-tra/")
    assert refused.status_code == 403 and "Người ở quầy không còn đại diện cho chủ hồ sơ" in text(refused)
    assert 'href="/quan-tri/tai-quay/"' in text(refused), "where the official looks"
    for step in ("noi-dung", "giay-to", "kiem-tra"):
        assert counter.browser.get(f"{counter.base}{step}/").status_code == 403, "the draft closes as it does at home"
    other = factories.make_version("1.000009").procedure.code
    assert "không còn đại diện" in text(counter.browser.post(counter.visit_url, {"thu-tuc": other}, follow=True))
    assert Dossier.objects.get().state == "draft"
    with pytest.raises(NotAllowedError):
        counters.come_for_person(counter.visit, Representation.objects.get(pk=held.pk), actor=desk(office))
    told = text(counter.browser.get(counter.choose(f"nguoi-{held.public_id}")["Location"]))
    assert "không còn nộp thay được nơi vừa chọn" in told, "the page was drawn before it ended"
    assert "đã đóng: người này không còn nộp thay được" in told and f'href="{counter.base}xoa/"' in told
    thrown = f"{counter.base}xoa/"
    assert "Xóa" in text(counter.browser.get(thrown)) and counter.browser.post(thrown).status_code == 302
    assert not Dossier.objects.exists(), "what nobody may go on with need not lie there"


def desk(office: Office) -> Actor:
    return Actor(kind=ActorKind.DESK, user=office.desk, agency=office.agency, name="Một cửa")


def test_who_represents_no_more_hears_no_more_of_what_she_filed_here(office: Office) -> None:
    clerk = factories.make_citizen("Trần Thị Thay")
    counter = ForAnother(office, person=clerk)
    held = mandate(clerk)
    filed = counter.for_person(held).fill().submit()
    representations.end(held.public_id, user=held.principal)
    Message.objects.all().delete()
    services.stop(filed.code, actor=official_actor(office.agency, ActorKind.AGENCY), reason="Người nộp yêu cầu dừng.")
    assert {row.recipient for row in Message.objects.filter(channel="inbox")} == {held.principal}


def test_what_the_parties_do_themselves_is_neither_offered_nor_begun(office: Office, mother: User) -> None:
    code = sorted(for_others.BY_THE_PARTIES)[0]
    counter = ForAnother(office, factories.make_version(code), person=mother)
    assert counter.offered(code)
    counter.for_person(held_of(mother))
    assert not counter.offered(code)
    told = text(counter.browser.post(counter.visit_url, {"thu-tuc": code}, follow=True))
    assert "Hãy mời chính người ấy đến quầy" in told and not Dossier.objects.filter(procedure_code=code).exists()


def test_a_member_whom_the_portal_knows_needs_no_paper(office: Office) -> None:
    company = factories.make_company()
    clerk = factories.make_member(company)
    counter = ForAnother(office, person=clerk)
    assert "Thành viên của tổ chức trên Cổng" in text(counter.browser.get(counter.visit_url))
    counter.at(counter.choose(str(company.pk))["Location"])
    assert counter.visit.acts_by_words == (
        "Thành viên của tổ chức trên Cổng; Tài khoản của tổ chức trên Cổng: Người nộp hồ sơ"
    )
    assert "Đang chọn" in text(counter.browser.get(counter.visit_url))
    counter.fill()
    factories.end_membership(clerk)
    refused = counter.browser.post(f"{counter.base}kiem-tra/")
    assert refused.status_code == 403, "dismissed meanwhile"
    assert "Người ở quầy không còn được nộp hồ sơ thay tổ chức" in text(refused)
    assert 'href="/quan-tri/tai-quay/"' in text(refused), "where the official looks"
    for step in ("noi-dung", "giay-to", "kiem-tra"):
        assert counter.browser.get(f"{counter.base}{step}/").status_code == 403, "no answer of the firm's is open"
    reader = factories.make_member(company, "Người Chỉ Đọc", OrganisationRole.READER)
    other = ForAnother(office, counter.version, person=reader)
    assert "Công ty TNHH Mai" not in text(other.browser.get(other.visit_url))
    assert other.choose(str(company.pk)).status_code == 403


@pytest.mark.parametrize("value", ["nguoi-", "nguoi-0", "999999", "x", "nguoi-" + "9" * 60])
def test_nobody_else_is_chosen(office: Office, value: str) -> None:
    counter = ForAnother(office)
    assert counter.choose(value).status_code == 404
    assert CounterVisit.objects.count() == 1


def test_somebody_elses_relation_and_another_desk_open_nothing(office: Office, mother: User) -> None:
    counter, held = ForAnother(office), held_of(mother)
    value = f"nguoi-{held.public_id}"
    assert counter.choose(value).status_code == 404
    hers = ForAnother(office, counter.version, person=mother)
    for stranger in (office.foreign_desk, office.specialist, mother):
        assert signed_in(stranger).post(hers.visit_url, {"nop-cho": value}).status_code in {403, 404}
    assert not CounterVisit.objects.filter(representation__isnull=False).exists()


def test_money_at_the_counter_is_the_childs_with_who_paid_it(office: Office, mother: User) -> None:
    counter = ForAnother(office, factories.make_version(fee_vnd=8000), person=mother).for_person(held_of(mother))
    filed = counter.fill().submit()
    assert counter.press(lam="tien-mat", key=counter.key(), **{"so-tien": "8000"}).status_code == 302
    content = filed.payment_orders.get().receipt.content
    assert (content["payer_name"], content["paid_by"]) == ("Nguyễn Thử Bé", "Nguyễn Thị Mẹ")


def test_the_database_knows_no_visit_for_two(office: Office, mother: User) -> None:
    visit = ForAnother(office, person=mother).for_person(held_of(mother)).visit
    more = {"organisation": factories.make_company(), "acts_by": "member", "proof": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterVisit.objects.filter(pk=visit.pk).update(**more)


def awaiting(filed: Dossier, office: Office) -> str:
    """The page at the desk on which a supplement of this dossier is taken."""
    defects = [Defect("TEST-GIAY", "Giấy tờ thử", "Thiếu trang 2")]
    services.request_supplement(filed.code or "", actor=official_actor(office.agency), reason="Thiếu", defects=defects)
    return f"/quan-tri/ho-so/{filed.code}/bo-sung/"


def paper_of(owner: User) -> Document:
    return store.deposit(
        owner=owner, content=make_pdf(7), name="giay.pdf", type_code="GT.KHAC", trust=TrustLevel.UPLOADED
    )


ANSWER = {"answer": "Đã bổ sung.", "has_seen_card": "on"}


def test_what_a_parent_adds_at_the_counter_lies_in_the_childs_store(office: Office, mother: User) -> None:
    counter, held = ForAnother(office, person=mother), held_of(mother)
    counter.for_person(held).fill()
    filed = counter.submit()
    page, hers, childs = awaiting(filed, office), paper_of(mother), paper_of(held.principal)
    shown = text(counter.browser.get(page))
    assert "Nguyễn Thị Mẹ, thay Nguyễn Thử Bé" in shown
    assert f'value="{childs.pk}"' in shown and f'value="{hers.pk}"' not in shown
    digitise = f"/quan-tri/so-hoa/moi/?ho-so={filed.code}&thanh-phan=TEST-GIAY"
    counter.browser.post(digitise, {**SAID, "file": SimpleUploadedFile("quet.pdf", make_pdf(8))})
    assert Digitisation.objects.get().document.owner == held.principal
    brought = SimpleUploadedFile("chup.pdf", make_pdf(9))
    assert counter.browser.post(page, {**ANSWER, "file:0": brought}).status_code == 302
    added = filed.components.get(supplement_round=1).document
    assert (added.owner, added.representation) == (held.principal, held)
    row = AccessLog.objects.get(owner=held.principal, purpose__contains="người mang đến")
    assert row.purpose.endswith("người mang đến: Nguyễn Thị Mẹ") and row.dossier_code == filed.code


def test_whom_the_desk_sees_named_reads_of_it_once_a_day(office: Office, mother: User) -> None:
    held = held_of(mother)
    counter = ForAnother(office, person=mother)
    for _again in range(2):
        assert "Nguyễn Thử Bé" in text(counter.browser.get(counter.visit_url))
    row = AccessLog.objects.get(owner=held.principal)
    assert (row.reader, row.action) == (office.desk, "looked")
    assert row.purpose == "Thấy tên bạn khi tiếp nhận tại quầy Nguyễn Thị Mẹ"


def test_its_representative_hears_who_came_for_the_organisation(office: Office) -> None:
    company = factories.make_company()
    boss = factories.make_member(company, "Trần Văn Chủ", OrganisationRole.REPRESENTATIVE)
    clerk = factories.make_member(company)
    version = factories.make_version()
    for person in (clerk, boss):
        counter = ForAnother(office, version, person=person)
        for _again in range(2):
            assert counter.choose(str(company.pk)).status_code == 302
    told = Message.objects.get(kind="organisation.at_counter", channel="inbox")
    assert told.recipient == boss and str(clerk) in told.body and company.name in told.body
    outside = Message.objects.filter(kind="organisation.at_counter").exclude(channel="inbox")
    assert not [row for row in outside if str(clerk) in row.body]


def test_the_desk_reads_names_of_the_public_pages_and_its_own_level_first(office: Office) -> None:
    of_province, version = factories.make_version("1.000001"), factories.make_version("1.000002")
    named = "THỦ TỤC THỬ NGHIỆM CỦA TỈNH"
    ProcedureVersion.objects.filter(pk=of_province.pk).update(competent_level="province", levels=["province"])
    ProcedureVersion.objects.filter(pk=of_province.pk).update(short_name="", name=named)
    counter = ForAnother(office, version)
    page = text(counter.browser.get(f"{counter.visit_url}?q=thử nghiệm"))
    own, others = page.index('value="1.000002"'), page.index('value="1.000001"')
    assert own < others, "what is decided at a commune comes first at a commune's counter"
    assert "Thử nghiệm của tỉnh" in page and named not in page and "· TEST" not in page
    counter.begin()
    place = text(counter.browser.get(f"{counter.base}noi-nop/"))
    assert "Hồ sơ gửi đến đâu?" in place and "Bạn nộp hồ sơ ở đâu?" not in place


def test_a_mandate_without_the_store_shows_nothing_of_it_at_the_counter_and_its_giver_may_come_herself(
    office: Office, mother: User
) -> None:
    held = mandate(mother)
    counter = ForAnother(office, person=mother).for_person(held)
    counter.fill()
    page, kept = awaiting(counter.submit(), office), paper_of(held.principal)
    shown = text(counter.browser.get(page))
    assert "Nguyễn Thị Mẹ, thay Lê Văn Chủ" in shown and f'value="{kept.pk}"' not in shown
    assert counter.browser.post(page, {**ANSWER, "reuse:0": kept.pk}).status_code == 422
    came = counter.browser.post(page, {"who": held.principal.citizen.personal_id})
    shown = text(counter.browser.get(came["Location"]))
    assert "Bổ sung tại quầy: Lê Văn Chủ<" in shown and f'value="{kept.pk}"' in shown
    assert counter.browser.post(page, {**ANSWER, "reuse:0": kept.pk}).status_code == 302
