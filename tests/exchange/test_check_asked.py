"""check_partner grades a system that is asked: a good one passes, each broken promise is named with its cure."""

from collections.abc import Callable
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command

from dossiers.partners import pull_rest, pull_wire
from tests.exchange.asked import body
from tests.exchange.partner import Answer, Got, PartnerServer
from tests.wire.clients import record

Answers = Callable[[Got], Answer]
EVENTS = [
    {"code": f"H17-{number}", "event": "accept", "occurred_at": "2026-11-20T08:30:00+07:00", "reference": f"R{number}"}
    for number in range(5)
]
RECORDS = [record(f"H17.20275-261120-000{number}", "4", NgayTiepNhan="20261120081500") for number in range(3)]


def check(url: str, *arguments: str) -> tuple[str, bool]:
    out = StringIO()
    try:
        call_command("check_partner", url, *arguments, stdout=out)
    except CommandError as error:
        assert "chưa đạt" in str(error)
        return out.getvalue(), False
    return out.getvalue(), True


def broken(told: str) -> list[str]:
    return [line.removeprefix("CHƯA ĐẠT  ").split(" (")[0] for line in told.splitlines() if line.startswith("CHƯA ĐẠT")]


def events_served(events: list[Any], *, forgets: bool = False, checks: bool = True, twice: bool = False) -> Answers:
    given: set[str] = set()

    def answer(got: Got) -> Answer:
        if checks and got.headers.get("authorization") != "Bearer khoa":
            return 401
        cursor = int(parse_qs(urlsplit(got.path).query).get("cursor", ["0"])[0] or 0)
        found = [event for event in events[cursor : cursor + 2] if not forgets or event["reference"] not in given]
        given.update(event["reference"] for event in found)
        step = 1 if twice else len(found)
        return body(
            {"next_cursor": str(cursor + step), "has_more": cursor + len(found) < len(events), "results": found}
        )

    return answer


def breaks_down(got: Got) -> Answer:
    return events_served(EVENTS)(got) if got.headers.get("authorization") == "Bearer khoa" else 500


def never_ends(got: Got) -> Answer:
    if got.headers.get("authorization") != "Bearer khoa":
        return 401
    cursor = int(parse_qs(urlsplit(got.path).query).get("cursor", ["0"])[0] or 0)
    return body({"next_cursor": str(cursor + 1), "has_more": True, "results": EVENTS[cursor : cursor + 1]})


def check_rest(partner: PartnerServer, answer: Answers) -> tuple[str, bool]:
    partner.answer = answer
    return check(partner.url, "--kind", "rest", "--secret", "khoa")


def test_a_system_that_serves_events_as_it_should_passes(
    partner: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_rest, "PAGE_SIZE", 2)
    told, is_passed = check_rest(partner, events_served(EVENTS))
    assert is_passed and told.count("ĐẠT") == 5 and "5 phần tử" in told
    assert check_rest(partner, events_served([]))[1], "one that has nothing yet is right, too"


@pytest.mark.parametrize(
    ("answer", "step", "words"),
    [
        (events_served(EVENTS, checks=False), "Từ chối khóa sai", "Trả 401"),
        (events_served([*EVENTS[:1], {**EVENTS[1], "occurred_at": "20261120"}]), "Mỗi sự kiện đọc được", "phần tử 2"),
        (breaks_down, "Từ chối khóa sai", "mã 500"),
        (never_ends, "Con trỏ đi tới cuối, không bỏ trùng", "trang rỗng"),
        ("forgets", "Hỏi lại cùng con trỏ thì trả lại cùng sự kiện", "đã giao"),
        (events_served(EVENTS, twice=True), "Con trỏ đi tới cuối, không bỏ trùng", "lặp lại R1"),
        (lambda _got: body([]), "Trả trang sự kiện khi hỏi từ đầu", "next_cursor"),
    ],
    ids=[
        "takes any key",
        "a moment without zone",
        "breaks down",
        "never ends",
        "gives an event once",
        "repeats an event",
        "no page",
    ],
)
def test_what_is_broken_in_events_is_named_with_its_cure(
    partner: PartnerServer, answer: Answers | str, step: str, words: str
) -> None:
    told, is_passed = check_rest(partner, events_served(EVENTS, forgets=True) if isinstance(answer, str) else answer)
    assert not is_passed and broken(told)[0] == step and words in told


def dossiers_served(records: list[Any], **wrong: Any) -> Answers:
    def answer(got: Got) -> Answer:
        asked = got.json
        if "username" in asked:
            is_known = asked == {"username": "cong", "password": "mat-khau"} or wrong.get("any_password")
            if wrong.get("silent") and not is_known:
                return 500
            return body({"error_code": 0, "session": "s1"} if is_known else {"error_code": -1, "message": "Sai"})
        if asked["session"] != "s1" and wrong.get("silent"):
            return 500
        if asked["session"] != "s1" and not wrong.get("any_session"):
            return body({"error_code": -1, "message": "Phiên sai"})
        if asked["service"] == "TraCuuHoSo":
            found = [{"TRANGTHAIHOSO": "4"} for each in records if each["MaHoSo"] == asked["mahoso"]]
            return body({"error_code": 0, "result": wrong.get("looked_up", found)})
        start = 0 if wrong.get("one_page") else (asked["trang"] - 1) * asked["soLuong"]
        return body({"error_code": 0, "result": records[start : start + asked["soLuong"]]})

    return answer


def check_wire(partner: PartnerServer, answer: Answers) -> tuple[str, bool]:
    partner.answer = answer
    return check(partner.url, "--kind", "wire", "--username", "cong", "--secret", "mat-khau", "--agency", "H17")


def test_a_system_of_the_wire_format_passes(partner: PartnerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_wire, "PAGE_SIZE", 2)
    told, is_passed = check_wire(partner, dossiers_served(RECORDS))
    assert is_passed and told.count("ĐẠT") == 8
    assert {got.json.get("madonvi") for got in partner.got} == {None, "H17"}
    assert check_wire(partner, dossiers_served([]))[1], "one that has nothing yet is right, too"
    unmapped = [record(RECORDS[0]["MaHoSo"], "CHO_XU_LY", NgayTiepNhan="20261120081500")]
    assert check_wire(partner, dossiers_served(unmapped))[1], "a status of its own will be mapped"


NAMELESS = [{**RECORDS[0], "MaHoSo": ""}]


@pytest.mark.parametrize(
    ("answer", "steps", "words"),
    [
        (dossiers_served(RECORDS, any_password=True), ["Từ chối mật khẩu sai"], "error_code"),
        (dossiers_served(RECORDS, any_session=True), ["Từ chối phiên không do mình cấp"], "error_code"),
        (dossiers_served(RECORDS, silent=True), ["Từ chối mật khẩu sai", "Từ chối phiên không do mình cấp"], "500"),
        (dossiers_served(RECORDS, one_page=True), ["Trang sau không lặp trang trước"], "trang 2"),
        (dossiers_served(NAMELESS), ["Mỗi hồ sơ đọc được", "TraCuuHoSo tìm thấy hồ sơ vừa trả"], "phần tử 1:"),
        (dossiers_served(RECORDS, looked_up={}), ["TraCuuHoSo tìm thấy hồ sơ vừa trả"], "không phải mảng"),
        (dossiers_served(RECORDS, looked_up=[{}]), ["TraCuuHoSo tìm thấy hồ sơ vừa trả"], "TRANGTHAIHOSO"),
        (
            dossiers_served(RECORDS, looked_up=[{"TrangThaiHoSo": "4"}]),
            ["TraCuuHoSo không có hồ sơ thì trả mảng rỗng"],
            "mảng rỗng",
        ),
        (lambda _got: 500, ["Cấp phiên cho tài khoản của Cổng"], "mã 500"),
    ],
    ids=[
        "any password",
        "any session",
        "breaks down",
        "one page",
        "no code",
        "no list",
        "without status",
        "finds anything",
        "500",
    ],
)
def test_what_is_broken_in_dossiers_is_named_with_its_cure(
    partner: PartnerServer, monkeypatch: pytest.MonkeyPatch, answer: Answers, steps: list[str], words: str
) -> None:
    monkeypatch.setattr(pull_wire, "PAGE_SIZE", 2)
    told, is_passed = check_wire(partner, answer)
    assert not is_passed and set(steps) <= set(broken(told)) and words in told
