"""Local policies: who is covered, what wins, how it is rounded; written out, and as properties over generated ones."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.durations import Duration, DurationUnit
from procedures import policies
from procedures.policies import Filing, PolicyEffect

DAY = date(2026, 11, 20)
E = PolicyEffect


@dataclass(frozen=True)
class Rule:
    """A policy without a database."""

    code: str = "p"
    effect: str = E.FEE_FREE
    percent: Decimal | None = None
    amount_vnd: int | None = None
    time_value: int | None = None
    time_unit: str = ""
    channel: str = "online"
    provinces: list[str] = field(default_factory=lambda: ["31"])
    communes: list[str] = field(default_factory=list)
    procedure_codes: list[str] = field(default_factory=lambda: ["1.013225"])
    field_codes: list[str] = field(default_factory=list)
    fee_kinds: list[str] = field(default_factory=list)
    charges: list[str] = field(default_factory=list)
    valid_from: date = date(2026, 8, 8)
    valid_to: date | None = None


FILING = Filing("1.013225", "G17-XD11", DAY, "online", "31", "11557")


@pytest.mark.parametrize(
    ("change", "is_covered"),
    [
        ({}, True),
        ({"valid_from": DAY}, True),
        ({"valid_from": date(2026, 11, 21)}, False),
        ({"valid_to": DAY}, True),
        ({"valid_to": date(2026, 11, 19)}, False),
        ({"channel": "all"}, True),
        ({"channel": "direct"}, False),
        ({"provinces": ["01"]}, False),
        ({"provinces": ["01", "31"]}, True),
        ({"communes": ["11557"]}, True),
        ({"communes": ["11560"]}, False),
        ({"procedure_codes": ["1.001193"]}, False),
        ({"procedure_codes": [], "field_codes": ["G17-XD11"]}, True),
        ({"procedure_codes": ["1.001193"], "field_codes": ["G17-XD11"]}, True),
        ({"procedure_codes": [], "field_codes": ["G01"]}, False),
    ],
)
def test_who_is_covered(change, is_covered):
    assert policies.covers(Rule(**change), FILING) is is_covered


def test_nobody_is_covered_without_a_place():
    assert not policies.covers(Rule(), replace(FILING, province_code="", commune_code=""))
    assert not policies.covers(Rule(communes=["11557"]), replace(FILING, commune_code=""))


@pytest.mark.parametrize(
    ("rule", "published", "amount"),
    [
        (Rule(effect=E.FEE_FREE), 75000, 0),
        (Rule(effect=E.FEE_FREE), None, 0),
        (Rule(effect=E.FEE_NEW, amount_vnd=50000), 75000, 50000),
        (Rule(effect=E.FEE_NEW, amount_vnd=50000), None, 50000),
        (Rule(effect=E.FEE_NEW, amount_vnd=90000), 75000, 75000),
        (Rule(effect=E.FEE_LESS, amount_vnd=5000), 75000, 70000),
        (Rule(effect=E.FEE_LESS, amount_vnd=80000), 75000, 0),
        (Rule(effect=E.FEE_LESS, amount_vnd=5000), None, None),
        (Rule(effect=E.FEE_PERCENT, percent=Decimal(50)), 75000, 37500),
        (Rule(effect=E.FEE_PERCENT, percent=Decimal(50)), 7, 4),  # half up, whole đồng
        (Rule(effect=E.FEE_PERCENT, percent=Decimal("33.33")), 10000, 6667),
        (Rule(effect=E.FEE_PERCENT, percent=Decimal(50)), None, None),
        (Rule(effect=E.FEE_PERCENT, percent=Decimal(50)), 0, 0),
        (Rule(effect=E.TIME_NEW, time_value=1, time_unit="day"), 75000, None),
    ],
)
def test_what_one_policy_makes_of_an_amount(rule, published, amount):
    assert policies.reduced_amount(rule, published) == amount


@pytest.mark.parametrize(
    ("rule", "published", "time"),
    [
        (
            Rule(effect=E.TIME_NEW, time_value=7, time_unit="working_day"),
            Duration(10, DurationUnit.WORKING_DAY),
            "7 wd",
        ),
        (Rule(effect=E.TIME_NEW, time_value=7, time_unit="working_day"), None, "7 wd"),
        (Rule(effect=E.TIME_PERCENT, percent=Decimal(30)), Duration(10, DurationUnit.WORKING_DAY), "7 wd"),
        (Rule(effect=E.TIME_PERCENT, percent=Decimal(50)), Duration(5, DurationUnit.WORKING_DAY), "3 wd"),  # up
        (Rule(effect=E.TIME_PERCENT, percent=Decimal(99)), Duration(1, DurationUnit.WORKING_DAY), "1 wd"),
        (Rule(effect=E.TIME_PERCENT, percent=Decimal(20)), None, None),
        (Rule(effect=E.FEE_FREE), Duration(5, DurationUnit.WORKING_DAY), None),
    ],
)
def test_what_one_policy_makes_of_a_time(rule, published, time):
    found = policies.shortened_time(rule, published)
    assert time == (found and f"{found.value} {'wd' if found.unit == DurationUnit.WORKING_DAY else found.unit}")


def lowest(published, *rules, kind="le_phi", charge="permit"):
    amount, rule = policies.lowest_amount(published, rules, FILING, kind=kind, charge=charge)
    return amount, rule and rule.code


def test_the_lowest_wins_and_policies_do_not_add_up():
    half = Rule("half", effect=E.FEE_PERCENT, percent=Decimal(50))
    less = Rule("less", effect=E.FEE_LESS, amount_vnd=30000)
    assert lowest(100000, half, less) == (50000, "half")
    assert lowest(50000, half, less) == (20000, "less")


def test_a_policy_that_lowers_nothing_is_not_named():
    assert lowest(0, Rule()) == (0, None)
    assert lowest(75000, Rule(effect=E.FEE_NEW, amount_vnd=75000)) == (75000, None)
    assert lowest(None, Rule(effect=E.FEE_PERCENT, percent=Decimal(50))) == (None, None)
    assert lowest(75000) == (75000, None)


def test_kinds_and_charges_narrow_a_policy():
    assert lowest(75000, Rule(fee_kinds=["phi"])) == (75000, None)
    assert lowest(75000, Rule(fee_kinds=["phi", "le_phi"])) == (0, "p")
    assert lowest(75000, Rule(charges=["copies"])) == (75000, None)
    assert lowest(75000, Rule(charges=["permit"])) == (0, "p")


TIES = [
    Rule("procedure-commune", communes=["11557"]),
    Rule("procedure-new", valid_from=date(2026, 9, 1)),
    Rule("procedure-a"),
    Rule("procedure-b"),
    Rule("field-commune", procedure_codes=[], field_codes=["G17-XD11"], communes=["11557"]),
    Rule("field-new", procedure_codes=[], field_codes=["G17-XD11"], valid_from=date(2026, 10, 1)),
]


def test_of_equal_outcomes_the_more_special_then_the_newer_is_named():
    for at, first in enumerate(TIES[:-1]):
        for second in TIES[at + 1 :]:
            assert lowest(75000, second, first)[1] == first.code
    for some in permutations(TIES[:4]):
        assert lowest(75000, *some)[1] == "procedure-commune"


def test_every_unit_compares_with_every_other():
    rising = [DurationUnit.CLOCK_HOUR, DurationUnit.HOUR, DurationUnit.DAY, DurationUnit.SAME_WORKING_DAY]
    rising += [DurationUnit.WORKING_DAY, DurationUnit.MONTH, DurationUnit.YEAR]
    assert set(rising) == set(DurationUnit)
    lengths = [Duration(1, unit).calendar_days for unit in rising]
    assert lengths == sorted(set(lengths))
    assert Duration(5, DurationUnit.WORKING_DAY).calendar_days == Duration(7, DurationUnit.DAY).calendar_days
    assert Duration(8, DurationUnit.HOUR).calendar_days == Duration(1, DurationUnit.WORKING_DAY).calendar_days


percents = st.decimals("0.01", "99.99", places=2)
effects = st.one_of(
    st.builds(Rule, code=st.text("abc", min_size=1, max_size=3), effect=st.just(E.FEE_FREE)),
    st.builds(Rule, code=st.text("abc", min_size=1, max_size=3), effect=st.just(E.FEE_PERCENT), percent=percents),
    st.builds(
        Rule,
        code=st.text("abc", min_size=1, max_size=3),
        effect=st.sampled_from([E.FEE_LESS, E.FEE_NEW]),
        amount_vnd=st.integers(1, 10**12),
    ),
    st.builds(Rule, code=st.just("t"), effect=st.just(E.TIME_PERCENT), percent=percents),
    st.builds(
        Rule,
        code=st.just("t"),
        effect=st.just(E.TIME_NEW),
        time_value=st.integers(1, 400),
        time_unit=st.sampled_from([unit for unit in DurationUnit if unit != DurationUnit.SAME_WORKING_DAY]),
    ),
)
many = st.lists(effects, max_size=6)


@given(published=st.integers(0, 10**12), rules=many)
def test_never_more_than_published_never_less_than_nothing(published, rules):
    amount, rule = policies.lowest_amount(published, rules, FILING, kind="phi", charge="x")
    assert amount is not None
    assert 0 <= amount <= published
    assert (rule is None) == (amount == published)


@given(published=st.one_of(st.none(), st.integers(0, 10**12)), rules=many)
def test_the_order_in_which_policies_are_read_changes_nothing(published, rules):
    one = policies.lowest_amount(published, rules, FILING, kind="phi", charge="x")
    other = policies.lowest_amount(published, rules[::-1], FILING, kind="phi", charge="x")
    assert one[0] == other[0]
    assert (one[1] is None) == (other[1] is None)


@given(published=st.integers(0, 10**12), rules=many, further=effects)
def test_one_more_policy_never_makes_it_dearer(published, rules, further):
    before, _rule = policies.lowest_amount(published, rules, FILING, kind="phi", charge="x")
    after, _rule = policies.lowest_amount(published, [*rules, further], FILING, kind="phi", charge="x")
    assert before is not None
    assert after is not None
    assert after <= before


@given(published=st.integers(0, 10**12), percent=percents)
def test_a_percentage_is_exact_to_half_a_dong(published, percent):
    amount = policies.reduced_amount(Rule(effect=E.FEE_PERCENT, percent=percent), published)
    assert amount is not None
    assert abs(Fraction(amount) - Fraction(published) * (1 - Fraction(percent) / 100)) <= Fraction(1, 2)


times = st.builds(
    Duration,
    st.integers(1, 400),
    st.sampled_from([unit for unit in DurationUnit if unit != DurationUnit.SAME_WORKING_DAY]),
)


@given(published=times, rules=many)
def test_never_longer_than_published_and_at_least_one_unit(published, rules):
    time, rule = policies.shortest_time(published, rules, FILING)
    assert time is not None
    assert time.value >= 1
    assert time.calendar_days <= published.calendar_days
    assert (rule is None) == (time == published)


@given(published=times, percent=percents)
def test_a_shortened_time_rounds_up_by_less_than_one_unit(published, percent):
    time = policies.shortened_time(Rule(effect=E.TIME_PERCENT, percent=percent), published)
    exact = Fraction(published.value) * (1 - Fraction(percent) / 100)
    assert time is not None
    assert time.unit == published.unit
    assert exact <= time.value < exact + 1 or time.value == 1
