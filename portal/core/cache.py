"""A cache that is away is a cache that is empty: pages get slower, nothing fails (docs/adr/0003)."""

from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


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


class ForgetfulRedisCache(RedisCache):
    """Django's Redis cache that answers as if nothing were stored while its server cannot be reached."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SharedClient

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return self._ask(lambda: super(ForgetfulRedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """The values that are there."""
        return dict(self._ask(lambda: super(ForgetfulRedisCache, self).get_many(keys, version), {}))

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Store, or not."""
        self._ask(lambda: super(ForgetfulRedisCache, self).set(*args, **kwargs), None)

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Store several, or none."""
        return list(self._ask(lambda: super(ForgetfulRedisCache, self).set_many(*args, **kwargs), []))

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Store what is not there yet."""
        return bool(self._ask(lambda: super(ForgetfulRedisCache, self).add(*args, **kwargs), True))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Prolong."""
        return bool(self._ask(lambda: super(ForgetfulRedisCache, self).touch(*args, **kwargs), False))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Forget."""
        return bool(self._ask(lambda: super(ForgetfulRedisCache, self).delete(*args, **kwargs), False))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it is there."""
        return bool(self._ask(lambda: super(ForgetfulRedisCache, self).has_key(*args, **kwargs), False))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up; raises ValueError, as for a key that is not there, while the server is away."""
        try:
            return int(super().incr(key, delta, version))
        except RedisError as error:
            raise ValueError("the cache is away") from error

    def _ask(self, call: Callable[[], Any], answer: Any) -> Any:
        try:
            return call()
        except RedisError as error:
            log.warning("cache.away", error=type(error).__name__)
            return answer
