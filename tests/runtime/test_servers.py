"""The embedded PostgreSQL and Valkey: they keep data over crashes, die with their parent, and fit deep folders."""

import os
import shutil
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from _runtime import temporary
from _runtime.console import SetupError
from _runtime.paths import ROOT
from _runtime.postgres import Postgres
from _runtime.process import command_of
from _runtime.valkey import Valkey


@pytest.fixture
def folder():
    directory = temporary.directory("portal-servers-")
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def postgres(folder):
    server = Postgres(folder / "postgres", folder / "postgres.log")
    server.start()
    yield server
    server.stop()


def _one(server, query):
    with psycopg.connect(server.url()) as connection:
        return connection.execute(query).fetchone()[0]


def test_postgres_knows_vietnamese_letters_and_the_extensions_we_need(postgres):
    assert _one(postgres, "SELECT lower('ĐẮK LẮK')") == "đắk lắk"
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION btree_gin")


def test_postgres_keeps_what_was_committed_when_it_is_killed(postgres):
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE paper (name text)")
        connection.execute("INSERT INTO paper VALUES ('giấy khai sinh')")
    address = postgres.url()
    postgres.kill()
    assert not postgres.is_alive
    postgres.start()
    assert postgres.url() == address
    assert _one(postgres, "SELECT name FROM paper") == "giấy khai sinh"
    postgres.restart()
    assert _one(postgres, "SELECT count(*) FROM paper") == 1


def test_only_this_account_and_root_reach_the_socket(postgres):
    assert postgres.home.stat().st_mode & 0o077 == 0


def test_a_folder_deeper_than_socket_paths_allow(folder):
    deep = folder / ("sâu" * 20) / ("hơn" * 20)
    server, broker = Postgres(deep / "postgres", deep / "pg.log"), Valkey(deep / "valkey", deep / "vk.log")
    if os.geteuid() == 0:
        for path in (deep.parent, deep):
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o711)
    server.start()
    broker.start()
    try:
        assert _one(server, "SELECT 1") == 1
        assert broker.client().ping()
    finally:
        broker.stop()
        server.stop()


def test_data_of_another_version_is_refused_with_the_cure(postgres):
    postgres.stop()
    (postgres.home / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(SetupError, match="bin/run --reset"):
        postgres.start()


def test_valkey_keeps_its_queue_when_it_is_killed(folder):
    broker = Valkey(folder / "valkey", folder / "valkey.log")
    broker.start()
    try:
        broker.client().lpush("bell", "ring")
        time.sleep(1.2)  # the append-only file reaches the disk once a second
        broker.kill()
        broker.start()
        assert broker.client().llen("bell") == 1
        broker.flush()
        assert broker.client().llen("bell") == 0
    finally:
        broker.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_servers_end_when_their_parent_is_killed(folder):
    code = f"""
import sys, time
sys.path.insert(0, {str(ROOT / "bin")!r})
from pathlib import Path
from _runtime.postgres import Postgres
from _runtime.process import command_of
from _runtime.valkey import Valkey
home = Path({str(folder)!r})
parts = [Postgres(home / "postgres", home / "pg.log"), Valkey(home / "valkey", home / "vk.log")]
for part in parts:
    part.start()
print(*(part.child.pid for part in parts), flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while any(command_of(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in pids if command_of(pid)] == []
