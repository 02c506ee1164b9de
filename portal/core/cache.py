"""A cache that is away is a cache that is empty: pages get slower, nothing fails (docs/adr/0003).

A server that takes connections and does not answer is left alone for some seconds, so that a page waits for it once.
"""

import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, ClassVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError as AwayError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

REST_SECONDS = 5.0
"""How long a process asks nothing of a server that kept it waiting; then one caller tries."""
SLOW_SECONDS = 0.2
"""A failure after less is no reason to rest: it costs a page nothing, and what the cache counts stays counted."""
MISSED_AT_MOST = 10_000


class SharedClient(RedisCacheClient):
    """Django's client over connections that the threads of a process share.

    Django makes a pool for each thread, whose connections stay open until the collector finds the dead thread's pool,
    and a new object of the redis library for each question, which takes longer than asking. Both may be shared.
    """

    made: ClassVar[dict[tuple[Any, ...], tuple[Any, Any]]] = {}
    """Address and options → pool and client."""

    _servers: list[str]
    _pool_options: dict[str, Any]
    _pool_class: Any
    _client: Any
    _pools: dict[int, tuple[Any, Any]]

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The library's client for a key."""
        return self._shared(write)[1]

    def _get_connection_pool(self, write: bool) -> Any:
        return self._shared(write)[0]

    def _shared(self, write: bool) -> tuple[Any, Any]:
        index = self._get_connection_pool_index(write)  # type: ignore[attr-defined]  # the stubs show the outside only
        if index not in self._pools:
            server, options = self._servers[index], self._pool_options
            pool = self._pool_class.from_url(server, **options)
            pair = pool, self._client(connection_pool=pool)
            self._pools[index] = self.made.setdefault((server, *sorted(options.items())), pair)
        return self._pools[index]


class Rest:
    """How a process leaves a server alone that kept it waiting, and what it must forget there afterwards."""

    def __init__(self) -> None:
        self.guard = Lock()
        self.until: float | None = None
        self.missed: set[str] = set()
        """Keys that were written or deleted here only: another process must not read what the server kept of them."""

    def may_ask(self) -> bool:
        """Whether to ask the server now; after a rest one caller may, and the others when it was answered."""
        if self.until is None:
            return True
        with self.guard:
            now = time.monotonic()
            if self.until is None:
                return True
            if now < self.until:
                return False
            self.until = now + REST_SECONDS
            return True

    def begin(self) -> None:
        """Ask nothing for a while."""
        with self.guard:
            self.until = time.monotonic() + REST_SECONDS

    def end(self) -> None:
        """Ask again: the server answered."""
        if self.until is not None:
            with self.guard:
                self.until = None

    def miss(self, keys: Iterable[str]) -> None:
        """Keep what the server did not hear of."""
        with self.guard:
            self.missed.update(key for key in keys if len(self.missed) < MISSED_AT_MOST)

    def take_missed(self) -> set[str]:
        """What the server has to forget before it is believed."""
        if not self.missed:
            return set()
        with self.guard:
            taken, self.missed = self.missed, set()
        return taken


class ForgetfulRedisCache(RedisCache):
    """Django's Redis cache that answers as if nothing were stored while its server cannot be reached."""

    rests: ClassVar[dict[tuple[str, ...], Rest]] = {}
    """Addresses → whether they are left alone; one for all threads of the process."""

    _servers: Any
    _cache: Any

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SharedClient
        self.rest = self.rests.setdefault(tuple(self._servers), Rest())

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return self._ask(lambda: super(ForgetfulRedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """The values that are there."""
        return dict(self._ask(lambda: super(ForgetfulRedisCache, self).get_many(keys, version), {}))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Store, or not."""
        self._ask(lambda: super(ForgetfulRedisCache, self).set(key, value, timeout, version), None, (key,), version)

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Store several, or none."""
        return list(
            self._ask(lambda: super(ForgetfulRedisCache, self).set_many(data, timeout, version), [], data, version)
        )

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Store what is not there yet."""
        return bool(self._ask(lambda: super(ForgetfulRedisCache, self).add(*args, **kwargs), True))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Prolong."""
        return bool(self._ask(lambda: super(ForgetfulRedisCache, self).touch(*args, **kwargs), False))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget, at the latest when the server is back."""
        return bool(
            self._ask(lambda: super(ForgetfulRedisCache, self).delete(key, version), False, (key,), version),
        )

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it is there."""
        return bool(self._ask(lambda: super(ForgetfulRedisCache, self).has_key(*args, **kwargs), False))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up; raises ValueError, as for a key that is not there, while the server is away."""
        try:
            return int(self._reach(lambda: super(ForgetfulRedisCache, self).incr(key, delta, version)))
        except RedisError as error:
            raise ValueError("the cache is away") from error

    def _ask(
        self, call: Callable[[], Any], answer: Any, changed: Iterable[Any] = (), version: int | None = None
    ) -> Any:
        try:
            return self._reach(call)
        except RedisError:
            self.rest.miss(self.make_key(key, version=version) for key in changed)
            return answer

    def _reach(self, call: Callable[[], Any]) -> Any:
        """What the server answers; raises RedisError while it is away or left alone."""
        if not self.rest.may_ask():
            raise AwayError("left alone for a while")
        began = time.monotonic()
        missed = self.rest.take_missed()
        try:
            if missed:
                self._cache.delete_many(missed)
                missed = set()
            answer = call()
        except RedisError as error:
            self.rest.miss(missed)
            is_slow = time.monotonic() - began >= SLOW_SECONDS
            log.warning("cache.away", error=type(error).__name__, is_left_alone=is_slow)
            if is_slow:
                self.rest.begin()
            raise
        except ValueError:  # counting what is not there: an answer
            self.rest.end()
            raise
        self.rest.end()
        return answer
