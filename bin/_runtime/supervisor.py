"""Start the portal's parts in order, watch them, start again what ends, and stop everything at the end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from _runtime import console, digest, network, portal_processes, ports
from _runtime.environment import Addresses, file_for_manage, portal_environment, write_for_manage
from _runtime.lock import SupervisorLock
from _runtime.paths import ROOT, venv_python
from _runtime.portal_processes import SANDBOX_PROGRAMS
from _runtime.postgres import Postgres
from _runtime.preparation import PREPARATION
from _runtime.process import Child, stop_all
from _runtime.valkey import Valkey

HEALTHY_SECONDS = 60
LONGEST_BACKOFF_SECONDS = 30.0
READY_SECONDS = 120


class StopRequestedError(Exception):
    """Ctrl-C, SIGTERM or SIGHUP arrived."""


class Startable(Protocol):
    """What the watch needs of a part."""

    @property
    def is_alive(self) -> bool: ...
    @property
    def ending(self) -> str: ...
    def start(self) -> None: ...
    def log_tail(self, lines: int = ...) -> str: ...


@dataclass
class Restarts:
    """How often a part ended soon after a start, and when it is tried next."""

    started_at: float = field(default_factory=time.monotonic)
    tries: int = -1
    due_at: float | None = None


class Supervisor:
    """Everything that one data directory runs."""

    def __init__(self, var: Path, lock: SupervisorLock) -> None:
        self.var = var
        self.lock = lock
        log = var / "log"
        self.postgres = None if os.environ.get("DATABASE_URL") else Postgres(var / "postgres", log / "postgres.log")
        both = os.environ.get("CELERY_BROKER_URL") and os.environ.get("CACHE_URL")
        self.valkey = None if both else Valkey(var / "valkey", log / "valkey.log")
        self.children: list[Child] = []
        self.environment: dict[str, str] = {}
        self.addresses: Addresses
        self._restarts: dict[str, Restarts] = {}

    def run(self, on_ready: Callable[["Supervisor"], None]) -> None:
        """Start everything, call `on_ready`, then watch until a signal asks to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _request_stop)
        try:
            self._ports = ports.chosen()
            self._make_private()
            self._start_parts()
            self._prepare_database()
            self._start_portal()
            on_ready(self)
            self.lock.tell(pid=os.getpid(), ready=True, url=self.addresses.portal_url)
            self._watch()
        except StopRequestedError:
            pass
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            self._stop()

    def _make_private(self) -> None:
        """What people filed and what was logged is not for other accounts of this machine."""
        self.var.mkdir(parents=True, exist_ok=True)
        for name in ("files", "sandbox", "log"):
            (self.var / name).mkdir(exist_ok=True)
            (self.var / name).chmod(0o700)

    def _start_parts(self) -> None:
        with console.step("Starting PostgreSQL and Valkey"):
            if self.postgres:
                self.postgres.start()
            if self.valkey:
                self.valkey.start()
        embedded = self.valkey
        self.addresses = Addresses(
            database_url=self.postgres.url() if self.postgres else os.environ["DATABASE_URL"],
            broker_url=os.environ.get("CELERY_BROKER_URL") or (embedded.broker_url if embedded else ""),
            cache_url=os.environ.get("CACHE_URL") or (embedded.cache_url if embedded else ""),
            portal_port=self._ports[0],
            sandbox_port=self._ports[1],
        )
        self.environment = portal_environment(self.var, self.addresses)
        write_for_manage(self.var, self.environment)

    def _prepare_database(self) -> None:
        """Migrate and load; in our own database, only what has changed since it was last done there."""
        for step in PREPARATION:
            wanted = digest.digest_of(step.sources())
            stamp = self.postgres.home / "done" / step.name if self.postgres else None
            if stamp and digest.is_current(stamp, wanted):
                continue
            with console.step(step.label):
                self.manage(*step.command)
            if stamp:
                digest.write_stamp(stamp, wanted)

    def _start_portal(self) -> None:
        with console.step("Starting web, worker and the sandbox world"):
            web = portal_processes.web(self.environment)
            sandbox = [portal_processes.sandbox(self.environment, name) for name in SANDBOX_PROGRAMS]
            self.children = [web, portal_processes.worker(self.environment), *sandbox]
            for child in self.children:
                child.start()
            network.wait_until_ready(f"{self.addresses.portal_url}/readyz", web, seconds=READY_SECONDS)
            for name, child in zip(SANDBOX_PROGRAMS, sandbox, strict=True):
                url = portal_processes.sandbox_url(self.environment, name)
                network.wait_until_ready(f"{url}/healthz", child, seconds=READY_SECONDS)

    def manage(self, *arguments: str) -> str:
        """Run a management command; its output is shown only when it fails."""
        command = [str(venv_python()), str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
            raise console.SetupError(f"manage.py {' '.join(arguments)} failed:\n{tail}")
        return done.stdout

    def _watch(self) -> None:
        parts: list[tuple[str, Startable]] = [(child.name, child) for child in self.children]
        parts += [(name, part) for name, part in (("postgres", self.postgres), ("valkey", self.valkey)) if part]
        while True:
            for name, part in parts:
                if not part.is_alive:
                    self._start_again(name, part)
            time.sleep(0.3)

    def _start_again(self, name: str, part: Startable) -> None:
        """Wait a little longer each time it ends soon after a start, so a hopeless part does not burn the processor."""
        now = time.monotonic()
        state = self._restarts.setdefault(name, Restarts())
        if state.due_at is None:
            state.tries = 0 if now - state.started_at > HEALTHY_SECONDS else state.tries + 1
            wait = min(2.0**state.tries, LONGEST_BACKOFF_SECONDS)
            state.due_at = now + wait
            console.warn(
                f"{name}: đã dừng bất ngờ · ended unexpectedly ({part.ending}); starting it again in {wait:.0f} s"
            )
            console.warn(f"{self.var / 'log' / name}.log: {part.log_tail(5)}")
        elif now >= state.due_at:
            state.due_at, state.started_at = None, now
            try:
                part.start()
            except console.SetupError as error:
                console.warn(str(error))
            else:
                console.say(f"{name}: đã chạy lại · runs again")

    def _stop(self) -> None:
        if self.children or self.postgres or self.valkey:
            console.say("Đang dừng … · Stopping …")
        for name in stop_all(self.children):
            console.warn(f"{name} did not end in time and was killed")
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()
        file_for_manage(self.var).unlink(missing_ok=True)


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequestedError
