"""The portal's own processes, as children: web, worker with beat, sandbox programs."""

import os
from collections.abc import Mapping
from pathlib import Path

from _runtime.paths import ROOT, venv_python
from _runtime.process import Child

SANDBOX_PROGRAMS = ("vneid", "province", "gateway", "ministry", "power")


def web(
    environment: Mapping[str, str], *, workers: int | None = None, application: str = "portal.wsgi:application"
) -> Child:
    """Return the web process: granian with one WSGI worker a core."""
    options = {
        "--interface": "wsgi",
        "--host": environment.get("PORTAL_HOST", "127.0.0.1"),
        "--port": environment["PORTAL_PORT"],
        "--workers": str(workers or os.cpu_count() or 1),
        "--blocking-threads": "4",
        "--backlog": "1024",
        "--workers-kill-timeout": "5",
    }
    arguments = [word for pair in options.items() for word in pair] + ["--respawn-failed-workers", application]
    return _child("web", ["-m", "granian", *arguments], environment)


def worker(environment: Mapping[str, str], *, beat: bool = True, threads: int = 4) -> Child:
    """Return the Celery worker; with beat inside it unless told otherwise."""
    var = Path(environment["PORTAL_VAR"])
    arguments = ["-m", "celery", "-A", "portal.celery", "worker", "-P", "threads", "-c", str(threads), "-l", "INFO"]
    arguments += ["--without-gossip", "--without-mingle"]
    if beat:
        arguments += ["-B", "-s", str(var / "run" / "beat-schedule")]
    return _child("worker", arguments, environment)


def sandbox(environment: Mapping[str, str], program: str) -> Child:
    """Return one program of the outside world; it finds its own port from SANDBOX_PORT."""
    return _child(f"sandbox-{program}", ["-m", "portal.sandbox", program], environment)


def sandbox_url(environment: Mapping[str, str], program: str) -> str:
    """Return the address of a sandbox program."""
    return f"http://127.0.0.1:{int(environment['SANDBOX_PORT']) + SANDBOX_PROGRAMS.index(program)}"


def _child(name: str, arguments: list[str], environment: Mapping[str, str]) -> Child:
    log = Path(environment["PORTAL_VAR"]) / "log" / f"{name}.log"
    (Path(environment["PORTAL_VAR"]) / "run").mkdir(parents=True, exist_ok=True)
    return Child(name=name, command=[venv_python(), *arguments], environment=environment, log=log, cwd=ROOT)
