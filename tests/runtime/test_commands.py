"""bin/run, bin/test and the papers around them: they answer at once, refuse clearly, and are described."""

import os
import shutil
import socket
import subprocess
from importlib import import_module

import pytest

from _runtime import command_docs, network
from _runtime.lock import SupervisorLock
from _runtime.paths import ROOT, VENV


def _run(*words, **variables):
    environment = {**os.environ, **variables}
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"):
        if name not in variables:
            environment.pop(name, None)
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_help_names_what_there_is():
    assert "--detach" in _run("bin/run", "--help").stdout
    assert "--system-postgres" in _run("bin/test", "--help").stdout


def test_who_wants_no_bytecode_beside_the_sources_gets_it_in_the_venv(monkeypatch):
    monkeypatch.setattr(os, "environ", {"PYTHONDONTWRITEBYTECODE": "1"})
    import_module("_runtime.__main__")._keep_compiled_modules()
    assert os.environ == {"PYTHONPYCACHEPREFIX": str(VENV / ".pycache")}
    monkeypatch.setattr(os, "environ", {"PYTHONPYCACHEPREFIX": "elsewhere"})
    import_module("_runtime.__main__")._keep_compiled_modules()
    assert os.environ == {"PYTHONPYCACHEPREFIX": "elsewhere"}


def test_stop_without_a_running_portal_is_no_error(tmp_path):
    done = _run("bin/run", "--stop", PORTAL_VAR=str(tmp_path))
    assert done.returncode == 0
    assert "not running" in done.stdout
    assert str(tmp_path) in done.stdout


def test_reset_asks_and_deletes_only_what_is_ours(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "letters.txt").write_text("mine")
    refused = _run("bin/run", "--reset", PORTAL_VAR=str(tmp_path))
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert (tmp_path / "files").exists()
    done = _run("bin/run", "--reset", "--yes", PORTAL_VAR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.txt"]


def test_a_port_in_use_is_named_with_the_cure(tmp_path):
    port = network.free_ports(6)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = _run("bin/run", PORTAL_VAR=str(tmp_path), PORTAL_PORT=str(port), SANDBOX_PORT=str(port + 1))
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert "PORTAL_PORT=" in done.stderr


def test_a_bad_port_is_refused(tmp_path):
    done = _run("bin/run", PORTAL_VAR=str(tmp_path), PORTAL_PORT="eighty")
    assert done.returncode == 1
    assert "PORTAL_PORT is 'eighty'" in done.stderr


def test_one_supervisor_for_one_data_directory(tmp_path):
    first, second = SupervisorLock(tmp_path), SupervisorLock(tmp_path)
    assert first.acquire()
    first.tell(pid=os.getpid(), ready=True, url="http://127.0.0.1:1")
    assert not second.acquire()
    assert second.holder()["url"] == "http://127.0.0.1:1"
    first.release()
    assert second.holder() is None
    assert second.acquire()
    second.release()


def test_environment_page_is_current():
    path = ROOT / "docs" / "environment.md"
    assert path.read_text(encoding="utf-8") == command_docs.text(), "run `make docs`"


def test_nothing_third_party_is_committed():
    if shutil.which("git") is None:
        pytest.skip("no git here")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone that git trusts")
    wrong = [
        path
        for path in listed.stdout.splitlines()
        if path.startswith(("node_modules/", "static/build/", "var/", ".venv/")) or ".min." in path
    ]
    assert wrong == []
