"""The cache's connections: the threads of a process share them, and a server that is away is an empty cache."""

from django.core.cache import cache, caches

from tests.at_once import at_once


def _ask_and_name_the_pool() -> object:
    cache.set("asked", 1)
    return caches["default"]._cache._get_connection_pool(write=True)


def test_a_thread_leaves_no_connection_behind():
    pools = at_once([_ask_and_name_the_pool] * 4)
    assert {id(pool) for pool in pools} == {id(_ask_and_name_the_pool())}


def test_what_one_thread_stores_another_one_finds():
    cache.set("from-here", "này")
    assert at_once([lambda: cache.get("from-here")] * 3) == ["này"] * 3


def test_other_options_are_other_connections(settings):
    ours = _ask_and_name_the_pool()
    place = settings.CACHES["default"]
    settings.CACHES = {**settings.CACHES, "default": {**place, "OPTIONS": {**place["OPTIONS"], "socket_timeout": 3}}}
    assert _ask_and_name_the_pool() is not ours
