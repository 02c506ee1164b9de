"""Somebody at the counter acts for an organisation: its tax code, the paper she acts by, and whose the dossier is."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from datastore.models import Document
from dossiers.letters import render
from dossiers.models import CounterVisit, Dossier, Letter, LetterKind
from portal.accounts import vneid
from portal.accounts.models import Organisation, OrganisationMember, OrganisationRole
from portal.backoffice import views_counter_organisation
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.desks import Counter
from tests.dossiers.filing_pages import text
from tests.dossiers.letter_texts import words

pytestmark = pytest.mark.django_db
PROOF = "Giấy ủy quyền 05/UQ ngày 02/11/2026, giám đốc ký"
FORM = {
    "tax_code": "0100109106",
    "name": "Công ty TNHH Mai",
    "acts_by": "mandate",
    "proof": PROOF,
    "mandate_until": "31/12/2099",
    "has_seen_proof": "on",
}


class CompanysCounter(Counter):
    """A desk with one person before it who came for an organisation."""

    def come_for(self, **changes: str) -> Any:
        return self.browser.post(f"{self.visit_url}to-chuc/", {**FORM, **changes})

    def with_company(self, **changes: str) -> "CompanysCounter":
        response = self.come_for(**changes)
        assert response.status_code == 302, response.content.decode()
        self.visit_url = response["Location"]
        self.visit = CounterVisit.objects.latest("pk")
        return self


@pytest.fixture
def boss() -> Any:
    """The legal representative, whom VNeID named."""
    return factories.make_member(factories.make_company(), "Giám Đốc Mai", OrganisationRole.REPRESENTATIVE)


def test_the_dossier_is_the_organisations_and_names_who_came(office: Office, boss: Any) -> None:
    counter = CompanysCounter(office).with_company()
    page = text(counter.browser.get(counter.visit_url))
    for said in ("Công ty TNHH Mai", "0100109106", "Người được ủy quyền", PROOF, "Mọi thủ tục", "Trần Thị Khách"):
        assert said in page, said
    counter.fill()
    check = text(counter.browser.get(f"{counter.base}kiem-tra/"))
    assert "Tại quầy: hồ sơ của Công ty TNHH Mai, người đến: Trần Thị Khách" in check
    filed = counter.submit()
    company = Organisation.objects.get()
    assert (filed.state, filed.organisation, filed.applicant_name) == ("accepted", company, "Trần Thị Khách")
    paper = filed.components.get().document
    assert (paper.organisation, paper.owner) == (company, counter.person)
    letter = Letter.objects.filter(dossier=filed, kind=LetterKind.RECEIPT).select_related("event").get()
    told = words(render(letter, filed))
    for said in ("Công ty TNHH Mai (mã số thuế 0100109106)", f"Người được ủy quyền; {PROOF}", "Trần Thị Khách"):
        assert said in told, said
    bench = text(office.browser("specialist").get(f"/quan-tri/ho-so/{filed.code}/"))
    assert PROOF in bench and "Công ty TNHH Mai" in bench


def test_its_members_follow_it_and_who_came_by_mandate_gets_no_key_to_it(office: Office, boss: Any) -> None:
    counter = CompanysCounter(office).with_company().fill()
    filed = counter.submit()
    paper = filed.components.get().document
    for who, status in ((boss, 200), (counter.person, 404)):
        browser = signed_in(who)
        assert browser.get(f"/ho-so/{filed.code}/").status_code == status
        assert browser.get(f"/kho-du-lieu/{paper.pk}/").status_code == status
    heard = Message.objects.filter(kind="dossier.accepted", channel="inbox").values_list("recipient", "link")
    assert dict(heard) == {
        boss.pk: f"/ho-so/{filed.code}/",
        counter.person.pk: f"/tra-cuu/?code={filed.code}",
    }, "nobody files in a company's name unseen by its representative"


def test_money_at_the_counter_is_the_organisations_with_who_paid_it(office: Office, boss: Any) -> None:
    counter = CompanysCounter(office, factories.make_version(fee_vnd=8000)).with_company().fill()
    filed = counter.submit()
    assert counter.press(lam="tien-mat", key=counter.key(), **{"so-tien": "8000"}).status_code == 302
    content = filed.payment_orders.get().receipt.content
    assert (content["payer_name"], content["payer_tax_code"]) == ("Công ty TNHH Mai", "0100109106")
    assert content["paid_by"] == "Trần Thị Khách"


def test_what_she_files_for_herself_stays_apart(office: Office) -> None:
    counter = CompanysCounter(office)
    own_url = counter.visit_url
    own = counter.begin()
    theirs = counter.with_company().begin()
    assert (own.organisation, theirs.organisation) == (None, Organisation.objects.get()) and own.pk != theirs.pk
    assert counter.begin().pk == theirs.pk, "gone on with, not begun twice"
    for url, shown, hidden in ((own_url, own, theirs), (counter.visit_url, theirs, own)):
        page = counter.browser.get(url).content.decode()
        assert str(shown.public_id) in page and str(hidden.public_id) not in page
    counter.come_for()
    assert CounterVisit.objects.filter(organisation__isnull=False).count() == 1, "a double press opens one visit"


def test_what_is_for_persons_only_is_neither_offered_nor_begun(office: Office) -> None:
    counter = CompanysCounter(office, factories.make_version("1.000009", audience=["citizen"]))
    offered = f'value="{counter.version.procedure.code}"'
    assert offered in text(counter.browser.get(f"{counter.visit_url}?q=thử nghiệm"))
    counter.with_company()
    assert offered not in text(counter.browser.get(f"{counter.visit_url}?q=thử nghiệm"))
    told = text(counter.browser.post(counter.visit_url, {"thu-tuc": counter.version.procedure.code}))
    assert "dành cho cá nhân" in told and not Dossier.objects.exists()


def test_a_procedure_that_the_catalogue_gives_to_organisations_but_the_law_to_persons_is_not_offered(
    office: Office,
) -> None:
    sheet = {"persons_only": {"vi": "Cá nhân."}}
    version = factories.make_version("1.000009", audience=["citizen", "organisation"], sheet=sheet, origin="pack")
    counter = CompanysCounter(office, version)
    offered = f'value="{version.procedure.code}"'
    assert offered in text(counter.browser.get(f"{counter.visit_url}?q=thử nghiệm"))
    counter.with_company()
    assert offered not in text(counter.browser.get(f"{counter.visit_url}?q=thử nghiệm"))
    url = f"/thu-tuc/{version.procedure.code}/"
    assert url in text(counter.browser.get("/danh-cho/cong-dan/"))
    assert url not in text(counter.browser.get("/danh-cho/to-chuc/"))
    assert url not in text(counter.browser.get("/thu-tuc/?q=thử+nghiệm&danh-cho=organisation"))


@pytest.mark.parametrize(
    ("changes", "cure"),
    [
        ({"tax_code": "0100109107"}, "chữ số thứ 10 không khớp"),
        ({"tax_code": "0100109106-000"}, "từ 001 đến 999"),
        ({"tax_code": "mã"}, "chỉ gồm chữ số"),
        ({"name": ""}, "chưa có trên Cổng"),
        ({"acts_by": "bạn"}, "Hãy chọn người này đến với tư cách nào"),
        ({"proof": " \u200b "}, "Hãy ghi giấy tờ đã xem"),
        ({"has_seen_proof": ""}, "Hãy xem giấy tờ và xác nhận"),
        ({"mandate_until": ""}, "ngày cuối của giấy ủy quyền"),
        ({"mandate_until": "31/12/2025"}, "giấy đã hết hạn không dùng được"),
        ({"mandate_procedures": "1.000001; 9.999999"}, "với mã “9.999999”"),
    ],
)
def test_without_code_name_or_proof_nothing_is_opened(office: Office, changes: dict[str, str], cure: str) -> None:
    response = CompanysCounter(office).come_for(**changes)
    assert response.status_code == 422 and cure in text(response)
    assert not Organisation.objects.exists() and not CounterVisit.objects.filter(organisation__isnull=False).exists()


def test_a_mandate_binds_to_the_procedures_that_it_names(office: Office) -> None:
    counter = CompanysCounter(office)
    other = factories.make_version("1.000009").procedure.code
    left = counter.with_company().begin()
    counter.with_company(mandate_procedures=f"{other}, {other}", proof="Giấy ủy quyền 06/UQ")
    told = text(counter.browser.get(counter.visit_url))
    assert "31/12/2099" in told and other in told
    assert f'value="{left.procedure_code}"' not in told, "neither offered"
    assert str(left.public_id) not in told, "nor gone on with"
    refused = text(counter.browser.post(counter.visit_url, {"thu-tuc": left.procedure_code}, follow=True))
    assert "Giấy ủy quyền không gồm thủ tục này" in refused
    assert not counter.visit.dossiers.exists()
    counter.browser.post(counter.visit_url, {"thu-tuc": other})
    assert counter.visit.dossiers.get().procedure_code == other
    words_of_it = "Người được ủy quyền; Giấy ủy quyền 06/UQ; đến hết ngày 31/12/2099; chỉ thủ tục 1.000009"
    assert counter.visit.acts_by_words == words_of_it


def test_who_represents_it_needs_no_mandate(office: Office) -> None:
    visit = CompanysCounter(office).with_company(acts_by="representative", mandate_procedures="1.000001").visit
    assert (visit.mandate_until, visit.mandated) == (None, [])


def test_a_code_is_one_organisation_however_it_is_typed_or_named(office: Office) -> None:
    counter = CompanysCounter(office).with_company(tax_code="0100109106-001", name="Chi nhánh Mai")
    page = text(
        counter.browser.post(f"{counter.visit_url}to-chuc/", {**FORM, "tax_code": "0100109106001"}, follow=True)
    )
    assert "Cổng biết mã số thuế này với tên “Chi nhánh Mai”" in page
    company = Organisation.objects.get()
    assert company.tax_code == "0100109106-001" and not OrganisationMember.objects.exists(), "a desk makes no member"
    told = {
        "SoDinhDanh": "001193000457",
        "HoVaTen": "Trần Thị Chủ",
        "birthdate": "1993-03-08",
        "acr": "loa2",
        "sub": "t",
    }
    account = {"LoaiTaiKhoan": "2", "MaSoThue": "0100109106-001", "TenDoanhNghiep": "Chi nhánh Công ty Mai"}
    claims = vneid.parse_claims({**told, **account})
    vneid.refresh_profile(factories.make_citizen("Trần Thị Chủ"), claims)
    assert Organisation.objects.get().name == "Chi nhánh Công ty Mai", "the organisation's account knows its name"


def test_another_desk_and_another_day_open_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = CompanysCounter(office)
    url = f"{counter.visit_url}to-chuc/"
    for stranger in (office.foreign_desk, office.specialist, counter.person):
        assert signed_in(stranger).post(url, FORM).status_code in {403, 404}
    monkeypatch.setattr(views_counter_organisation, "ENTRIES", 0)
    assert counter.come_for().status_code == 429
    CounterVisit.objects.update(opened_at="2026-01-05T02:00:00Z")
    assert counter.browser.get(url).status_code == 404
    assert not Organisation.objects.exists()


def test_a_visit_for_nobody_opens_no_organisations_store(office: Office) -> None:
    counter = CompanysCounter(office).with_company().fill()
    CounterVisit.objects.filter(pk=counter.visit.pk).update(organisation=None, acts_by="", proof="")
    assert counter.browser.post(f"{counter.base}kiem-tra/").status_code == 403
    brought = Document.objects.count()
    counter.browser.post(f"{counter.base}giay-to/", {"file:TEST-GIAY": SimpleUploadedFile("b.png", factories.png("b"))})
    assert Document.objects.count() == brought


def test_database_refuses_a_visit_for_an_organisation_without_proof(office: Office) -> None:
    visit = CompanysCounter(office).with_company().visit
    for change in ({"proof": ""}, {"acts_by": ""}, {"organisation": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CounterVisit.objects.filter(pk=visit.pk).update(**change)
