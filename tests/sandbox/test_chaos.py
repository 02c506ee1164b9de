"""A case system that was told to go wrong does so, in every way it offers, and comes right again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.dossiers import deliver, dossier, new_code
from tests.sandbox.programs import Program, until
from tests.sandbox.rest_portal import RestPortal, click

pytestmark = pytest.mark.xdist_group("sandbox-province")


@pytest.fixture
def portal(province: Program) -> RestPortal:
    return RestPortal(province)


def go_wrong(program: Program, *faults: str, rate: float = 1.0) -> None:
    answer = program.http.post("/_sandbox/chaos", json={"faults": faults, "rate": rate, "seed": 7})
    assert answer.json() == {"faults": sorted(faults)}


def heard(portal: RestPortal, code: str) -> tuple[list[dict[str, Any]], int]:
    """What could be read of what arrived about a dossier, and how many messages could not."""
    bodies, broken = [], 0
    for request in portal.events(code):
        try:
            bodies.append(json.loads(request.body))
        except ValueError:
            broken += 1
    return bodies, broken


def test_what_it_tells_goes_wrong(province: Program, portal: RestPortal) -> None:
    go_wrong(province, "duplicates", "cut_bodies", "wrong_codes", "clock_skew")
    code = new_code()
    deliver(province, "dossier.submitted", dossier(code))
    until(lambda: sum(body["event"] == "approve" for body in heard(portal, code)[0]) == 3)
    bodies, broken = heard(portal, code)
    assert broken == 3 and [body["event"] for body in bodies].count("ban_hanh") == 3
    assert len({body["reference"] for body in bodies if body["event"] == "approve"}) == 1
    assert len({request.headers["idempotency-key"] for request in portal.events(code)}) == 9
    told = [datetime.fromisoformat(body["occurred_at"]) for body in bodies]
    assert all(abs(moment - datetime.now(UTC)) > timedelta(hours=1) for moment in told)
    struck = province.http.get("/_sandbox/standing").json()["struck"]
    assert struck.keys() == {"duplicates", "cut_bodies", "wrong_codes", "clock_skew"} and min(struck.values()) >= 3
    assert "Đang cố ý chạy sai:" in province.http.get("/").text
    go_wrong(province)
    assert "Đang cố ý chạy sai:" not in province.http.get("/").text


def test_the_last_word_comes_first_and_what_was_refused_comes_again(province: Program, portal: RestPortal) -> None:
    go_wrong(province, "reordering")
    code = new_code()
    portal.refuse(code, 409, {"code": "dossier.transition_not_allowed"})
    deliver(province, "dossier.submitted", dossier(code))
    until(lambda: len(heard(portal, code)[0]) >= 2)
    assert heard(portal, code)[0][0]["event"] == "approve"
    go_wrong(province)
    until(lambda: province.http.get("/_sandbox/standing").json()["waiting"] == 0)
    assert {body["event"] for body in heard(portal, code)[0]} == {"accept", "start_processing", "approve"}


def test_its_answers_go_wrong_before_and_after_the_work(province: Program, portal: RestPortal) -> None:
    province.http.post("/_sandbox/handling", json={"handling": "manual"})
    first, second, third = new_code(), new_code(), new_code()
    go_wrong(province, "outage")
    assert deliver(province, "dossier.submitted", dossier(first)).status_code == 503
    assert province.http.get(f"/ho-so/{first}/").status_code == 404
    go_wrong(province, "errors")
    assert deliver(province, "dossier.submitted", dossier(second), webhook_id="msg_again").status_code == 502
    go_wrong(province, "cut_answers")
    answer = deliver(province, "dossier.submitted", dossier(third))
    with pytest.raises(ValueError, match="."):
        answer.json()
    go_wrong(province)
    assert deliver(province, "dossier.submitted", dossier(second), webhook_id="msg_again").json()["duplicate"] is True
    assert click(province, third, "accept").status_code == 302


@pytest.mark.parametrize("asked", [{}, {"faults": ["x"]}, {"faults": [], "rate": 2}, {"faults": 1}])
def test_a_fault_that_nobody_knows_is_refused(province: Program, asked: dict[str, Any]) -> None:
    assert province.http.post("/_sandbox/chaos", json=asked).status_code == 400
