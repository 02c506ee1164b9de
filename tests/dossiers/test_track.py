"""Tracking without signing in: a code and a second fact; no personal data, no telling which was wrong."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from dossiers import services, tracking_tries
from dossiers.models import Dossier
from tests import factories
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    """An accepted dossier with a reason on the way."""
    citizen = factories.make_citizen("Nguyễn Thị Bí Mật", phone="0912340123")
    filed = factories.file_dossier(citizen)
    assert filed.agency is not None and filed.code is not None
    actor = factories.official_actor(filed.agency)
    services.request_supplement(filed.code, actor=actor, reason="Lý do rất riêng tư.")
    return Dossier.objects.get(pk=filed.pk)


def track(code: object, tail: str, client: Client | None = None, prefix: str = "") -> Any:
    return (client or Client()).post(f"{prefix}/tra-cuu/", {"code": code, "phone_tail": tail})


def test_code_and_phone_show_status_and_dates_only(dossier: Dossier) -> None:
    page = text(track(dossier.code, "0123"))
    assert "Yêu cầu bổ sung giấy tờ" in page and dossier.code and dossier.code in page
    for secret in ("Bí Mật", "riêng tư", "0912340123", "Thử nghiệm", dossier.applicant_email, "Thủ tục thử"):
        assert secret not in page
    assert dossier.applicant_id not in page


def test_what_has_ended_promises_no_day_any_more(dossier: Dossier) -> None:
    due = timezone.now() + timedelta(days=3)
    Dossier.objects.filter(pk=dossier.pk).update(state="processing", due_at=due, clock_stopped_at=None)
    assert "Hẹn trả" in text(track(dossier.code, "0123"))
    Dossier.objects.filter(pk=dossier.pk).update(state="stopped", finished_at=timezone.now())
    assert "Hẹn trả" not in text(track(dossier.code, "0123"))


def test_code_is_read_as_people_type_it(dossier: Dossier) -> None:
    assert dossier.code
    response = track(f"  {dossier.code.lower().replace('-', ' - ')} ", "0123")
    assert response.status_code == 200 and dossier.code in text(response)


def test_wrong_code_and_wrong_phone_read_the_same(dossier: Dossier) -> None:
    wrong_phone, wrong_code = track(dossier.code, "9999"), track("H26.00073-000000-0000", "0123")
    assert wrong_phone.status_code == wrong_code.status_code == 404
    for response in (wrong_phone, wrong_code):
        assert "Mã hồ sơ hoặc số điện thoại chưa khớp" in text(response) and 'href="/ho-so/">Đăng nhập' in text(
            response
        )


def test_draft_is_not_found(dossier: Dossier) -> None:
    assert track("", "0123").status_code == 200


@pytest.mark.parametrize(
    ("code", "tail", "words"),
    [
        ("", "0123", "Hãy nhập mã hồ sơ."),
        ("H26.00073-261122-0001", "", "Hãy nhập 4 số cuối"),
        ("H26.00073-261122-0001", "12a4", "Nhập đúng 4 chữ số"),
        ("H26.00073-261122-0001", "١٢٣٤", "Nhập đúng 4 chữ số"),
        ("x" * 10_000, "0123", "dài nhất 50 ký tự"),
        ("x" * 55, "0123", "Mã hồ sơ không đúng"),
        ("H26\x00", "0123", ""),
        ("\x1b[31m", "0123", ""),
    ],
)
def test_bad_input_names_the_field_and_the_cure(code: str, tail: str, words: str) -> None:
    response = track(code, tail)
    assert response.status_code in {200, 404, 422} and words in text(response)


def test_code_in_the_address_fills_the_field_and_shows_nothing_else(dossier: Dossier) -> None:
    page = text(Client().get(f"/tra-cuu/?code={dossier.code}"))
    assert f'value="{dossier.code}"' in page and "Yêu cầu bổ sung" not in page


def test_guessing_is_stopped_for_ten_minutes(dossier: Dossier) -> None:
    client = Client()
    answers = [track(dossier.code, f"{n:04d}", client).status_code for n in range(11)]
    assert answers[:10] == [404] * 10 and answers[10] == 429
    refused = track(dossier.code, "0123", client)
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert "Hãy thử lại sau" in text(refused)


def test_other_addresses_do_not_help_to_guess_one_code(dossier: Dossier) -> None:
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{n}")
        .post("/tra-cuu/", {"code": dossier.code, "phone_tail": f"{n:04d}"})
        .status_code
        for n in range(11)
    ]
    assert answers[-1] == 429


def test_patience_does_not_help_to_guess_either(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking_tries, "TRIES", 1000)  # as who waits ten minutes after every ten
    answers = [
        Client(REMOTE_ADDR=f"10.0.1.{n}")
        .post("/tra-cuu/", {"code": dossier.code, "phone_tail": f"{n:04d}"})
        .status_code
        for n in range(32)
    ]
    assert answers == [404] * 30 + [429] * 2
    refused = track(dossier.code, "0123")
    assert refused.status_code == 429 and refused["Retry-After"] == "86400", "the right one tells nothing either"
    assert "Hãy thử lại sau" in text(refused)
    other = factories.file_dossier(factories.make_citizen("Người Khác", phone="0912340456"))
    assert track(other.code, "0456").status_code == 200, "another dossier is not shut with it"


def of_address(address: str, code: object, tail: str) -> int:
    return int(Client(REMOTE_ADDR=address).post("/tra-cuu/", {"code": code, "phone_tail": tail}).status_code)


def test_many_codes_are_not_guessed_from_one_address(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking_tries, "WRONG_OF_ADDRESS", 5)
    told = [of_address("10.0.2.1", f"H26.00073-261130-{n:04d}", "0000") for n in range(7)]
    assert told == [404] * 5 + [429] * 2
    assert of_address("10.0.2.1", dossier.code, "0123") == 429
    assert of_address("10.0.2.2", dossier.code, "0123") == 200, "another address is not shut with it"
    monkeypatch.setattr(tracking_tries, "WRONG_OF_ADDRESS", 1000)
    monkeypatch.setattr(tracking_tries, "WRONG_OF_ADDRESS_A_DAY", 5)
    assert of_address("10.0.2.1", dossier.code, "0123") == 429, "nor by waiting ten minutes after every few"


def test_an_office_behind_one_address_looks_up_as_often_as_it_likes(dossier: Dossier) -> None:
    codes = [dossier.code]
    for n in range(15):
        codes.append(factories.file_dossier(factories.make_citizen(f"Người {n}", phone="0912340123")).code)
    assert {of_address("10.0.3.1", code, "0123") for code in codes} == {200}
    assert [of_address("10.0.3.1", code, "9999") for code in codes] == [404] * len(codes), "and may mistype"
    assert of_address("10.0.3.1", codes[0], "0123") == 200


def test_who_guesses_waits_while_the_portal_is_guessed_at_and_nobody_else(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking_tries, "WRONG_IN_ALL_A_DAY", 20)
    monkeypatch.setattr(tracking_tries, "WRONG_OF_ADDRESS", 1000)
    told = [of_address("10.0.4.0", f"H26.00073-261130-{n:04d}", "0000") for n in range(19)]
    assert told == [404] * 19
    assert of_address("10.0.9.1", "H26.00073-261130-0099", "0000") == 404, "an office mistypes once"
    with capture_logs() as logged:
        assert of_address("10.0.4.0", dossier.code, "0123") == 429, "who guessed already"
        assert of_address("10.0.9.1", dossier.code, "0123") == 200, "one mistake shuts nobody out"
        assert of_address("10.0.4.9", dossier.code, "0123") == 200, "nor do neighbours who guess, who has none"
        mistaken = [of_address("10.0.9.1", dossier.code, tail) for tail in ("1111", "2222", "3333", "0123")]
    assert mistaken == [404, 404, 404, 200], "a few more neither"
    assert [row["event"] for row in logged].count("track.guessed_in_all") == 1
    refused = Client(REMOTE_ADDR="10.0.4.0").post("/tra-cuu/", {"code": dossier.code, "phone_tail": "0123"})
    assert refused["Retry-After"] == str(tracking_tries.WINDOW_SECONDS), "it waits, and is not shut out"


@pytest.mark.parametrize("address", ["10.0.5.{:d}", "2001:db8:5:{:x}::1"])
def test_a_network_that_guesses_from_each_of_its_addresses_waits_together(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(tracking_tries, "WRONG_IN_ALL_A_DAY", 12)
    monkeypatch.setattr(tracking_tries, "REPEATED_OF_NETWORK", 10)
    told = [of_address(address.format(n), f"H26.00073-261130-{n:04d}", "0000") for n in range(1, 13)]
    assert told == [404] * 12
    assert of_address(address.format(1), dossier.code, "0123") == 429, "one wrong, of many of its network"
    assert of_address(address.format(99), dossier.code, "0123") == 200, "who has none gets in"


@pytest.mark.parametrize(
    ("place", "network"),
    [
        ("10.0.4.9", "10.0.4.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("", "network of "),
        ("unknown", "network of unknown"),
    ],
)
def test_neighbours_are_counted_together(place: str, network: str) -> None:
    assert tracking_tries.network_of(place) == network


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_one_line_is_one_address(address: str, place: str) -> None:
    assert tracking_tries.place_of(address) == place


def test_who_knows_it_may_look_as_often_as_she_likes(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking_tries, "TRIES", 1000)
    assert {track(dossier.code, "0123").status_code for _look in range(35)} == {200}


def test_cache_that_is_away_lets_people_through(dossier: Dossier, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "portal.core.cache.ForgetfulRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }
    assert track(dossier.code, "0123").status_code == 200


def test_english(dossier: Dossier) -> None:
    page = text(track(dossier.code, "0123", prefix="/en"))
    assert dossier.code and dossier.code in page and 'lang="en"' in page


def test_returned_dossier_is_found_years_later(dossier: Dossier) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=2000)):
        assert track(dossier.code, "0123").status_code == 200
