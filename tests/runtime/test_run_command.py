"""bin/run as people use it: start in the background, use, break, start again, stop."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from _runtime import network, temporary
from _runtime.paths import ROOT


@pytest.fixture
def clone():
    """A data directory and ports of its own: a second portal beside whatever runs here."""
    directory = temporary.directory("portal-run-")
    port = network.free_ports(6)
    environment = {name: value for name, value in os.environ.items() if name not in _REPLACED}
    environment |= {"PORTAL_VAR": str(directory), "PORTAL_PORT": str(port), "SANDBOX_PORT": str(port + 1)}
    yield environment
    subprocess.run(
        ["bin/run", "--reset", "--yes"], cwd=ROOT, env=environment, capture_output=True, timeout=90, check=False
    )
    shutil.rmtree(directory, ignore_errors=True)


_REPLACED = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "STORAGE_URL", "DJANGO_SETTINGS_MODULE"}


def test_a_port_that_somebody_else_holds_is_named_before_anything_is_installed(clone):
    with socket.create_server(("127.0.0.1", int(clone["SANDBOX_PORT"]) + 2)) as other:
        refused = _run(clone, "bin/run", "--detach")
        assert refused.returncode == 1
        assert f"Port {other.getsockname()[1]} is in use" in refused.stderr + refused.stdout
    assert "Installing" not in refused.stdout
    assert not any(Path(clone["PORTAL_VAR"]).iterdir())


@pytest.mark.timeout(600)
def test_start_use_break_and_stop(clone):
    address = f"http://127.0.0.1:{clone['PORTAL_PORT']}"

    started = _run(clone, "bin/run", "--detach")
    assert started.returncode == 0, started.stdout + started.stderr
    assert address in started.stdout
    assert "VNeID" in started.stdout
    assert network.status_of(f"{address}/readyz")[0] == 200
    pids = _processes_of(clone)
    assert len(pids) >= 8

    again = _run(clone, "bin/run", "--detach")
    assert again.returncode == 0
    assert "Already running" in again.stdout
    assert _run(clone, "bin/run").returncode == 1

    people = _run(clone, "./manage.py", "demo_people", "--json")
    assert people.returncode == 0, people.stderr
    assert json.loads(people.stdout)["officials"]
    assert (Path(clone["PORTAL_VAR"]) / "run" / "environment").stat().st_mode & 0o077 == 0

    for name in ("granian", "portal.celery worker", "postgres"):
        victim = next(pid for pid, command in _processes_of(clone).items() if name in command)
        os.kill(victim, signal.SIGKILL)
    log = Path(clone["PORTAL_VAR"]) / "log" / "supervisor.log"
    assert _eventually(lambda: "worker: " in log.read_text() and "SIGKILL" in log.read_text())  # it was noticed
    assert _eventually(
        lambda: network.status_of(f"{address}/readyz")[0] == 200 and len(_processes_of(clone)) >= len(pids)
    )

    for name in ("files", "log", "secrets", "keys", "sandbox"):
        folder = Path(clone["PORTAL_VAR"]) / name
        assert not folder.exists() or folder.stat().st_mode & 0o077 == 0, f"{name} is open to other accounts"

    begun = time.monotonic()
    stopped = _run(clone, "bin/run", "--stop")
    assert stopped.returncode == 0, stopped.stderr
    assert time.monotonic() - begun < 20
    assert _processes_of(clone) == {}
    assert network.status_of(f"{address}/healthz")[0] == 0


def _run(environment, *words):
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False)


def _processes_of(environment):
    """Return {pid: command} of everything that works on this data directory."""
    if not Path("/proc").exists():
        pytest.skip("needs /proc to look at processes")
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            given = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        ours = f"PORTAL_VAR={environment['PORTAL_VAR']}".encode()
        if command and (ours in given or environment["PORTAL_VAR"] in command) and folder.name != str(os.getpid()):
            found[int(folder.name)] = command
    return found


def _eventually(is_true, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.3)
    return False
