"""The counter: who comes in person is found or entered, files by the same form, pays, and leaves with the receipt."""

import re

import pytest
from django.test import Client

from datastore.models import AccessLog, TrustLevel
from dossiers.models import CounterVisit, Dossier, FilingChannel
from portal.accounts import people, vneid
from portal.accounts.models import CitizenProfile
from portal.agencies.models import Membership
from portal.backoffice import views_counter
from portal.core import qr
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.desks import Counter
from tests.dossiers.filing_pages import text
from tests.dossiers.letter_texts import words
from tests.payments.conftest import FakePlatform, platform  # noqa: F401 - a fixture
from tests.payments.situations import npp_fields, tell_npp

pytestmark = pytest.mark.django_db
CARD = "001193000457||Trần Thị Quầy|08031993|Nữ|Số 5 phố Thử, Hà Nội|01012024"
ENTERED = {
    "personal_id": "001193000457",
    "full_name": "Trần Thị Quầy",
    "date_of_birth": "08/03/1993",
    "gender": "2",
    "phone": "0912 345 678",
    "address_line": "Số 5 phố Thử",
    "has_seen_card": "on",
}


def test_a_person_who_is_known_is_served_and_reads_who_looked(office: Office) -> None:
    counter = Counter(office)
    page = text(counter.browser.get(counter.visit_url))
    assert "Trần Thị Khách" in page and counter.person.citizen.personal_id not in page
    (looked,) = AccessLog.objects.filter(owner=counter.person)
    assert (looked.reader, looked.purpose) == (office.desk, "Tiếp nhận hồ sơ tại quầy")


def test_somebody_new_is_entered_from_her_card_and_later_owns_it_all(office: Office) -> None:
    browser = office.browser("desk")
    shown = text(browser.post("/quan-tri/tai-quay/", {"who": CARD}))
    assert 'value="Trần Thị Quầy"' in shown and 'value="08/03/1993"' in shown
    assert not CitizenProfile.objects.exists(), "nothing is written before the official confirms the card"
    refused = browser.post("/quan-tri/tai-quay/", {**ENTERED, "has_seen_card": ""})
    assert refused.status_code == 422
    assert browser.post("/quan-tri/tai-quay/", ENTERED).status_code == 302
    assert browser.post("/quan-tri/tai-quay/", ENTERED).status_code == 302, "a double press makes nobody twice"
    profile = CitizenProfile.objects.get()
    assert profile.is_from_counter and profile.phone == "0912345678" and not profile.user.has_usable_password()
    claims = vneid.parse_claims(
        {"SoDinhDanh": "001193000457", "HoVaTen": "Trần Thị Quầy", "birthdate": "1993-03-08", "acr": "loa2", "sub": "t"}
    )
    assert vneid.find_user(claims) == profile.user
    vneid.refresh_profile(profile.user, claims)
    profile.refresh_from_db()
    assert not profile.is_from_counter and profile.identity_level == 2


def scan_mark(page: str) -> str:
    """What the form of a new person says of her card."""
    found = re.search(r'name="scan" value="([0-9a-f]{64})"', page)
    return found.group(1) if found else ""


def test_a_scanned_newcomer_is_kept_as_scanned(office: Office) -> None:
    browser = office.browser("desk")
    mark = scan_mark(text(browser.post("/quan-tri/tai-quay/", {"who": CARD})))
    refused = text(browser.post("/quan-tri/tai-quay/", {**ENTERED, "scan": mark, "has_seen_card": ""}))
    assert mark and scan_mark(refused) == mark, "an error in the form forgets no scan"
    assert browser.post("/quan-tri/tai-quay/", {**ENTERED, "scan": mark}).status_code == 302
    assert CounterVisit.objects.get().card_was_scanned


def test_who_was_typed_or_is_another_than_the_card_says_was_not_scanned(office: Office) -> None:
    browser = office.browser("desk")
    assert not scan_mark(text(browser.post("/quan-tri/tai-quay/", {"who": ENTERED["personal_id"]})))
    mark = scan_mark(text(browser.post("/quan-tri/tai-quay/", {"who": CARD})))
    for scan, number in (("", "001193000457"), ("0" * 64, "001193000458"), (mark, "001193000459")):
        entered = {**ENTERED, "personal_id": number, "scan": scan}
        assert browser.post("/quan-tri/tai-quay/", entered).status_code == 302
        assert not CounterVisit.objects.latest("pk").card_was_scanned, (scan, number)


@pytest.mark.parametrize(
    "typed",
    [{"full_name": "Trần Thị Khác"}, {"date_of_birth": "09/03/1993"}, {"gender": "1", "seen_warnings": "1"}],
    ids=["name", "birth day", "gender"],
)
def test_what_was_typed_over_the_scanned_card_was_not_scanned(office: Office, typed: dict[str, str]) -> None:
    browser = office.browser("desk")
    mark = scan_mark(text(browser.post("/quan-tri/tai-quay/", {"who": CARD})))
    entered = {**ENTERED, "scan": mark, **typed}
    assert browser.post("/quan-tri/tai-quay/", entered).status_code == 302
    assert not CounterVisit.objects.get().card_was_scanned


def test_a_number_against_its_birth_date_is_asked_about_once(office: Office) -> None:
    browser, odd = office.browser("desk"), {**ENTERED, "date_of_birth": "08/03/1992"}
    assert "khác năm sinh đã khai" in text(browser.post("/quan-tri/tai-quay/", odd))
    assert not CitizenProfile.objects.exists()
    assert browser.post("/quan-tri/tai-quay/", {**odd, "seen_warnings": "1"}).status_code == 302


def test_a_scanned_card_of_another_name_is_told(office: Office) -> None:
    people.enter(people.Person("001193000457", "Trần Thị Khác", None))
    page = text(office.browser("desk").post("/quan-tri/tai-quay/", {"who": CARD}, follow=True))
    assert "Thẻ vừa quét khác họ tên" in page


@pytest.mark.parametrize("typed", ["", "12345", "012345678", "001193000457|x", "abc"])
def test_what_is_no_number_and_no_card_is_refused(office: Office, typed: str) -> None:
    response = office.browser("desk").post("/quan-tri/tai-quay/", {"who": typed})
    assert response.status_code == 422 and not AccessLog.objects.exists()


def test_the_same_form_is_filed_and_accepted_at_once(office: Office) -> None:
    counter = Counter(office).fill()
    check = text(counter.browser.get(f"{counter.base}kiem-tra/"))
    assert "Tại quầy: hồ sơ của Trần Thị Khách" in check and "Nộp và tiếp nhận" in check
    filed = counter.submit()
    assert (filed.state, filed.channel) == ("accepted", FilingChannel.DIRECT)
    assert (filed.owner, filed.filer, filed.applicant_name) == (counter.person, counter.person, "Trần Thị Khách")
    assert filed.due_at is not None
    told = [(event.name, event.actor_kind, event.actor_user) for event in filed.events.order_by("sequence")]
    assert told == [("dossier.submitted", "desk", office.desk), ("dossier.accepted", "desk", office.desk)]
    paper = filed.components.get().document
    assert (paper.trust, paper.owner) == (TrustLevel.DIGITISED, counter.person), "digitised by an official, hers"
    again = counter.browser.post(f"{counter.base}kiem-tra/")
    assert again["Location"] == counter.page_url and filed.events.count() == 2


def test_the_receipt_is_printed_at_once_and_names_the_counter(office: Office) -> None:
    counter = Counter(office).fill()
    filed = counter.submit()
    assert "In giấy tiếp nhận" in text(counter.browser.get(counter.page_url))
    printed = counter.browser.get(f"{counter.page_url}in/giay-tiep-nhan/")
    assert printed["Content-Type"] == "application/pdf"
    told = words(printed.content)
    assert filed.code and filed.code in told.replace(" ", "") and "nộp trực tiếp tại UBND phường Cửa Nam" in told
    assert counter.browser.get(f"{counter.page_url}in/bien-lai/").status_code == 404


def test_cash_is_taken_once_with_a_receipt_and_the_dossier_goes_on(office: Office) -> None:
    counter = Counter(office, factories.make_version(fee_vnd=8000)).fill()
    filed = counter.submit()
    assert filed.state == "awaiting_payment"
    pressed = {"lam": "tien-mat", "key": counter.key(), "so-tien": "8000"}
    for _press in range(2):
        assert counter.press(**pressed).status_code == 302
    filed.refresh_from_db()
    assert filed.state == "accepted", "paid and taken in with one press"
    order = filed.payment_orders.get()
    assert (order.state, order.gateway, order.amount_vnd, order.payer) == ("paid", "tien-mat", 8000, counter.person)
    assert order.receipt.number == 1 and order.receipt.content["cashier"].startswith("Phạm Thị Quầy")
    assert filed.obligations.get().state == "paid"
    paid = filed.events.get(name="dossier.paid")
    assert (paid.actor_kind, paid.actor_user, paid.source) == ("payment", office.desk, "payment:tien-mat")
    assert "Phạm Thị Quầy" in words(counter.browser.get(f"{counter.page_url}in/bien-lai/").content)
    assert "Tiền mặt tại quầy" in text(signed_in(counter.person).get("/thanh-toan/"))


def test_by_qr_she_pays_on_her_telephone_and_is_then_taken_in_once(
    office: Office,
    platform: FakePlatform,  # noqa: F811 - the fixture above
) -> None:
    counter = Counter(office, factories.make_version(fee_vnd=8000)).fill()
    filed = counter.submit()
    assert "Xem đã trả chưa" not in text(counter.browser.get(counter.page_url))
    for _press in range(2):
        shown = text(counter.press(lam="qr"))
    order = filed.payment_orders.get()
    assert (order.gateway, order.amount_vnd, order.payer) == ("npp", 8000, counter.person)
    assert qr.draw(platform.page, label="Mã QR để người nộp trả tiền").svg in shown and "Xem đã trả chưa" in shown
    assert counter.press(lam="tiep-nhan").status_code == 302
    filed.refresh_from_db()
    assert filed.state == "awaiting_payment", "nobody takes in what is not paid"

    assert tell_npp(npp_fields(order))["MaLoi"] == "00"
    paid = text(counter.browser.get(counter.page_url))
    assert 'value="tiep-nhan"' in paid and 'value="qr"' not in paid and "In biên lai thu phí" in paid
    for _press in range(2):
        assert counter.press(lam="tiep-nhan").status_code == 302
    filed.refresh_from_db()
    assert filed.state == "accepted" and filed.events.filter(name="dossier.accepted").count() == 1
    assert filed.events.get(name="dossier.paid").source == "payment:npp"
    assert counter.browser.get(f"{counter.page_url}in/giay-tiep-nhan/").status_code == 200
    assert counter.press(lam="qr").status_code == 302, "nothing is owed any more"
    assert filed.payment_orders.count() == 1


def test_a_gateway_that_is_away_is_told_in_words_and_cash_is_still_taken(
    office: Office,
    platform: FakePlatform,  # noqa: F811 - the fixture above
) -> None:
    counter = Counter(office, factories.make_version(fee_vnd=8000)).fill()
    filed = counter.submit()
    platform.is_away = True
    away = counter.press(lam="qr")
    assert away.status_code == 503 and "notice--error" in text(away) and "counter-qr" not in text(away)
    assert counter.press(lam="tien-mat", key=counter.key(), **{"so-tien": "8000"}).status_code == 302
    filed.refresh_from_db()
    assert filed.state == "accepted"


def test_cash_needs_the_right_and_the_amount_that_was_shown(office: Office) -> None:
    counter = Counter(office, factories.make_version(fee_vnd=8000)).fill()
    filed = counter.submit()
    key = counter.key()
    changed = counter.press(lam="tien-mat", key=key, **{"so-tien": "7000"})
    assert changed.status_code == 409 and "8.000" in text(changed)
    assert counter.press(lam="tien-mat", key="x", **{"so-tien": "8000"}).status_code == 422
    Membership.objects.filter(user=office.desk).update(takes_cash=False)
    assert counter.press(lam="tien-mat", key=key, **{"so-tien": "8000"}).status_code == 403
    assert not filed.payment_orders.exists()


def test_a_draft_of_the_counter_is_the_desks_alone_until_it_is_filed(office: Office) -> None:
    counter = Counter(office).fill()
    for stranger in (counter.person, office.foreign_desk, office.specialist, factories.make_citizen()):
        assert signed_in(stranger).get(f"{counter.base}kiem-tra/").status_code == 404
        assert signed_in(stranger).post(f"{counter.base}kiem-tra/").status_code == 404
    colleague = with_second_factor(factories.make_official(office.agency))
    assert signed_in(colleague).get(f"{counter.base}kiem-tra/").status_code == 200
    counter.submit()
    assert signed_in(counter.person).get(f"/ho-so/{counter.draft.code}/").status_code == 200
    assert signed_in(office.foreign_desk).get(counter.page_url).status_code == 404
    assert signed_in(colleague).get(counter.page_url).status_code == 200


def test_a_visit_ends_with_its_day_and_belongs_to_its_desk(office: Office) -> None:
    counter = Counter(office)
    assert office.browser("foreign_desk").get(counter.visit_url).status_code == 404
    CounterVisit.objects.update(opened_at="2026-01-05T02:00:00Z")
    assert counter.browser.get(counter.visit_url).status_code == 404


def test_a_draft_of_the_counter_closes_with_its_day_until_she_comes_again(office: Office) -> None:
    counter = Counter(office).fill()
    CounterVisit.objects.update(opened_at="2026-01-05T02:00:00Z")
    for step in ("giay-to", "noi-dung", "kiem-tra"):
        assert counter.browser.get(f"{counter.base}{step}/").status_code == 404, "her store stays shut"
    assert counter.browser.post(f"{counter.base}kiem-tra/").status_code == 404, "nothing is filed behind her back"
    again = counter.browser.post("/quan-tri/tai-quay/", {"who": counter.person.citizen.personal_id})
    assert counter.base in text(counter.browser.get(again["Location"]))
    assert counter.submit().state == "accepted"


@pytest.mark.parametrize("form", ["who", "entered"])
def test_people_are_not_looked_up_by_the_thousand_by_either_form(
    office: Office, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(views_counter, "LOOK_UPS", 2)
    people.enter(people.Person("001193000457", "Trần Thị Quầy", None))
    sent = {"who": "001193000457"} if form == "who" else {**ENTERED, "full_name": "Không Phải"}
    browser = office.browser("desk")
    answers = [
        browser.post("/quan-tri/tai-quay/", sent, REMOTE_ADDR=f"203.0.113.{number}").status_code for number in range(3)
    ]
    assert answers == [302, 302, 429]
    colleague = signed_in(with_second_factor(factories.make_official(office.agency)))
    assert colleague.post("/quan-tri/tai-quay/", sent).status_code == 302, "desks share an address, not a limit"


def test_papers_of_her_store_that_the_desk_was_shown_leave_rows(office: Office) -> None:
    person = factories.make_citizen("Trần Thị Khách")
    factories.file_dossier(person, factories.make_version())
    counter = Counter(office, ProcedureVersion.objects.get(), person)
    counter.begin()
    for _look in range(2):
        assert counter.browser.get(f"{counter.base}giay-to/").status_code == 200
    assert AccessLog.objects.filter(owner=person, document__isnull=False, reader=office.desk).count() == 1


def test_a_procedure_that_is_closed_is_not_begun(office: Office) -> None:
    counter = Counter(office)
    procedure = counter.version.procedure
    procedure.is_open, procedure.closed_reason = False, "Thủ tục đã bị bãi bỏ."
    procedure.save()
    page = text(counter.browser.post(counter.visit_url, {"thu-tuc": procedure.code}))
    assert "Thủ tục đã bị bãi bỏ." in page and not Dossier.objects.exists()
    assert counter.browser.post(counter.visit_url, {"thu-tuc": "9.999999"}).status_code == 404


def test_what_nobody_is_known_to_take_is_not_begun_and_the_desk_reads_what_to_do(office: Office) -> None:
    counter = Counter(office)
    ProcedureVersion.objects.update(competent_level="ministry", sheet={"deciding": []})
    page = text(counter.browser.post(counter.visit_url, {"thu-tuc": counter.version.procedure.code}))
    assert "nhờ người quản trị Cổng lập quy tắc chuyển hồ sơ" in page and "Hãy nộp tại" not in page
    assert not Dossier.objects.exists()


def test_public_figures_keep_the_counter_apart(office: Office, client: Client) -> None:
    Counter(office).fill().submit()
    factories.file_dossier(version=ProcedureVersion.objects.get())
    page = re.sub(r"<[^>]+>|\s+", " ", text(client.get("/cong-khai/")))
    page = re.sub(r"\s+", " ", page)
    assert "Trực tuyến, tự nộp 1 50" in page and "Trực tiếp tại bộ phận một cửa 1 50" in page
