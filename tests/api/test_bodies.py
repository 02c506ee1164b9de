"""Bodies from strangers: a clear 400 or 413 that says what is wrong and where, never a 500."""

import gzip
import json
import time
import zlib
from collections.abc import Callable

import pytest
from django.test import Client, override_settings

from portal.api.parsers import MalformedBodyError, loads
from tests.api.callers import event_body, filed_dossier

PATH = "/api/v1/dossiers/H26.00073-261122-0001/events/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "JSON"),
        (b"   ", "JSON"),
        (b"{", "dòng 1"),
        (b'{"a": 1,}', "cột"),
        (b'{"event": "accept", "event": "stop"}', "hai lần"),
        (b'{"reason": "a\\u0000b"}', "NUL"),
        (b'{"reason": "a\x00b"}', "JSON"),
        (b'{"reason": "\\ud800"}', "Unicode"),
        (b'{"reason": "\xff\xfe"}', "UTF-8"),
        (b'{"amount_vnd": NaN}', "NaN"),
        (b'{"amount_vnd": 1e999}', "quá dài"),
        (b'{"amount_vnd": ' + b"9" * 5000 + b"}", "quá dài"),
        (b"[" * 100_000, "lồng"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "lồng"),
    ],
)
def test_what_cannot_be_read_is_said(body: bytes, word: str) -> None:
    system, _dossier = filed_dossier()
    answer = system.http.post(PATH, body, content_type="application/json")
    if body == b"":
        assert answer.status_code == 422  # nothing was sent: every required field is missing
        return
    assert answer.status_code == 400, answer.content
    problem = answer.json()
    assert problem["code"] == "input.malformed" and word in problem["detail"], problem["detail"]


@pytest.mark.django_db
@override_settings(API_BODY_MAX_BYTES=1000)
def test_a_body_that_is_too_large_is_413() -> None:
    system, _dossier = filed_dossier()
    answer = system.post(PATH, {"reason": "x" * 2000})
    assert answer.status_code == 413 and answer.json()["code"] == "input.too_large"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("packing", "pack"), [("gzip", gzip.compress), ("x-GZIP ", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_packed_body_is_read(packing: str, pack: Callable[[bytes], bytes]) -> None:
    system, dossier = filed_dossier()
    raw = pack(json.dumps(event_body("accept")).encode())
    answer = system.post(
        f"/api/v1/dossiers/{dossier.code}/events/", raw, key="goi-nen", **{"Content-Encoding": packing}
    )
    assert answer.status_code == 201, answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("packing", "raw", "status", "code"),
    [
        ("gzip", b"{}", 400, "input.malformed"),
        ("gzip", gzip.compress(b'{"event": "accept"}')[:-9], 400, "input.malformed"),
        ("gzip", gzip.compress(b" " * 40_000_000), 413, "input.too_large"),
        ("gzip", gzip.compress(b"{") + gzip.compress(b"}"), 400, "input.malformed"),
        ("br", b"{}", 415, "input.encoding"),
    ],
    ids=["no gzip", "broken off", "a bomb", "two members", "unknown"],
)
def test_a_packed_body_that_cannot_be_read_is_said(packing: str, raw: bytes, status: int, code: str) -> None:
    system, dossier = filed_dossier()
    answer = system.post(f"/api/v1/dossiers/{dossier.code}/events/", raw, key="hong", **{"Content-Encoding": packing})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    wire = Client().post("/mapi/g", raw, content_type="application/json", headers={"Content-Encoding": packing})
    assert wire.status_code == 200 and wire.json()["error_code"] == "-5"


@pytest.mark.django_db
def test_another_media_type_is_415() -> None:
    system, _dossier = filed_dossier()
    answer = system.http.post(PATH, "event=accept", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415 and answer.json()["code"] == "input.media_type"


@pytest.mark.django_db
def test_markup_and_sql_in_texts_are_kept_as_text() -> None:
    system, dossier = filed_dossier()
    nasty = "<script>alert(1)</script> '; DROP TABLE dossiers_dossier; -- {{ 7*7 }}"
    answer = system.push(dossier, "refuse_intake", reason=nasty)
    assert answer.status_code == 201, answer.content
    assert answer.json()["event"]["reason"] == nasty


def test_real_pairs_of_surrogates_are_letters() -> None:
    assert loads(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


def test_mending_drops_what_cannot_be_stored() -> None:
    assert loads(b'{"a\\u0000": ["b\\u0000c\\ud800", 1]}', mends_text=True) == {"a": ["bc", 1]}


def test_a_byte_order_mark_is_no_error() -> None:
    assert loads(b"\xef\xbb\xbf{}") == {}


def test_ten_thousand_elements_are_looked_through_quickly() -> None:
    body = json.dumps({"data": [{"MaHoSo": str(n), "x": {"y": []}} for n in range(10_000)]}).encode()
    started = time.process_time()
    assert len(loads(body)["data"]) == 10_000
    assert time.process_time() - started < 2


def test_deep_nesting_is_refused_before_it_is_built() -> None:
    with pytest.raises(MalformedBodyError):
        loads(b"[" * 5_000_000)


@pytest.mark.django_db
def test_errors_speak_the_callers_language() -> None:
    system, _dossier = filed_dossier()
    english = system.http.get("/api/v1/dossiers/X/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    vietnamese = system.http.get("/api/v1/dossiers/X/")
    assert english["Content-Language"] == "en" and vietnamese["Content-Language"] == "vi"
    assert vietnamese.json()["title"] == "Không tìm thấy"
    assert english.json()["code"] == vietnamese.json()["code"]


@pytest.mark.django_db
def test_a_post_without_the_last_slash_is_answered_not_redirected() -> None:
    system, dossier = filed_dossier()
    answer = system.post(f"/api/v1/dossiers/{dossier.code}/events", event_body("accept"))
    assert answer.status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/khong-co/", "/api/v1/dossiers/a/b/c/"])
def test_unknown_addresses_are_problems_too(path: str) -> None:
    system, _dossier = filed_dossier()
    answer = system.get(path)
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/api/v1/dossiers/%00/", "/api/v1/dossiers/?state=%00", "/api/v1/dossiers/?cursor=%00"]
)
def test_nul_in_an_address_is_400(path: str) -> None:
    system, _dossier = filed_dossier()
    answer = system.get(path)
    assert answer.status_code == 400 and answer.json()["code"] == "input.malformed"


@pytest.mark.django_db
def test_other_methods_are_405() -> None:
    system, dossier = filed_dossier()
    for method in ("put", "patch", "delete", "options"):
        answer = getattr(system.http, method)(f"/api/v1/dossiers/{dossier.code}/")
        assert answer.status_code == 405 and answer.json()["code"] == "method_not_allowed", method
