"""Bundles of linked procedures: what is carried fits the published forms, and what does not fit is named."""

from datetime import date
from typing import Any

import pytest

from procedures import access, bundle_checking, bundles
from procedures.bundle_answers import compose, declared_key
from procedures.bundle_plans import read
from procedures.eforms.conditions import Scope
from procedures.eforms.reading import read_form
from procedures.models import Bundle
from procedures.packs import PackError, Reference
from tests.procedures.conftest import BIRTH

BIRTHS, DEATHS = "3.000722", "2.002913"


def test_both_bundles_fit_the_published_forms_and_load_once(everything: None, reference: Reference) -> None:
    assert bundles.load_bundles(reference) == 2
    assert bundles.load_bundles(reference) == 0
    plan = bundles.plan_of(BIRTHS)
    assert plan is not None and plan.nodes[0].procedure_code == BIRTH
    assert {node.key: set(node.needs) for node in plan.nodes[1:]} == {
        "residence": {"registration"},
        "health_card": {"registration"},
        "identity_card": {"registration"},
    }
    assert bundles.is_part_of_any("1.004222") and not bundles.is_part_of_any(BIRTHS)
    deaths = bundles.plan_of(DEATHS)
    assert deaths is not None
    wanted = deaths.wanted(Scope({"benefit_group": "none"}, date(2026, 11, 28)))
    assert [node.key for node in wanted] == ["registration", "residence"]


def test_a_bundle_that_is_switched_off_splits_nothing(everything: None, reference: Reference) -> None:
    bundles.load_bundles(reference)
    Bundle.objects.update(is_open=False)
    bundles.publication._remembered.clear()
    assert bundles.plan_of(BIRTHS) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answers": {}}, "nobody is asked for request_text"),
        ({"place": "child_full_name"}, "no address of the declaration"),
        ({"needs": {"registration": "nothing"}}, "nothing is no component of 1.004222"),
        ({"answers": {"nonsense": {"value": "1"}}}, "nonsense is no field of 1.004222"),
        ({"when": {"field": "unknown", "equals": "1"}}, "which is no field of the form"),
    ],
)
def test_what_does_not_fit_is_named(everything: None, reference: Reference, change: dict[str, Any], said: str) -> None:
    births = next(row for row in reference.bundles if row["procedure"] == BIRTHS)
    nodes = [{**row, **change} if row["key"] == "residence" else row for row in births["nodes"]]
    plan = read({"nodes": nodes})
    versions = {code: access.get_version(code) for code in (BIRTHS, *(node.procedure_code for node in plan.nodes))}
    assert any(said in problem for problem in bundle_checking.misfits(plan, versions, BIRTHS))


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([], "at least one"),
        ([{"key": "a", "procedure": "1", "needs": ["b"]}], "b is no node"),
        (
            [{"key": "a", "procedure": "1", "needs": ["b"]}, {"key": "b", "procedure": "2", "needs": ["a"]}],
            "each other",
        ),
        ([{"key": "a", "procedure": "1", "answers": {"x": {"result": "b", "take": "personal_id"}}}], "not in needs"),
        ([{"key": "a", "procedure": "1", "answers": {"x": {"guess": "b"}}}], "says nothing known"),
        ([{"key": "a", "procedure": "1", "color": "red"}], "unknown color"),
        (
            [
                {"key": "a", "procedure": "1", "when": {"field": "x", "equals": "1"}},
                {"key": "b", "procedure": "2", "needs": ["a"]},
            ],
            "always filed",
        ),
    ],
)
def test_a_plan_that_points_nowhere_is_refused(nodes: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(PackError, match=said):
        read({"nodes": nodes})


FORM = read_form(
    {
        "pages": [
            {
                "key": "p",
                "title": {"vi": "Trang"},
                "groups": [
                    {
                        "key": "g",
                        "title": {"vi": "Nhóm"},
                        "fields": [
                            {"key": "name", "label": {"vi": "Tên"}, "type": "text"},
                            {"key": "words", "label": {"vi": "Lời"}, "type": "text"},
                            {"key": "day", "label": {"vi": "Ngày"}, "type": "date"},
                            {"key": "number", "label": {"vi": "Số"}, "type": "personal_id"},
                            {"key": "place", "label": {"vi": "Nơi"}, "type": "agency"},
                            {"key": "agreed", "label": {"vi": "Có"}, "type": "boolean", "default": False},
                            {
                                "key": "people",
                                "label": {"vi": "Người"},
                                "type": "repeat",
                                "fields": [{"key": "who", "label": {"vi": "Ai"}, "type": "text"}],
                            },
                        ],
                    }
                ],
            }
        ]
    }
)
SPECS: dict[str, Any] = {
    "words": {"text": "Cho {child}"},
    "day": {"day_of": "moment"},
    "number": {"result": "a", "take": "personal_id"},
    "place": {"agency": True},
    "people": {"rows": [{"who": {"from": "child"}, "id": {"result": "a", "take": "personal_id"}}]},
}


def test_answers_are_composed_as_the_plan_says() -> None:
    declared = {"name": "An", "child": "Bé", "moment": "2026-11-20T23:30:00+07:00", "other": "x"}
    results = {"a": {"personal_id": "001226000001"}}
    assert compose(FORM, SPECS, declared, agency_code="H26", results=results) == {
        "name": "An",
        "words": "Cho Bé",
        "day": "2026-11-20",
        "number": "001226000001",
        "place": "H26",
        "agreed": False,
        "people": [{"who": "Bé", "id": "001226000001"}],
    }
    assert "number" not in compose(FORM, SPECS, declared)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("name", "name"),
        ("words", "child"),
        ("day", "moment"),
        ("number", None),
        ("people.0.who", "child"),
        ("people.0.id", None),
        ("place", None),
    ],
)
def test_an_error_goes_back_to_the_answer_it_came_from(path: str, key: str | None) -> None:
    assert declared_key(path, SPECS) == key


@pytest.mark.parametrize(
    ("code", "answers", "days"),
    [
        (BIRTHS, {}, 3),
        (DEATHS, {"benefit_group": "none"}, 6),
        (DEATHS, {"benefit_group": "social_assistance", "survivor_pension_80": True}, 11),
        (DEATHS, {"benefit_group": "social_assistance", "survivor_pension_80": False}, 6),
        (DEATHS, {"benefit_group": "meritorious"}, 18),
    ],
)
def test_the_whole_has_a_time_limit_by_the_answers(
    reference: Reference, code: str, answers: dict[str, Any], days: int
) -> None:
    row = next(row for row in reference.bundles if row["procedure"] == code)
    assert read(row).working_days(Scope(answers, date(2026, 11, 28))) == days


@pytest.mark.parametrize("due", [{"working_days": 0}, {"working_days": True}, {"working_days": "3"}, {"days": 3}, {}])
def test_a_time_limit_that_is_none_is_refused(due: dict[str, Any]) -> None:
    with pytest.raises(PackError, match="no number of working days"):
        read({"nodes": [{"key": "a", "procedure": "1"}], "due": [due]})


def test_a_time_limit_asks_only_what_is_declared(everything: None, reference: Reference) -> None:
    births = next(row for row in reference.bundles if row["procedure"] == BIRTHS)
    plan = read({**births, "due": [{"working_days": 3, "when": {"field": "unknown", "equals": "1"}}]})
    versions = {code: access.get_version(code) for code in (BIRTHS, *(node.procedure_code for node in plan.nodes))}
    assert any("due.when" in problem for problem in bundle_checking.misfits(plan, versions, BIRTHS))
