"""How often a system may call; that a cache that is away keeps nobody out."""

import pytest
from django.test import override_settings

from portal.api import throttling
from tests import factories
from tests.api.callers import caller, filed_dossier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "counter", throttling.WindowCounter())


@override_settings(API_RATE_PER_MINUTE=3)
def test_too_many_calls_are_429_with_the_time_to_wait() -> None:
    system = caller(factories.make_agency())
    answers = [system.get("/api/v1/dossiers/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert answers[3].json()["code"] == "too_many_requests"
    other = caller(system.client.agency, receives=False)
    assert other.get("/api/v1/dossiers/").status_code == 200


def test_processes_share_one_count() -> None:
    first, second = throttling.WindowCounter(), throttling.WindowCounter()
    for _ in range(60):
        first.add("x")
    assert second.add("x")[0] >= 50


def test_without_the_cache_calls_go_through(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "portal.core.cache.ForgetfulRedisCache",
            "LOCATION": "unix:///nonexistent/valkey.sock?db=1",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    system, dossier = filed_dossier()
    assert system.push(dossier, "accept").status_code == 201
    assert system.get("/api/v1/dossiers/").status_code == 200
