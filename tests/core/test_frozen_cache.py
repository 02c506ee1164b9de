"""A cache server that takes connections and does not answer: a page waits for it once, and it is used again later."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.test import RequestFactory

from _runtime import temporary
from _runtime.valkey import Valkey
from portal.core import cache as caching
from portal.core import tries
from portal.core.errors import TooManyRequestsError
from tests.at_once import at_once

TIMEOUT_SECONDS = 0.5
REST_SECONDS = 2.0
ASKED = 20


class Server:
    """A Valkey of its own that can be frozen."""

    def __init__(self, valkey: Valkey) -> None:
        self.valkey = valkey

    @property
    def rest(self) -> caching.Rest:
        """Whether this process leaves it alone."""
        return caching.ForgetfulRedisCache.rests[(self.valkey.cache_url,)]

    def freeze(self) -> None:
        """Take connections and answer nothing."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Answer again."""
        self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        assert self.valkey.child is not None and self.valkey.child.pid
        os.kill(self.valkey.child.pid, number)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(caching, "REST_SECONDS", REST_SECONDS)
    folder = temporary.directory("portal-frozen-")
    valkey = Valkey(folder / "valkey", folder / "valkey.log")
    valkey.start()
    made = Server(valkey)
    options = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": valkey.cache_url, "OPTIONS": options}}
    try:
        yield made
    finally:
        made.thaw()
        valkey.stop()
        shutil.rmtree(folder, ignore_errors=True)


def seconds(do: Callable[[], object]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def ask_much() -> None:
    for number in range(ASKED):
        assert cache.get(f"kept-{number}", "none") == "none"
        cache.set(f"kept-{number}", number)
        assert cache.add(f"counted-{number}", 0)
        with pytest.raises(ValueError):
            cache.incr(f"counted-{number}")


def is_used_again() -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        cache.set("back", 1)
        if cache.get("back") == 1:
            return True
        time.sleep(0.05)
    return False


def test_a_page_waits_for_a_frozen_server_once_and_uses_it_when_it_is_back(server: Server) -> None:
    cache.set("before", "này")
    server.freeze()
    # 80 questions of half a second each before; the rest may end once meanwhile on a busy machine
    assert TIMEOUT_SECONDS * 0.9 <= seconds(ask_much) < TIMEOUT_SECONDS * 5
    assert seconds(ask_much) < TIMEOUT_SECONDS * 5
    server.thaw()
    assert is_used_again()
    assert cache.get("before") == "này"
    assert cache.add("counted", 0) and cache.incr("counted") == 1


def test_a_server_that_is_still_frozen_after_the_rest_is_tried_by_one(server: Server) -> None:
    server.freeze()
    cache.get("any")
    assert not server.rest.may_ask()
    server.rest.until = 0.0
    assert sorted(at_once([server.rest.may_ask] * 6)) == [False] * 5 + [True]


def test_what_was_deleted_or_written_meanwhile_is_not_read_from_before(server: Server) -> None:
    cache.set("session", "signed in")
    cache.set("page", "old")
    cache.set_many({"one": 1, "two": 2})
    server.freeze()
    cache.get("any")
    cache.delete("session")
    cache.set("page", "new")
    cache.set_many({"one": 3})
    server.thaw()
    assert is_used_again()
    assert cache.get_many(["session", "page", "one", "two"]) == {"two": 2}


@pytest.mark.django_db
def test_sessions_go_on_and_end(server: Server) -> None:
    session, other = SessionStore(), SessionStore()
    for each in (session, other):
        each["who"] = "Hoa"
        each.create()
        each["who"] = "Hoa"
        each.save()
    server.freeze()
    found = SessionStore(session.session_key)
    assert found["who"] == "Hoa"
    found["step"] = 2
    found.save()
    assert SessionStore(session.session_key)["step"] == 2
    ended = str(other.session_key)
    other.flush()
    assert "who" not in SessionStore(ended)
    server.thaw()
    assert is_used_again()
    assert SessionStore(session.session_key)["step"] == 2
    assert "who" not in SessionStore(ended)


def test_tries_are_counted_before_and_after_and_keep_nobody_out_meanwhile(server: Server) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    def refuse() -> None:
        tries.refuse_after(request, "code", tries=2, seconds=600)

    for _try in range(2):
        tries.note_failure(request, "code", seconds=600)
    with pytest.raises(TooManyRequestsError):
        refuse()
    server.freeze()
    refuse()
    tries.note_failure(request, "code", seconds=600)
    server.thaw()
    assert is_used_again()
    with pytest.raises(TooManyRequestsError):
        refuse()


def test_a_server_that_is_gone_at_once_is_asked_again_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal costs a page nothing, and each count that is lost is a try more for whoever guesses."""
    monkeypatch.setattr(caching, "SLOW_SECONDS", 10)  # refused is refused also on a busy machine
    cache.set("before", 1)
    server.valkey.kill()
    assert [cache.get("before"), cache.get("before")] == [None, None]
    assert server.rest.may_ask()
    server.valkey.start()
    assert is_used_again()
