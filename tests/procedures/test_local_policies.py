"""Local policies as rows: what the database refuses, how they are loaded, and what they make of fees and times."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from portal.agencies.models import AgencyLevel
from portal.core.durations import Duration, DurationUnit
from procedures import fees, local, policy_lowering, policy_register, sheets
from procedures.local import NOWHERE, Where
from procedures.models import LocalPolicy
from procedures.packs import PackError, Reference
from tests.factories import make_agency, make_version
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
HANOI = Where("01", "00073")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"valid_to": date(2025, 12, 31)}, "policy_ends_after_it_begins"),
        ({"provinces": []}, "policy_has_a_province"),
        ({"procedure_codes": []}, "policy_covers_something"),
        ({"legal_basis": ""}, "policy_has_legal_basis"),
        ({"percent": Decimal(50)}, "policy_has_the_figure_of_its_effect"),
        ({"effect": "fee_percent"}, "policy_has_the_figure_of_its_effect"),
        ({"effect": "fee_percent", "percent": 50, "amount_vnd": 1}, "policy_has_the_figure_of_its_effect"),
        ({"effect": "fee_new"}, "policy_has_the_figure_of_its_effect"),
        ({"effect": "fee_less", "amount_vnd": 0}, "policy_figures_are_sensible"),
        ({"effect": "fee_percent", "percent": 0}, "policy_figures_are_sensible"),
        ({"effect": "time_new", "time_value": 3, "time_unit": ""}, "policy_figures_are_sensible"),
        ({"effect": "time_new"}, "policy_has_the_figure_of_its_effect"),
        ({"effect": "time_percent", "percent": 20, "charges": ["fee"]}, "policy_on_time_names_no_charge"),
        ({"effect": "raise"}, "policy_has_the_figure_of_its_effect"),
    ],
)
def test_the_database_refuses(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_policy(**values)


@pytest.mark.parametrize(
    ("values", "amount", "basis"),
    [
        ({}, 0, "NQ 1/2026/NQ-HĐND"),
        ({"effect": "fee_percent", "percent": Decimal(50)}, 10000, "NQ 1/2026/NQ-HĐND"),
        ({"effect": "fee_less", "amount_vnd": 5000}, 15000, "NQ 1/2026/NQ-HĐND"),
        ({"effect": "fee_new", "amount_vnd": 12000}, 12000, "NQ 1/2026/NQ-HĐND"),
        ({"effect": "fee_new", "amount_vnd": 30000}, 20000, ""),
        ({"valid_from": date(2026, 11, 21)}, 20000, ""),
        ({"provinces": ["31"]}, 20000, ""),
        ({"communes": ["00100"]}, 20000, ""),
        ({"channel": "direct"}, 20000, ""),
        ({"fee_kinds": ["phi"]}, 20000, ""),
        ({"procedure_codes": [], "field_codes": ["TEST"]}, 0, "NQ 1/2026/NQ-HĐND"),
        ({"condition": {"field": "purpose", "equals": "x"}}, 20000, ""),
    ],
)
def test_what_an_online_filing_costs(values, amount, basis):
    version = make_version(fee_vnd=20000)
    make_policy(**values)
    (line,) = fees.amounts_due(version, answers={}, on=DAY, where=HANOI)
    assert (line.amount_vnd, line.legal_basis, line.published_vnd) == (amount, basis, 20000)


def test_a_condition_over_the_answers_decides():
    version = make_version(fee_vnd=20000)
    make_policy(condition={"field": "purpose", "equals": "x"})
    (line,) = fees.amounts_due(version, answers={"purpose": "x"}, on=DAY, where=HANOI)
    assert line.amount_vnd == 0


def test_an_amount_the_province_decides_is_told_by_its_policy():
    version = make_version(fee_vnd=20000)
    version.fees.update(amount_vnd=None)
    make_policy(effect="fee_new", amount_vnd=75000, channel="direct")
    assert [
        line.amount_vnd for line in fees.amounts_due(version, answers={}, channel="postal", on=DAY, where=HANOI)
    ] == [75000]
    assert [line.amount_vnd for line in fees.amounts_due(version, answers={}, on=DAY, where=HANOI)] == [None]


def test_what_comes_after_the_free_days_is_what_the_chosen_place_takes():
    version = make_version(fee_vnd=20000)
    born = {"field": "born", "within_days": 60}
    late = {"all": [{"field": "born", "filled": True}, {"not": born}]}
    version.fees.update(amount_vnd=None, is_default=False, condition=late, decided_by="province")
    version.fees.create(position=1, key="in_time", charge="in_time", kind="le_phi", amount_vnd=0, condition=born)
    make_policy(effect="fee_new", amount_vnd=5000)
    rules = list(version.fees.all())
    words = [sheets.cost_words(version, rules, DAY, channel="online", where=where) for where in (NOWHERE, HANOI)]
    assert words[0].endswith("sau đó theo mức của tỉnh, thành phố") and words[1].endswith("sau đó 5.000\xa0đ")


def test_one_unit_is_lowered_then_multiplied():
    version = make_version(fee_vnd=7)
    version.fees.update(quantity_field="copies")
    make_policy(effect="fee_percent", percent=Decimal(50))
    (line,) = fees.amounts_due(version, answers={"copies": 3}, on=DAY, where=HANOI)
    assert line.amount_vnd == 12  # 3.5 rounds up to 4 for one


def test_reading_costs_one_query_and_none_without_a_place(django_assert_num_queries):
    version = make_version(fee_vnd=20000)
    make_policy()
    list(version.fees.all())
    with django_assert_num_queries(2):
        fees.amounts_due(version, answers={}, on=DAY, where=HANOI)
    with django_assert_num_queries(1):
        fees.amounts_due(version, answers={}, on=DAY)


@pytest.mark.parametrize(
    ("values", "time", "named"),
    [
        (
            {"effect": "time_new", "time_value": 2, "time_unit": "working_day"},
            Duration(2, DurationUnit.WORKING_DAY),
            True,
        ),
        ({"effect": "time_percent", "percent": 50}, Duration(2, DurationUnit.WORKING_DAY), True),
        ({"effect": "time_new", "time_value": 4, "time_unit": "day"}, Duration(4, DurationUnit.DAY), True),
        ({"effect": "time_new", "time_value": 5, "time_unit": "day"}, Duration(3, DurationUnit.WORKING_DAY), False),
        ({}, Duration(3, DurationUnit.WORKING_DAY), False),
    ],
)
def test_how_long_an_online_filing_takes(values, time, named):
    make_policy(**values)
    found = local.processing_time(make_version(), HANOI, on=DAY)
    assert found.duration == time
    assert (found.policy is not None) == named


@pytest.fixture
def hai_phong():
    agency = make_agency().parent
    agency.code, agency.path, agency.level = "H24", "H24/", AgencyLevel.PROVINCE
    agency.save()
    return agency


def test_the_reference_data_carry_hai_phong(publish, hai_phong, reference):
    version = publish("1.013225")
    assert policy_register.load_policies(reference) == len(reference.policies) == 2
    assert policy_register.load_policies(reference) == 0
    place = Where("31", "11557")
    answers = {"building_kind": "house"}
    (online,) = fees.amounts_due(version, answers=answers, on=DAY, where=place)
    assert (online.amount_vnd, online.legal_basis) == (0, "NQ 23/2026/NQ-HĐND thành phố Hải Phòng")
    (before,) = fees.amounts_due(version, answers=answers, on=date(2026, 8, 7), where=place)
    assert before.amount_vnd is None
    (desk,) = fees.amounts_due(version, answers=answers, channel="direct", on=DAY, where=place)
    assert desk.amount_vnd == 75000
    (elsewhere,) = fees.amounts_due(version, answers=answers, on=DAY, where=HANOI)
    assert elsewhere.amount_vnd is None


def test_what_an_administrator_changed_stays(hai_phong, reference):
    policy_register.load_policies(reference)
    policy = LocalPolicy.objects.get(code="hai-phong-nq-23-2026-giay-phep-xay-dung")
    policy.valid_to = date(2027, 1, 1)
    policy_register.save(policy)
    assert policy_register.load_policies(reference) == 0
    policy.refresh_from_db()
    assert policy.valid_to == date(2027, 1, 1)


def test_a_policy_written_and_read_again_is_the_same(hai_phong, reference):
    policy_register.load_policies(reference)
    for policy in LocalPolicy.objects.all():
        row = policy_register.as_row(policy)
        again = policy_register.policy_from(row, policy.source_sha256)
        assert policy_register.as_row(again) == row


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "x", "agency": "H99"}, "agency: 'H99' is not known"),
        ({"code": "x", "agency": "H24", "colour": "red"}, "colour: unknown key"),
        ({"code": "x", "agency": "H24", "provinces": ["31"]}, "x: "),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_loaded(hai_phong, tmp_path, row, message):
    good = dict(Reference().policies[0])
    reference = Reference(tmp_path)
    reference.__dict__["policies"] = [good, row]
    with pytest.raises(PackError, match=message):
        policy_register.load_policies(reference)
    assert not LocalPolicy.objects.exists()


def test_a_begun_policy_is_ended_not_deleted():
    policy = make_policy()
    with pytest.raises(ValidationError):
        policy_register.withdraw(policy, today=DAY)
    policy_register.withdraw(policy, today=date(2025, 12, 31))
    assert not LocalPolicy.objects.exists()


def test_the_loader_brings_them(hai_phong):
    call_command("load_policies", verbosity=0)
    assert LocalPolicy.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"effect": "fee_new", "amount_vnd": 20_000}, "amount_vnd"),
        ({"effect": "fee_new", "amount_vnd": 30_000}, "amount_vnd"),
        ({"effect": "fee_new", "amount_vnd": 30_000, "procedure_codes": [], "field_codes": ["TEST"]}, "amount_vnd"),
        ({"effect": "time_new", "time_value": 9, "time_unit": "month"}, "time_value"),
        ({"effect": "time_new", "time_value": 2, "time_unit": "same_working_day"}, "time_value"),
        ({"effect": "time_new", "time_value": 2_000_000_000, "time_unit": "day"}, "time_value"),
        ({"effect": "time_new", "time_value": 3, "time_unit": "moon"}, "time_value"),
    ],
)
def test_a_policy_that_raises_lengthens_or_is_no_time_is_refused(values, place):
    make_version(fee_vnd=20_000)
    policy = make_policy(**values)
    with pytest.raises(ValidationError) as caught:
        policy_register.save(policy)
    assert list(caught.value.message_dict) == [place]


@pytest.mark.parametrize(
    "values",
    [
        {"effect": "fee_new", "amount_vnd": 19_999},
        {"effect": "fee_new", "amount_vnd": 30_000, "fee_kinds": ["gia"]},  # the province sets what nobody published
        {"effect": "fee_new", "amount_vnd": 30_000, "procedure_codes": ["1.000002"]},
        {"effect": "time_new", "time_value": 1, "time_unit": "hour"},
    ],
)
def test_a_policy_that_lowers_or_sets_what_is_open_is_kept(values):
    make_version(fee_vnd=20_000)
    policy_register.save(make_policy(**values))


def test_a_time_that_is_none_is_refused_with_the_cure_also_where_nothing_is_published():
    version = make_version()
    version.processing_value, version.processing_unit = None, ""
    version.save()
    days = make_policy("two", effect="time_new", time_value=1, time_unit="same_working_day")
    days.time_value = 2
    with pytest.raises(ValidationError) as caught:
        policy_lowering.check(days)
    assert "hãy ghi số 1" in caught.value.message_dict["time_value"][0]
