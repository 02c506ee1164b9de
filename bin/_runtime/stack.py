"""A throw-away portal: its own PostgreSQL, broker, web, worker and sandbox in a temporary directory on free ports.

What bin/test, the browser stories, the fault tests and the benches stand on:

    with Stack() as stack:                      # PostgreSQL and Valkey run
        stack.manage("migrate")
        stack.start_portal(demo=True)           # migrated, loaded, web + worker + the sandbox programs ready
        stack.url("/thu-tuc/")                  # http://127.0.0.1:…/thu-tuc/
        stack.worker.kill(); stack.worker.start()
        stack.valkey.flush(); stack.valkey.stop(); stack.valkey.start()
        stack.postgres.restart()

Every process is a handle with start, stop, restart, kill, is_alive and log_tail. Leaving the block ends all of them
and removes the directory; where a parent is killed, the children die with it.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from _runtime import assets, catalogues, migrated, network, portal_processes, temporary
from _runtime.environment import Addresses, portal_environment
from _runtime.paths import ROOT, venv_python
from _runtime.portal_processes import SANDBOX_PROGRAMS
from _runtime.postgres import Postgres
from _runtime.process import Child, stop_all
from _runtime.valkey import Valkey


class Stack:
    """One throw-away portal. `durable` keeps PostgreSQL crash-safe: wanted where it is killed or measured."""

    def __init__(
        self,
        *,
        durable: bool = False,
        postgres_binaries: Path | None = None,
        postgres_settings: Iterable[str] = (),
        extra_environment: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = temporary.directory("portal-test-")
        log = self.directory / "log"
        self.postgres = Postgres(
            self.directory / "postgres",
            log / "postgres.log",
            binaries=postgres_binaries,
            durable=durable,
            settings=tuple(postgres_settings),
            image=Path(os.environ[migrated.IMAGE]) if migrated.wait() else None,
        )
        self.valkey = Valkey(self.directory / "valkey", log / "valkey.log")
        self.web: Child
        self.worker: Child
        self.sandbox: dict[str, Child] = {}
        self.environment: dict[str, str] = {}
        self._extra = dict(extra_environment or {})
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        try:
            self.postgres.start()
            self.valkey.start()
            ports = network.free_ports(1 + len(SANDBOX_PROGRAMS))
            addresses = Addresses(
                database_url=self.postgres.url(),
                broker_url=self.valkey.broker_url,
                cache_url=self.valkey.cache_url,
                portal_port=ports,
                sandbox_port=ports + 1,
            )
            outside = {
                name: value
                for name, value in os.environ.items()
                if name not in _OURS and not name.startswith("SANDBOX_")
            }
            # The suite's own settings would follow us into the processes we start.
            outside.pop("DJANGO_SETTINGS_MODULE", None)
            self.environment = portal_environment(self.directory, addresses, base=outside | self._extra)
            self.web = portal_processes.web(self.environment)
            self.worker = portal_processes.worker(self.environment)
            self.sandbox = {name: portal_processes.sandbox(self.environment, name) for name in SANDBOX_PROGRAMS}
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop everything and remove the directory."""
        stop_all([child for child in self._children if child.is_alive])
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        if not self.postgres.home.is_relative_to(self.directory):
            shutil.rmtree(self.postgres.home, ignore_errors=True)

    def url(self, path: str = "/") -> str:
        """Return an address of the portal."""
        return f"http://127.0.0.1:{self.environment['PORTAL_PORT']}{path}"

    def sandbox_url(self, program: str, path: str = "/") -> str:
        """Return an address of a sandbox program: vneid, province, gateway, ministry or power."""
        return portal_processes.sandbox_url(self.environment, program) + path

    def manage(self, *arguments: str, timeout: float = 600) -> str:
        """Run a management command against this portal and return what it printed; a failure raises with its output."""
        command = [str(venv_python()), str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        if done.returncode:
            raise RuntimeError(
                f"manage.py {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def prepare(self, *, reference: bool = True, demo: bool = False) -> None:
        """Bring the database to where the processes can start."""
        assets.build()
        catalogues.compile_all()
        if reference:
            self.manage("prepare_database")
        else:
            self.manage("migrate", "--verbosity=0")
        if demo:
            self.manage("load_demo")

    def start_portal(
        self,
        *,
        reference: bool = True,
        demo: bool = False,
        sandbox: Iterable[str] = SANDBOX_PROGRAMS,
        worker: bool = True,
    ) -> None:
        """Migrate, load, start web, worker and these sandbox programs, and wait until all answer."""
        self.prepare(reference=reference, demo=demo)
        programs = [self.sandbox[name] for name in sandbox]
        self.start(self.web, *([self.worker] if worker else []), *programs)
        network.wait_until_ready(self.url("/readyz"), self.web, seconds=90)
        for name in sandbox:
            network.wait_until_ready(self.sandbox_url(name, "/healthz"), self.sandbox[name], seconds=90)

    def start(self, *children: Child) -> None:
        """Start processes that close() is to end."""
        for child in children:
            if child not in self._children:
                self._children.append(child)
            child.start()

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Wait until /readyz is true again, as after a restart of the database."""
        network.wait_until_ready(self.url("/readyz"), self.web, seconds=seconds)

    def kill_worker(self) -> None:
        """Kill the worker as a crash does and start it again."""
        self.worker.kill()
        self.worker.start()


_OURS = frozenset({
    "PORTAL_VAR", "PORTAL_PORT", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "STORAGE_URL",
    "PORTAL_BASE_URL", "PORTAL_ALLOWED_HOSTS", "EMAIL_URL", "CLAMAV_ADDRESS", "SIGNING_KEYS_DIR", "VNEID_ISSUER",
})  # fmt: skip
