"""Children: stopped as a group, killed when they do not listen, started again after a crash."""

import os
import signal
import socket
import sys
import time

import pytest

from _runtime import network, process
from _runtime.process import Child, command_of, stop_all


@pytest.fixture
def make_child(tmp_path):
    made = []

    def make(code, **options):
        command = [sys.executable, "-u", "-c", code]
        child = Child("probe", command, dict(os.environ), tmp_path / "probe.log", **options)
        made.append(child)
        child.start()
        deadline = time.monotonic() + 10
        while "up" not in child.log_tail() and time.monotonic() < deadline:
            time.sleep(0.02)
        return child

    yield make
    for child in made:
        child.kill()


def test_stop_asks_first(make_child):
    code = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(print('bye'))); print('up'); time.sleep(60)"
    child = make_child(code)
    child.stop()
    assert not child.is_alive
    assert "bye" in child.log_tail()
    assert child.exit_code == 0


def test_stop_kills_who_does_not_listen_and_their_children(make_child):
    code = (
        "import os, signal, time; signal.signal(15, signal.SIG_IGN); pid = os.fork(); "
        "print('up', pid if pid else '', flush=True); time.sleep(60)"
    )
    child = make_child(code, patience_seconds=0.3)
    time.sleep(0.2)
    stop_all([child])
    assert not child.is_alive
    assert child.ending == "signal SIGKILL"
    grandchild = next(int(word) for word in child.log_tail().split() if word.isdecimal())
    assert not command_of(grandchild)


def test_start_clears_what_a_crash_left_behind(make_child):
    listening = network.free_ports(1)
    code = (
        f"import os, socket, time; s = socket.socket(); s.bind(('127.0.0.1', {listening})); s.listen(); "
        "pid = os.fork(); print('up', flush=True); time.sleep(60)"
    )
    child = make_child(code)
    os.kill(child.pid, signal.SIGKILL)  # its own child still holds the port
    deadline = time.monotonic() + 5
    while child.is_alive and time.monotonic() < deadline:
        time.sleep(0.02)
    child.start()
    time.sleep(0.5)
    assert child.is_alive, child.log_tail()


def test_kill_waits_until_the_whole_group_is_gone(make_child, monkeypatch):
    """A signal is only a request: a child of a killed program may hold its port for a moment longer."""
    child = make_child("import time; print('up', flush=True); time.sleep(60)")
    asked = []

    def killpg(group, number):
        asked.append(number)
        if number:
            os.kill(group, number)
        elif len(asked) > 4:
            raise ProcessLookupError

    monkeypatch.setattr(process.os, "killpg", killpg)
    child.kill()
    assert asked == [signal.SIGKILL, 0, 0, 0, 0]


def test_a_group_that_is_gone_is_not_waited_for(make_child, monkeypatch):
    child = make_child("print('up')")
    child.stop()
    naps = []
    monkeypatch.setattr(time, "sleep", naps.append)
    child.kill()
    assert not naps


def test_a_group_that_nobody_reaps_is_waited_for_a_moment_only(make_child, monkeypatch):
    child = make_child("import time; print('up', flush=True); time.sleep(60)")
    monkeypatch.setattr(process, "GROUP_PATIENCE_SECONDS", 0.05)
    asked = []

    def killpg(group, number):
        asked.append(number)  # as if a zombie kept the group alive for ever
        if number:
            os.kill(group, number)

    monkeypatch.setattr(process.os, "killpg", killpg)
    before = time.monotonic()
    child.kill()
    assert asked[0] == signal.SIGKILL and asked.count(0) > 1
    assert time.monotonic() - before < 5
    assert not child.is_alive


def test_ports_in_use_are_seen():
    port = network.free_ports(2)
    assert network.is_free(port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not network.is_free(port)
