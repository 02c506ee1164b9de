"""A supplement at the counter: the citizen's own answer, sent by the desk, which is named; digitised papers too."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from datastore import digitising
from datastore import services as store
from datastore.models import AccessLog, Consent, Digitisation, Reuse, TrustLevel
from dossiers import services, timeline
from dossiers.lifecycle import DossierState
from dossiers.models import CounterVisit, Dossier
from dossiers.services import Defect
from portal.accounts.models import OrganisationRole
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.desks import SAID
from tests.datastore.conftest import make_pdf
from tests.dossiers.corrections import CHILD, version_with
from tests.dossiers.dossier_pages import ask_for_another_paper
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(office: Office) -> Dossier:
    filed = factories.file_dossier(factories.make_citizen("Trần Thị Đến Quầy"))
    defects = [Defect("TEST-GIAY", "Giấy tờ thử", "Thiếu trang 2")]
    actor = factories.official_actor(office.agency)
    return services.request_supplement(filed.code or "", actor=actor, reason="Thiếu", defects=defects)


def page_of(dossier: Dossier) -> str:
    return f"/quan-tri/ho-so/{dossier.code}/bo-sung/"


def answer(**changes: Any) -> dict[str, Any]:
    return {"answer": "Ngày sinh đúng là 02/03/1990.", "has_seen_card": "on", **changes}


def test_the_counters_page_of_a_request_that_was_replaced_answers_no_other_one(
    office: Office, dossier: Dossier
) -> None:
    desk = office.browser("desk")
    (old,) = re.findall(r'name="asked" value="(\d+)"', text(desk.get(page_of(dossier))))
    ask_for_another_paper(dossier)
    paper = SimpleUploadedFile("trang-hai.pdf", make_pdf(2))
    sent = desk.post(page_of(dossier), answer(**{"file:0": paper, "asked": old}))
    assert sent.status_code == 422 and "Cơ quan đã thay yêu cầu" in text(sent) and "02/03/1990" in text(sent)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.AWAITING_SUPPLEMENT and not dossier.components.filter(supplement_round__gt=0)


def test_a_row_more_or_less_is_drawn_before_anything_else_is_right(office: Office) -> None:
    """The browser puts nothing in place of what came with an error."""
    version = version_with("children", "repeat", fields=[CHILD])
    filed = factories.file_dossier(factories.make_citizen("Trần Thị Đến Quầy"), version=version)
    Dossier.objects.filter(pk=filed.pk).update(answers=filed.answers | {"children": [{"child_name": "An"}]})
    marks = [Defect("", "children", "", field="children")]
    actor = factories.official_actor(office.agency)
    services.request_supplement(filed.code or "", actor=actor, reason="Khai sai.", defects=marks)
    desk = office.browser("desk")
    asked = str(filed.supplement_requests.get().pk)
    typed = {"asked": asked, "children__count": "1", "children__0__child_name": "Anh", "proxy": "Lê Văn Con"}
    for browser, page in ((desk, page_of(filed)), (signed_in(filed.filer), f"/ho-so/{filed.code}/bo-sung/")):
        long = "x" * 4_001
        more = browser.post(page, {**typed, "answer": long, "_add": "children"})
        assert more.status_code == 200 and 'name="children__1__child_name"' in text(more)
        assert 'value="Anh"' in text(more) and long in text(more) and "govuk-error-message" not in text(more)
        sent = browser.post(page, {**typed, "answer": long})
        assert sent.status_code == 422 and 'href="#id_answer"' in text(sent)
    ticked = text(desk.post(page_of(filed), {**typed, "has_seen_card": "on", "_remove": "children__0"}))
    assert 'value="Lê Văn Con"' in ticked and re.search(r'name="has_seen_card"[^>]* checked', ticked)
    assert 'name="children__0__child_name"' not in ticked


def test_the_desk_answers_for_who_came_in_and_is_named(office: Office, dossier: Dossier) -> None:
    desk, person = office.browser("desk"), dossier.filer
    assert person is not None
    assert page_of(dossier) in text(desk.get(f"/quan-tri/ho-so/{dossier.code}/"))
    for refused in (answer(has_seen_card=""), {"has_seen_card": "on"}):  # nobody looked at her card; nothing is sent
        assert desk.post(page_of(dossier), refused).status_code == 422
    paper = SimpleUploadedFile("trang-hai.pdf", make_pdf(2))
    unticked = desk.post(page_of(dossier), answer(has_seen_card="", **{"file:0": paper}))
    assert unticked.status_code == 422 and text(unticked).count("Hãy chọn lại tệp rồi gửi.") == 2, "on top, and there"
    paper.seek(0)
    sent = desk.post(page_of(dossier), answer(**{"file:0": paper}), headers={"X-Upload": "whole"})
    assert (sent.status_code, sent["Location"]) == (204, f"/quan-tri/ho-so/{dossier.code}/"), (
        "a script goes there itself"
    )
    page = text(desk.get(sent["Location"]))
    paper.seek(0)
    again = desk.post(page_of(dossier), answer(**{"file:0": paper}))
    assert (again.status_code, again["Location"]) == (302, sent["Location"])
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED
    event = dossier.events.get(name="dossier.supplemented")
    assert (event.actor_user, event.data["components"]) == (office.desk, ["TEST-GIAY"])
    assert dossier.supplement_requests.get().answer == "Ngày sinh đúng là 02/03/1990."
    added = dossier.components.get(supplement_round=1)
    assert added.document.owner == person and added.document.trust == TrustLevel.DIGITISED
    named = f"Nộp tại quầy, người nhập: {event.actor_name}"
    assert named == timeline.items(dossier)[-1]["actor"] and "Phạm Thị Quầy" in named
    assert named in text(desk.get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert named in text(signed_in(person).get(f"/ho-so/{dossier.code}/"))
    told = Message.objects.get(recipient=person, kind="dossier.supplemented", channel="inbox")
    assert "tại quầy" in told.subject and "Phạm Thị Quầy" in told.body
    assert not CounterVisit.objects.exists(), "who came may be somebody she sent: her store stays closed all day"
    assert AccessLog.objects.filter(owner=person, reader=office.desk, purpose="Bổ sung hồ sơ tại quầy").exists()
    assert "Đã ghi phần bổ sung nộp tại quầy" in page


def test_who_brought_it_for_her_by_which_mandate_is_told_to_her(office: Office, dossier: Dossier) -> None:
    who = "Lê Văn Con, giấy ủy quyền ngày 02/11/2026"
    desk = office.browser("desk")
    assert desk.post(page_of(dossier), answer(proxy=who, answer=" ")).status_code == 422, "that is no answer"
    assert desk.post(page_of(dossier), answer(proxy=f" {who} ")).status_code == 302
    assert dossier.supplement_requests.get().answer == f"Ngày sinh đúng là 02/03/1990.\n(Người mang đến: {who})"
    assert dossier.filer is not None
    log = text(signed_in(dossier.filer).get("/kho-du-lieu/ai-da-xem/"))
    assert f"Để: Bổ sung hồ sơ tại quầy; người mang đến: {who}" in log


def test_a_paper_digitised_for_it_is_ticked_and_is_no_reuse(office: Office, dossier: Dossier) -> None:
    desk = office.browser("desk")
    digitise = f"/quan-tri/so-hoa/moi/?ho-so={dossier.code}&thanh-phan=TEST-GIAY"
    assert digitise in text(desk.get(page_of(dossier))).replace("&amp;", "&")
    scanned = desk.post(digitise, {**SAID, "file": SimpleUploadedFile("quet.pdf", make_pdf())})
    made = Digitisation.objects.get()
    assert made.document.owner == dossier.filer
    certified = desk.post(scanned["Location"], {"certify": "1", "checks": list(digitising.CHECKS)})
    assert certified["Location"] == f"{page_of(dossier)}?giay={made.document_id}"
    page = desk.get(certified["Location"])
    assert f'value="{made.document_id}" checked' in text(page)
    assert desk.post(page_of(dossier), answer(**{"reuse:0": made.document_id})).status_code == 302
    added = dossier.components.get(supplement_round=1)
    assert (added.document, added.from_store) == (made.document, False) and not Reuse.objects.exists()


def test_a_paper_of_the_store_goes_in_under_the_consent_of_who_came(office: Office, dossier: Dossier) -> None:
    assert dossier.filer is not None
    paper = store.deposit(
        owner=dossier.filer, content=make_pdf(2), name="giay.pdf", type_code="GT.KHAC", trust=TrustLevel.UPLOADED
    )
    desk, ticked = office.browser("desk"), f'name="reuse:0" id="giay-to-0-kho-1" value="{paper.pk}"'
    assert ticked not in text(desk.get(page_of(dossier))), "nobody has seen her card yet"
    assert desk.post(page_of(dossier), answer(**{"reuse:0": paper.pk})).status_code == 422
    other = factories.make_citizen("Người Đến Thay").citizen.personal_id
    assert "Thẻ này không phải của" in text(desk.post(page_of(dossier), {"who": other}))
    assert not CounterVisit.objects.exists() and not AccessLog.objects.filter(owner=dossier.filer).exists()
    shown = desk.post(page_of(dossier), {"who": dossier.filer.citizen.personal_id})
    assert ticked in text(desk.get(shown["Location"]))
    looked = AccessLog.objects.filter(owner=dossier.filer, purpose="Bổ sung hồ sơ tại quầy")
    assert {row.document for row in looked} == {None, paper}
    sent_by = {"reuse:0": paper.pk, "proxy": "Lê Văn Con, giấy ủy quyền ngày 02/11/2026"}
    refused = desk.post(page_of(dossier), answer(**sent_by))
    assert refused.status_code == 422 and "Người được ủy quyền không dùng giấy trong kho" in text(refused)
    assert desk.post(page_of(dossier), answer(**{"reuse:0": paper.pk})).status_code == 302
    consent = Consent.objects.get(reuse__document=paper)
    assert consent.owner == dossier.filer, "an official consents to nothing in her place, and cannot withdraw it"


def test_a_member_who_left_answers_no_more_for_the_organisation(office: Office, dossier: Dossier) -> None:
    company = factories.make_company()
    Dossier.objects.update(organisation=company)
    desk = office.browser("desk")
    assert desk.post(page_of(dossier), answer()).status_code == 404, "the one who filed it acts for it no longer"
    factories.make_member(company, "Giám Đốc Mai", OrganisationRole.REPRESENTATIVE)
    page = text(desk.get(page_of(dossier)))
    assert "người đến quầy là Giám Đốc Mai" in page and "người đến quầy là Trần" not in page


def test_others_find_no_such_page(office: Office, dossier: Dossier) -> None:
    for who, expected in (("foreign_desk", 404), ("specialist", 403), ("leader", 403), ("administrator", 404)):
        assert office.browser(who).post(page_of(dossier), answer()).status_code == expected, who
    foreign = f"/quan-tri/so-hoa/moi/?ho-so={dossier.code}&thanh-phan="
    for who, code in (("foreign_desk", "TEST-GIAY"), ("specialist", "TEST-GIAY"), ("desk", "KHONG-CO")):
        assert office.browser(who).get(foreign + code).status_code == 404, (who, code)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.AWAITING_SUPPLEMENT
