"""Published cases that differ in time or fee: the applicant says which is hers, and all that follows goes by it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from dossiers import answer_corrections, charging, letters, rebasing, services
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from portal.core.durations import Duration
from procedures import eforms, sheet_case
from procedures.eforms import own_case
from procedures.models import FeeRule, Origin, Procedure, ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
MONDAY_NINE = datetime(2026, 11, 16, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
DAY = MONDAY_NINE.date()
WHO = {
    "residence__province_code": "01",
    "residence__commune_code": "cua nam",
    "residence__line": "Số 1",
    "phone": "0912345678",
}
NEW, AGAIN = "Cấp mới", "Cấp lại"


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY_NINE, tick=False):
        yield


def rule(version, position, note, amount, **more):
    fields = {"charge": "phi", "kind": "phi", "name": "Phí", "payable_on": "acceptance", "channel": "all", **more}
    key = f"f{position + 1}"
    return FeeRule.objects.create(
        version=version, position=position, key=key, when_text=note, amount_vnd=amount, **fields
    )


def pair(name):
    return {"vi": name, "en": ""}


SHEET = {
    "subcases": [
        {"code": "1.000001.01", "name": pair(NEW), "value": 10, "unit": "working_day"},
        {"code": "1.000001.02", "name": pair(AGAIN), "value": 2, "unit": "working_day"},
    ]
}


@pytest.fixture
def imported():
    """As the national catalogue brings it: two cases, two fees, nothing that says whose they are."""
    version = factories.make_version(
        form={}, needs_paper=False, audience=["citizen"], sheet=SHEET, origin=Origin.NATIONAL, processing_value=10
    )
    rule(version, 0, "Phạm vi liên tỉnh", 10_750_000)
    rule(version, 1, "Quốc tế hai chiều: 19.750.000 đồng", 19_750_000)
    return version


def value_of(version, key, name):
    """The value in the form of the choice with this name."""
    field = eforms.form_of(eforms.form_for(version)).by_key()[key]
    return next(choice.value for choice in field.choices if choice.label.vi.startswith(name))


def filled(version, **answers):
    filing = Filing(version)
    filing.place()
    assert filing.post("requester", WHO).status_code == 302
    assert filing.post("request", {"note": "Xin cấp phép", **answers}).status_code == 302
    assert filing.post("delivery", {"result_method": "store"}).status_code == 302
    assert filing.post("pledge", {"pledge": "on"}).status_code == 302
    return filing


def hers(version, time, fee):
    return {
        own_case.TIME_CASE: value_of(version, "subcase", time),
        own_case.FEE_CASE: value_of(version, "fee_case", fee),
    }


def test_the_form_asks_with_time_and_fee_in_the_words(imported):
    filing = Filing(imported)
    filing.place()
    page = text(filing.get("request"))
    for words in (
        "Trường hợp của bạn",
        "Cấp mới (10 ngày làm việc)",
        "Cấp lại (2 ngày làm việc)",
        "Mức thu đúng với bạn",
        "Phạm vi liên tỉnh (10.750.000 đ)",
        "Quốc tế hai chiều: 19.750.000 đồng",
        "Tôi chưa rõ, để cơ quan xác định",
    ):
        assert words in page, words
    assert "19.750.000 đồng (" not in page, "an amount that the words say is not said twice"
    refused = filing.post("request", {"note": "Xin cấp phép"})
    assert refused.status_code == 422 and "#id_subcase" in text(refused) and "#id_fee_case" in text(refused)


def test_fee_and_time_follow_her_case_up_to_the_receipt(imported):
    filing = filled(imported, **hers(imported, AGAIN, "Quốc tế"))
    check = text(filing.get("kiem-tra"))
    assert "19.750.000 đ" in check and "10.750.000 đ" not in check
    assert "2 ngày làm việc kể từ khi cơ quan tiếp nhận hồ sơ" in check
    assert filing.submit().status_code == 302
    dossier = filing.fresh()
    assert [line.amount_vnd for line in charging.fees_to_come(dossier, [])] == [19_750_000]
    assert "19.750.000" in text(filing.client.get(f"/ho-so/{dossier.code}/"))
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    dossier.refresh_from_db()
    assert f"{timezone.localtime(dossier.due_at):%d/%m/%Y}" == "18/11/2026"
    receipt = letters.context(dossier.letters.get(kind="01"), dossier)
    assert receipt["processing_time"] == "2 ngày làm việc"
    assert [line.amount_vnd for line in receipt["fees_to_come"]] == [19_750_000]


def test_who_is_not_sure_is_promised_the_longest_time_and_no_price(imported):
    ProcedureVersion.objects.filter(pk=imported.pk).update(processing_value=5)  # as a way of filing has it
    filing = filled(imported, subcase=own_case.UNSURE, fee_case=own_case.UNSURE)
    check = text(filing.get("kiem-tra"))
    assert "Tùy trường hợp: cơ quan xác định mức thu khi tiếp nhận" in check and "Không phải nộp" not in check
    assert "10 ngày làm việc kể từ khi cơ quan tiếp nhận hồ sơ" in check
    assert filing.submit().status_code == 302
    dossier = filing.fresh()
    assert charging.fees_to_come(dossier, []) == []
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    dossier.refresh_from_db()
    assert f"{timezone.localtime(dossier.due_at):%d/%m/%Y}" == "01/12/2026"


@pytest.mark.parametrize(("usual", "unit", "promised"), [(5, "working_day", 10), (1, "month", 1), (None, "", 10)])
def test_an_answer_that_tells_no_time_has_the_longest_of_procedure_and_cases(usual, unit, promised):
    words_only = {"name": pair("Cấp đổi"), "value": None, "unit": ""}
    sheet = {"subcases": [*SHEET["subcases"], words_only]}
    version = ProcedureVersion(form={}, sheet=sheet, processing_value=usual, processing_unit=unit)
    of_words = next(value for value, (name, _time) in own_case.time_cases(sheet).items() if name == "Cấp đổi")
    for answer in (own_case.UNSURE, of_words, "c0000000000"):
        found = own_case.published_time(version, {"subcase": answer})
        assert found is not None and found.value == promised, answer
    for nothing in ({}, {"subcase": ""}, {"subcase": []}, {"subcase": None}):
        assert own_case.published_time(version, nothing) == version.processing_time()


def put_right(dossier, answer):
    """The desk marks the case as wrong, and she says another one."""
    desk = factories.official_actor(dossier.agency)
    marks = [services.Defect("", "subcase", "", field="subcase")]
    services.request_supplement(dossier.code, actor=desk, reason="Sai trường hợp.", defects=marks)
    said = {"answer": "", "asked": str(dossier.supplement_requests.latest("pk").pk), "subcase": answer}
    assert signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", said).status_code == 302
    dossier.refresh_from_db()
    told = answer_corrections.anew_words(dossier.events.get(name="dossier.supplemented").data)
    return " ".join(told).replace("\xa0", " ")


def test_the_time_follows_the_case_that_is_put_right_before_acceptance(imported):
    make_policy(code="q", effect="time_percent", percent=50)
    filing = filled(imported, **hers(imported, AGAIN, "Quốc tế"))
    assert filing.submit().status_code == 302
    dossier = filing.fresh()
    told = put_right(dossier, value_of(imported, "subcase", NEW))
    assert "Thời hạn theo nội dung đã sửa: 1 ngày làm việc → 5 ngày làm việc." in told and "giữ nguyên" not in told
    kept = dossier.local_terms["time"]
    assert (kept["value"], kept["published_value"], kept["policy"]) == (5, 10, "q")
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    dossier.refresh_from_db()
    assert f"{timezone.localtime(dossier.due_at):%d/%m/%Y}" == "23/11/2026"


@pytest.mark.parametrize(
    ("supplement", "due", "stays"), [("pause", "18/11/2026", True), ("restart", "01/12/2026", False)]
)
def test_after_acceptance_the_corrected_time_holds_where_it_begins_anew(imported, supplement, due, stays):
    ProcedureVersion.objects.filter(pk=imported.pk).update(supplement_rule=supplement)
    filing = filled(imported, **hers(imported, AGAIN, "Quốc tế"))
    assert filing.submit().status_code == 302
    dossier = filing.fresh()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    dossier.refresh_from_db()
    told = put_right(dossier, value_of(imported, "subcase", NEW))
    assert "2 ngày làm việc → 10 ngày làm việc" in told
    assert ("Ngày đã hẹn trả giữ nguyên." in told) is stays
    assert f"{timezone.localtime(dossier.due_at):%d/%m/%Y}" == due


def published_anew(version, **times):
    """The next version of the procedure, in which the cases have other times."""
    rows = [{**row, "value": times[row["name"]["vi"][-3:]]} for row in SHEET["subcases"]]
    version.pk, version.number, version.sheet = None, version.number + 1, {"subcases": rows}
    version.save()
    Procedure.objects.filter(pk=version.procedure_id).update(current=version)
    return version


@pytest.mark.parametrize(("hers_now", "due"), [(1, "17/11/2026"), (5, "18/11/2026")])
def test_under_a_newer_version_her_case_has_its_time_there(imported, hers_now, due):
    filing = filled(imported, **hers(imported, AGAIN, "Quốc tế"))
    assert filing.submit().status_code == 302
    dossier = filing.fresh()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    published_anew(ProcedureVersion.objects.get(pk=imported.pk), mới=9, lại=hers_now)
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    moved = rebasing.rebase(dossier.code, actor=leader, reason="Theo luật mới.", legal_basis="Điều 9")
    assert f"{timezone.localtime(moved.due_at):%d/%m/%Y}" == due, "never later"
    assert Dossier.objects.get().local_terms["time"]["value"] == hers_now


def test_the_provinces_policy_lowers_what_she_chose(imported):
    make_policy(effect="fee_percent", percent=50)
    make_policy(code="q", effect="time_percent", percent=50)
    filing = filled(imported, **hers(imported, NEW, "Phạm vi"))
    assert filing.submit().status_code == 302
    terms = filing.fresh().local_terms
    assert terms["fees"][0]["amount_vnd"] == 5_375_000
    assert (terms["time"]["value"], terms["time"]["published_value"], terms["time"]["policy"]) == (5, 10, "q")


def test_a_made_up_case_is_refused_and_charges_nothing(imported):
    filing = Filing(imported)
    filing.place()
    for odd in ("c0000000000", "f2", "unsure'--", "x" * 5000):
        assert filing.post("request", {"note": "Xin", "subcase": odd, "fee_case": odd}).status_code == 422
    rules = list(imported.fees.all())
    for odd in ([], {}, 7, None, True, "c0000000000"):
        assert own_case.chosen_fee(rules, {"fee_case": odd}, "online", MONDAY_NINE.date()) is None


def test_a_case_keeps_its_value_when_rows_are_added_or_moved(imported):
    before = value_of(imported, "fee_case", "Quốc tế")
    rules = list(imported.fees.all())
    more = FeeRule(channel="all", charge="phi", when_text="Nội tỉnh", amount_vnd=1000)
    assert own_case.fee_cases([more, *reversed(rules)], "online")[before] is rules[1]


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([("A", 1000, {}), ("B", 2000, {})], True),
        ([("A", 1000, {}), ("B", 1000, {})], False),  # nothing hangs on it
        ([("A", 1000, {}), ("", 2000, {})], False),  # one without words is nobody's to choose
        ([("A", 1000, {}), ("a ", 2000, {})], False),  # the same words twice
        ([("A", 1000, {}), ("B", None, {})], False),  # one that is not sure
        ([("A", 1000, {}), ("B", 2000, {"charge": "le_phi"})], False),  # two charges that may be due together
        ([("A", 1000, {"is_default": True})], False),
        ([("A", 1000, {"channel": "direct"}), ("B", 2000, {"channel": "direct"})], True),
        ([("A", 0, {}), ("B", 2000, {})], True),  # free in one case
        ([], False),
    ],
)
def test_only_sure_fees_of_one_kind_are_chosen_from(rows, asked):
    rules = [
        FeeRule(when_text=note, amount_vnd=amount, **{"channel": "all", "charge": "phi", **more})
        for note, amount, more in rows
    ]
    version = type("Version", (), {"sheet": {}})()
    assert (own_case.FEE_CASE in own_case.questions(version, rules)) is asked


BY_WAY = {
    "one price for all": ("A all 1000", "B all 2000", "A (1.000 đ)", "B (2.000 đ)"),
    "at the desk only": (
        "A direct 1000",
        "B: 2.000 đồng direct 2000",
        "A (1.000 đ khi nộp trực tiếp)",
        "B: 2.000 đồng (khi nộp trực tiếp)",
    ),
    "the same words at another price": (
        *("A online 1000", "B online 2000", "A direct 1500", "B direct 2000"),
        *("A (1.000 đ khi nộp trực tuyến; 1.500 đ khi nộp trực tiếp)", "B (2.000 đ)"),
    ),
    "other words": (
        *("A online 1000", "B online 2000", "C direct 1000", "D direct 2000"),
        *("A (1.000 đ khi nộp trực tuyến)", "B (2.000 đ khi nộp trực tuyến)"),
        *("C (1.000 đ khi nộp trực tiếp)", "D (2.000 đ khi nộp trực tiếp)"),
    ),
}


@pytest.mark.parametrize("lines", BY_WAY.values(), ids=BY_WAY)
def test_an_amount_is_told_with_the_way_of_filing_where_it_is_not_for_all(lines):
    rows = [line.rsplit(" ", 2) for line in lines if line[-1].isdigit()]
    rules = [FeeRule(when_text=a, channel=b, charge="phi", amount_vnd=int(c)) for a, b, c in rows]
    asked = own_case.questions(type("Version", (), {"sheet": {}})(), rules)[own_case.FEE_CASE]
    assert [words.replace("\xa0", " ") for words in asked.values()] == list(lines[len(rows) :])
    for rule_ in rules:  # whatever is offered for a way is charged there, at the price that was told
        value = next(key for key, words in asked.items() if words.startswith(rule_.when_text))
        assert own_case.chosen_fee(rules, {"fee_case": value}, rule_.channel.replace("all", "online"), DAY) is rule_


def test_who_files_online_need_not_choose_a_fee_of_the_desk(imported):
    imported.fees.update(channel="direct")
    filing = Filing(imported)
    filing.place()
    assert filing.post("requester", WHO).status_code == 302
    assert "Phạm vi liên tỉnh (10.750.000 đ khi nộp trực tiếp)" in text(filing.get("request"))
    said = {"note": "Xin cấp phép", "subcase": own_case.UNSURE}
    assert filing.post("request", said).status_code == 302


def test_a_fee_that_is_over_is_not_offered_by_the_sheet_and_dated_in_the_form(imported):
    rule(imported, 2, "Nội tỉnh", 5_000, valid_to=date(2025, 12, 31))
    dated = "Nội tỉnh (5.000 đ đến hết 31/12/2025)"
    filing = Filing(imported)
    filing.place()
    assert dated in text(filing.get("request"))
    asked = own_case.questions(imported, imported.fees.all(), DAY)[own_case.FEE_CASE]
    assert [words.split(" (")[0] for words in asked.values()] == [
        "Phạm vi liên tỉnh",
        "Quốc tế hai chiều: 19.750.000 đồng",
    ]
    choices, _answers = sheet_case.choices(RequestFactory().get("/"), imported, imported.fees.all(), DAY)
    assert [len(choice.options) for choice in choices] == [2, 2]


def test_an_amount_in_front_is_no_numbering():
    notes = ("- 160.000đ/hộ chiếu cấp mới:", "320.000đ/hộ chiếu cấp lại")
    rules = [
        FeeRule(channel="all", charge="phi", when_text=note, amount_vnd=amount)
        for note, amount in zip(notes, (160_000, 320_000), strict=True)
    ]
    asked = own_case.questions(type("Version", (), {"sheet": {}})(), rules)[own_case.FEE_CASE]
    assert list(asked.values()) == ["160.000đ/hộ chiếu cấp mới", "320.000đ/hộ chiếu cấp lại"]


def test_a_case_of_one_name_with_several_times_has_the_longest():
    sheet = {"subcases": [*SHEET["subcases"], {"name": pair("cấp  LẠI:"), "value": 1, "unit": "month"}]}
    assert [time.label() for _name, time in own_case.time_cases(sheet).values() if time] == [
        "10 ngày làm việc",
        "1 tháng",
    ]
    for shorter, longer in (((12, "month"), (1, "year")), ((24, "clock_hour"), (1, "working_day"))):
        rows = [{"name": pair("A"), "value": value, "unit": unit} for value, unit in (shorter, longer)]
        cases = own_case.time_cases({"subcases": [*rows, {"name": pair("B"), "value": 1, "unit": "day"}]})
        assert Duration(*longer) in {time for _name, time in cases.values()}, "by calendar days, as everywhere"
    same = {
        "subcases": [{"name": pair("A"), "value": 1, "unit": "day"}, {"name": pair("B"), "value": 1, "unit": "day"}]
    }
    assert own_case.time_cases(same) == {} == own_case.time_cases({})
