"""Fees: dated layers by channel; the lowest applicable wins, and no amount is never free."""

from datetime import date, timedelta

import pytest

from procedures import sheets
from procedures.fees import amounts_due, total_vnd
from procedures.models import FeeRule, ProcedureVersion
from tests.procedures.conftest import BIRTH, RESIDENCE

DAY = date(2026, 11, 20)


def rule(key="base", charge="fee", amount_vnd=20000, **values):
    values.setdefault("is_default", True)
    return FeeRule(key=key, charge=charge, kind="le_phi", name=key, amount_vnd=amount_vnd, **values)


def due(*rules, answers=None, **values):
    values.setdefault("on", DAY)
    return amounts_due(ProcedureVersion(), answers=answers or {}, rules=rules, **values)


CASES = [
    ("one rule", [rule()], {}, [20000]),
    ("no rules", [], {}, []),
    ("the lowest of one charge wins", [rule(), rule("online", amount_vnd=10000, channel="online")], {}, [10000]),
    (
        "the desk does not get the online rate",
        [rule(), rule("online", amount_vnd=10000, channel="online")],
        {"channel": "direct"},
        [20000],
    ),
    ("the post pays as the desk", [rule("desk", amount_vnd=15000, channel="direct")], {"channel": "postal"}, [15000]),
    ("charges add up", [rule(), rule("other", charge="copies", amount_vnd=8000)], {}, [20000, 8000]),
    ("not ordinary and no condition: an official decides", [rule(is_default=False)], {}, []),
    ("no amount is not free", [rule(amount_vnd=None)], {}, [None]),
    ("a known amount beats an unknown one", [rule(amount_vnd=None), rule("known", amount_vnd=30000)], {}, [30000]),
    ("an unknown amount does not beat a known one", [rule(), rule("unknown", amount_vnd=None)], {}, [20000]),
    ("free is an amount", [rule(), rule("waived", amount_vnd=0)], {}, [0]),
    ("not yet", [rule(), rule("later", amount_vnd=0, valid_from=date(2026, 11, 21))], {}, [20000]),
    ("first day", [rule(), rule("relief", amount_vnd=0, valid_from=DAY)], {}, [0]),
    ("last day", [rule(), rule("relief", amount_vnd=0, valid_to=DAY)], {}, [0]),
    ("over", [rule(), rule("relief", amount_vnd=0, valid_to=date(2026, 11, 19))], {}, [20000]),
]


@pytest.mark.parametrize(("rules", "values", "amounts"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_which_rule_applies(rules, values, amounts):
    assert [line.amount_vnd for line in due(*rules, **values)] == amounts


@pytest.mark.parametrize(
    ("answers", "amounts"),
    [
        ({"want": True, "copies": 3}, [24000]),
        ({"want": True, "copies": 0}, []),
        ({"want": True}, [8000]),
        ({"want": True, "copies": [{}, {}]}, [16000]),
        ({"want": False, "copies": 3}, []),
        ({}, []),
    ],
)
def test_a_quantity_multiplies_and_a_condition_decides(answers, amounts):
    copies = rule(
        "copies",
        amount_vnd=8000,
        is_default=False,
        condition={"field": "want", "equals": True},
        quantity_field="copies",
    )
    assert [line.amount_vnd for line in due(copies, answers=answers)] == amounts


def test_a_fact_may_waive():
    waiver = rule("waiver", amount_vnd=0, is_default=False, condition={"fact": "digital_citizen"})
    assert [line.amount_vnd for line in due(rule(), waiver)] == [20000]
    assert [line.amount_vnd for line in due(rule(), waiver, facts={"digital_citizen": True})] == [0]


def test_published_examples(publish):
    residence = publish(RESIDENCE)
    assert [line.amount_vnd for line in amounts_due(residence, answers={}, channel="online", on=DAY)] == [10000]
    assert [line.amount_vnd for line in amounts_due(residence, answers={}, channel="direct", on=DAY)] == [20000]
    birth = publish(BIRTH)
    on_time = {"child_date_of_birth": (DAY - timedelta(days=60)).isoformat()}
    late = {"child_date_of_birth": (DAY - timedelta(days=61)).isoformat()}
    assert [(line.charge, line.amount_vnd) for line in amounts_due(birth, answers=late, on=DAY)] == [
        ("late_registration", None)
    ]
    assert sheets.cost_words(birth, list(birth.fees.all()), DAY, channel="online") == OF_PROVINCE
    lines = amounts_due(birth, answers=on_time | {"want_extra_copies": True, "extra_copies": 2}, on=DAY)
    assert [(line.charge, line.amount_vnd, line.quantity) for line in lines] == [
        ("registration", 0, 1),
        ("copies", 16000, 2),
    ]
    assert total_vnd(lines, payable_on="filing") == 16000


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([], "Không thu phí, lệ phí"),
        ([rule(amount_vnd=0)], "Miễn phí"),
        ([rule(amount_vnd=None)], "Cơ quan thông báo mức thu"),
        ([rule()], "20.000\xa0đ"),
        ([rule(), rule("x", charge="x", amount_vnd=None)], "20.000\xa0đ và khoản do cơ quan thông báo"),
    ],
)
def test_fees_in_words(rules, words):
    assert sheets.fee_words(due(*rules)) == words


IN_TIME = {"amount_vnd": 0, "is_default": False, "condition": {"field": "born", "within_days": 60}}
LATE = {"charge": "late", "is_default": False, "condition": {"field": "born", "filled": True}}
FREE = "Miễn phí trong 60 ngày đầu"
OF_PROVINCE = f"{FREE}; sau đó theo mức của tỉnh, thành phố"


@pytest.mark.parametrize(
    ("late", "words"),
    [
        ([], FREE),
        ([rule("late", amount_vnd=5000, **LATE)], f"{FREE}; sau đó 5.000\xa0đ"),
        ([rule("late", amount_vnd=0, **LATE)], "Miễn phí"),
        ([rule("late", amount_vnd=5000, **LATE), rule("late", amount_vnd=0, **LATE)], "Tùy trường hợp"),
        ([rule("late", amount_vnd=None, decided_by="province", **LATE)], OF_PROVINCE),
        ([rule("late", amount_vnd=None, **LATE)], f"{FREE}; sau đó cơ quan thông báo mức thu"),
        ([rule("copies", quantity_field="copies", **LATE)], FREE),
        ([rule("late", amount_vnd=5000, channel="direct", **LATE)], FREE),
    ],
)
def test_what_is_free_in_time_says_until_when_and_what_comes_then(late, words):
    rules = [rule("in_time", **IN_TIME), *late]
    assert sheets.cost_words(ProcedureVersion(), rules, DAY, channel="online") == words
    assert all(not each.is_default for each in rules), "the rules stay as they are published"


@pytest.mark.parametrize(
    ("rules", "channel", "words"),
    [
        ([rule(is_default=False)], "online", "Tùy trường hợp"),
        ([rule(is_default=False, valid_to=date(2026, 1, 1))], "online", "Không thu phí, lệ phí"),
        ([rule(channel="direct", amount_vnd=2000, unit="trang")], "direct", "2.000\xa0đ mỗi trang"),
        ([rule(channel="direct", amount_vnd=2000, unit="trang")], "online", "Tùy trường hợp"),
        ([rule(amount_vnd=2000, unit="lần")], "online", "2.000\xa0đ"),
    ],
)
def test_a_cost_that_depends_is_never_called_free(rules, channel, words):
    assert sheets.cost_words(ProcedureVersion(), rules, DAY, channel=channel) == words
