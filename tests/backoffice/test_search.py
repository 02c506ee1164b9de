"""The search of the desk: by code, names, numbers and what a QR holds, within the agency, by indexes alone."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datastore import services as store
from datastore.models import TrustLevel
from dossiers import catching_up, finding, finding_upkeep, forwarding
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, SearchRow
from portal.accounts.models import Organisation
from portal.agencies.memberships import current_posts
from portal.agencies.models import Agency
from portal.backoffice import queues, searching
from portal.backoffice.officials import Official
from portal.core import writes
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state, proven, text
from tests.dossiers.corrections import ask_anew, filed, put_right, version_with
from tests.wire.clients import new_code, record, wire_client

pytestmark = pytest.mark.django_db


NAMES = {"child_full_name": "Võ Minh Quân", "business_name": "Hộ kinh doanh Cà phê “Minh & Hoa”"}


def desk_of(office: Office) -> Official:
    return Official(office.desk, list(current_posts(office.desk)))


def with_names(dossier: Dossier) -> Dossier:
    dossier.answers |= NAMES
    dossier.save()
    finding.mend(dossier)
    return dossier


def finds(office: Office, typed: str, dossier: Dossier, who: str = "desk") -> bool:
    response = office.browser(who).post("/quan-tri/tim/", {"q": typed})
    return response.headers.get("Location") == f"/quan-tri/ho-so/{dossier.code}/"


@pytest.mark.parametrize("part", ["code", "name", "without marks", "number", "phone", "QR of a letter"])
def test_search_finds_by_any_handle_within_the_agency(office: Office, part: str) -> None:
    dossier = factories.file_dossier(factories.make_citizen("Trần Thị Tìm Thấy", phone="0912345678"))
    factories.file_dossier(factories.make_citizen("Người Khác", phone="0987654321"))
    typed = {
        "code": dossier.code,
        "name": "Tìm Thấy",
        "without marks": "TRAN THI TIM",
        "QR of a letter": f"https://dichvucong.vidu/tra-cuu/?code={dossier.code}",
        "number": dossier.applicant_id,
        "phone": "0912 345 678",
    }[part]
    found = office.browser("desk").post("/quan-tri/tim/", {"q": typed})
    assert (found.status_code, found["Location"]) == (302, f"/quan-tri/ho-so/{dossier.code}/")
    elsewhere = office.browser("foreign_desk").post("/quan-tri/tim/", {"q": typed})
    assert "Không tìm thấy hồ sơ" in text(elsewhere)


def test_a_mark_that_was_typed_counts(office: Office) -> None:
    dossier = factories.file_dossier(factories.make_citizen("Trần Thị Tìm Thấy"))
    for typed, is_found in (("tìm thay", True), ("tím thay", False), ("t.m thay", False), ("thay, TÌM", True)):
        found = office.browser("desk").post("/quan-tri/tim/", {"q": typed})
        assert (found.status_code == 302) is is_found, (typed, dossier.code)


def test_the_list_begins_with_what_was_filed_last_and_says_whose_name_it_was_found_by(office: Office) -> None:
    first = factories.file_dossier(factories.make_citizen("Lê Thị Quân Mai"))
    second, third = with_names(factories.file_dossier()), with_names(factories.file_dossier())
    for days, dossier in ((9, third), (5, second), (7, first)):  # drafts are filed in any order
        Dossier.objects.filter(pk=dossier.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    page = text(office.browser("desk").post("/quan-tri/tim/", {"q": "quân"}))
    places = [page.index(str(dossier.code)) for dossier in (second, first, third)]
    assert places == sorted(places)
    assert page.count("trong hồ sơ: Võ Minh Quân") == 2
    found = searching.named_elsewhere("quân hoa", [second])
    assert found == {second.pk: ""}, "two names of one dossier"
    assert searching.named_elsewhere(str(first.code), [first]) == {}


def test_an_organisations_dossier_is_found_by_its_name_and_tax_code(office: Office) -> None:
    citizen = factories.make_citizen("Người Đại Diện")
    dossier = factories.file_dossier(citizen)
    dossier.organisation = Organisation.objects.create(name="Công ty Hoa Đào 36", tax_code="0100100079-001")
    dossier.save()
    finding.mend(dossier)
    for typed in ("hoa dao 36", "0100100079001", "0100100079-001"):
        assert office.browser("desk").post("/quan-tri/tim/", {"q": typed}).status_code == 302, typed


@pytest.mark.parametrize("typed", ["123456789", "0100100079", "001185000019", "0100100079001", "3000000000"])
def test_a_number_is_found_by_indexes_alone(office: Office, typed: str) -> None:
    """Of an identity card or a tax code, of an organisation that is known or of none; nothing else may be read."""
    dossier = in_state(S.SUBMITTED)
    organisation = Organisation.objects.create(name="Công ty Hoa Đào 36", tax_code="0100100079")
    Dossier.objects.filter(pk=dossier.pk).update(organisation=organisation)
    wanted = searching.condition(typed, desk_of(office))
    assert wanted is not None
    with connection.cursor() as cursor:  # a table of one page would be read whole
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plan = Dossier.objects.filter(wanted).order_by().explain()
    assert "BitmapOr" in plan and "SubPlan" not in plan and "Seq Scan" not in plan, plan
    assert Dossier.objects.filter(wanted).exists() is (typed == organisation.tax_code)


def test_what_others_are_asked_is_looked_for_only_where_there_is_room(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    official = desk_of(office)
    wanted = searching.condition(dossier.code or "", official)
    assert wanted is not None
    for limit, looks in ((1, False), (2, True)):
        with CaptureQueriesContext(connection) as asked:
            assert queues.search(official, wanted, limit=limit) == [dossier]
        assert any("dossiers_consultation" in query["sql"] for query in asked) is looks


def test_the_agency_that_is_asked_finds_the_dossier(office: Office) -> None:
    dossier = in_state(S.CONSULTING)
    found = office.browser("foreign_desk").post("/quan-tri/tim/", {"q": dossier.code})
    assert (found.status_code, found["Location"]) == (302, f"/quan-tri/ho-so/{dossier.code}/")


@pytest.mark.parametrize(
    "typed", ["", "a", "x" * 5000, "%_%", "\x01\x02\x03", "'; --", "a[", "\\y(é", "http://[", "---"]
)
def test_search_survives_anything(office: Office, typed: str) -> None:
    assert office.browser("desk").post("/quan-tri/tim/", {"q": typed}).status_code in {200, 302}


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("Võ Minh Quân", True),
        ("quan vo minh", True),
        ("võ minh quản", False),
        ("ho kinh doanh ca phe minh", True),
        ("Cà phê Minh & Hoa", True),
        ("hoa thi le", True),
        ("mi ho", True),
        ("inh oa", False),
        ("hoa nguyen", False),
    ],
)
def test_names_in_the_form_are_found_by_their_words_in_any_order(office: Office, typed: str, is_found: bool) -> None:
    dossier = with_names(factories.file_dossier(factories.make_citizen("Lê Thị Hoa")))
    assert finds(office, typed, dossier) is is_found
    assert not finds(office, typed, dossier, "foreign_desk")


@pytest.mark.parametrize(
    "form", ["{code}", "{small}", "{grouped}", "https://dichvucong.vidu/xm/{code}#TOKEN", "HTTPS://CONG.VIDU/XM/{code}"]
)
def test_a_result_is_found_by_its_code_and_its_number(office: Office, form: str) -> None:
    dossier = in_state(S.SUBMITTED)
    assert dossier.owner is not None
    paper = store.deposit(
        owner=dossier.owner,
        content=factories.png(),
        name="kq.png",
        type_code="KQ.TEST",
        trust=TrustLevel.ISSUED,
        dossier_code=dossier.code or "",
    )
    code = proven(paper, "kq").credential.public_id
    grouped = "-".join(code[at : at + 4] for at in range(0, 16, 4))
    typed = form.format(code=code, small=code.lower(), grouped=grouped)
    assert finds(office, typed, dossier) and not finds(office, typed, dossier, "foreign_desk")
    assert finds(office, f"11/{dossier.code}", dossier)


def test_an_identity_card_that_is_scanned_into_the_search_is_read_as_its_number(office: Office) -> None:
    first, second = (factories.file_dossier(factories.make_citizen("Lê Thị Hoa")) for _number in range(2))
    number = first.filer.citizen.personal_id
    card = f"{number}|012345678|Lê Thị Hoa|01021990|Nữ|Phường Cửa Nam, Hà Nội|01012022"
    assert finds(office, card, first) and not finds(office, card, second)
    page = office.browser("desk").post("/quan-tri/tim/", {"q": "001099999999|012345678|Người Khác|01021990|Nữ|Ở đâu"})
    assert "001099999999" in page.content.decode() and "Người Khác" not in page.content.decode()


def test_a_filing_that_moved_is_found_where_it_is(office: Office) -> None:
    dossier = factories.file_dossier(factories.make_citizen("Trần Thị Đi"))
    other = Agency.objects.get(code="H17.20194")
    forwarding.forward(
        dossier.code or "", actor=factories.official_actor(office.agency), agency=other, reason="Nhầm nơi."
    )
    assert finds(office, "tran thi di", dossier, "foreign_desk") and not finds(office, "tran thi di", dossier)


def test_a_dossier_that_a_system_reports_is_found_by_what_it_told_last(office: Office) -> None:
    client, code = wire_client(office.agency.parent or office.agency), new_code()
    for name, phone in (("Lý Thị Một", "+84 912 345 678"), ("Lý Thị Hai", "0987 654 321")):
        client.sync(record(code, "2", ChuHoSo=name, SoDienThoai=phone))
        dossier = Dossier.objects.get(code=code)
        assert finds(office, f"{name} ly", dossier) and finds(office, phone, dossier), name
    assert not finds(office, "ly thi mot", dossier) and not finds(office, "0912345678", dossier)


def test_a_name_that_was_put_right_is_found(office: Office) -> None:
    dossier = filed(version_with("child_full_name", "text"), {"child_full_name": "Võ Minh Quan"})
    ask_anew(dossier, ["child_full_name"])
    assert put_right(dossier, child_full_name="Võ Minh Quân").status_code == 302
    assert finds(office, "minh quân", dossier)


def test_the_agency_that_is_asked_finds_by_name_while_it_is_asked(office: Office) -> None:
    dossier = with_names(in_state(S.CONSULTING))
    assert finds(office, "vo minh quan", dossier, "foreign_desk")
    dossier.consultations.update(ended_at=dossier.submitted_at)
    assert not finds(office, "vo minh quan", dossier, "foreign_desk")


def test_who_finds_nothing_by_a_name_is_not_asked_for_a_code(office: Office) -> None:
    for typed, words in (("Võ Minh Quân", "bớt từ hoặc bỏ dấu"), ("H26-261130-0001", "kiểm tra lại mã")):
        page = text(office.browser("desk").post("/quan-tri/tim/", {"q": typed}))
        assert "Không tìm thấy hồ sơ" in page and words in page, typed


def test_dossiers_of_before_are_found_as_those_filed_today(office: Office) -> None:
    """By what the migration and the catching up make of them, both as a filing does."""
    dossier = factories.file_dossier(factories.make_citizen("Đặng Thị Bưởi", phone="+84 912.345.678"))
    dossier.organisation = Organisation.objects.create(name="Công ty Ổi–Mận", tax_code="0100100079")
    with_names(dossier)
    rows = SearchRow.objects.filter(pk=dossier.pk)
    expected = rows.values().get()
    assert expected["folded"].startswith(" dang thi buoi cong ty oi man ")
    rows.delete()
    fill = import_module("dossiers.migrations.0036_dossiers_of_before_are_found").FILL
    with connection.cursor() as cursor:
        cursor.execute(fill, {"low": dossier.pk, "high": dossier.pk + 1})
        cursor.execute(fill, {"low": dossier.pk, "high": dossier.pk + 1})
    filled = rows.values().get()
    assert {key: sorted(str(value).split()) for key, value in filled.items()} == {
        key: sorted(str(value).split()) for key, value in expected.items()
    }
    Dossier.objects.filter(pk=dossier.pk).update(agency=Agency.objects.get(code="H17.20194"))
    call_command("catch_up_with_events")
    assert finds(office, "dang thi buoi", dossier, "foreign_desk")
    rows.delete()
    assert (catching_up.search_rows(), catching_up.search_rows()) == (1, 0)
    assert sorted(rows.get().names.split()) == sorted(expected["names"].split())


def test_what_the_previous_release_changed_beside_the_upgrade_is_caught_up(office: Office) -> None:
    dossier = factories.file_dossier(factories.make_citizen("Đặng Thị Bưởi"))
    Dossier.objects.filter(pk=dossier.pk).update(applicant_name="Đặng Thị Bòng", applicant_phone="0987 654 321")
    assert not finds(office, "dang thi bong", dossier)
    assert (catching_up.search_rows(), catching_up.search_rows()) == (1, 0)
    assert finds(office, "dang thi bong", dossier) and finds(office, "+84 987654321", dossier)


def test_a_renamed_organisation_is_found_by_its_new_name(office: Office) -> None:
    dossier = factories.file_dossier()
    dossier.organisation = Organisation.objects.create(name="Công ty Ổi", tax_code="0100100079")
    with_names(dossier)
    assert finding_upkeep.follow_renamed() == 0
    Organisation.objects.update(name="Công ty Măng Cụt", renamed_at=timezone.now())
    assert (finding_upkeep.follow_renamed(), finding_upkeep.follow_renamed()) == (1, 0)
    assert finds(office, "mang cut", dossier)
    finding_upkeep.tidy_index()
    assert finds(office, "mang cut", dossier)


def test_a_filing_costs_no_statement_more_for_being_found() -> None:
    """The row travels with the event, the letter and the notices."""
    dossier = factories.file_dossier()
    SearchRow.objects.filter(pk=dossier.pk).delete()
    with writes.gathered() as pending:
        finding.enter(dossier)
        assert len(pending.entries) == 1 and pending.times_sent == 0
    assert SearchRow.objects.get(pk=dossier.pk).names == " nguyễn thị thử"


@pytest.mark.parametrize("letter", ["ﷺ", "𠀀", "Ễ", "ß", "a-"])
def test_no_name_is_too_long_to_be_kept(letter: str) -> None:
    """Of letters of four bytes, or that fold to many; an index refuses what is longer than it takes."""
    dossier = factories.file_dossier()
    dossier.applicant_name, dossier.answers = letter * 300, {"child_full_name": letter * 5000}
    finding.mend(dossier)
    row = SearchRow.objects.get(pk=dossier.pk)
    assert max(len(row.names), len(row.folded)) <= finding.MOST_LETTERS


def test_names_are_looked_up_in_the_index_of_the_agency(office: Office) -> None:
    wanted = finding.named("vo minh quan")
    assert wanted is not None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute('DROP INDEX "search_row_of_agency"')  # two rows are no reason to choose
    plan = desk_of(office).search_rows().filter(wanted).order_by().explain()
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "search_row_by_name" in plan and "agency_id" in condition and "% quan%" in condition, plan
