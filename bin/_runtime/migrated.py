"""The database of the suite: migrated once, while pytest still collects, and copied by everyone who needs one.

Twenty seconds of processor time for each of them otherwise.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from _runtime.paths import ROOT
from _runtime.postgres import Postgres

MARK, TEMPLATE, IMAGE = "PORTAL_TEST_MARK", "PORTAL_TEST_TEMPLATE", "PORTAL_TEST_IMAGE"
READY, FAILED = "ready", "failed"
MOST_SECONDS = 300


def promised(directory: Path, postgres: Postgres) -> dict[str, str]:
    """Return what tells the tests where the database and the server's image are going to be."""
    return {MARK: str(directory / "migrated"), TEMPLATE: postgres.database, IMAGE: str(directory / "image")}


def make(postgres: Postgres, environment: dict[str, str], is_wanted: Callable[[], bool]) -> None:
    """Migrate a database to copy, and lay by a copy of its stopped server for those of whole portals.

    Gives up where nobody waits for it any more. Called by the thread that outlives the server: servers die with it.
    """
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    process = subprocess.Popen(migrate, cwd=ROOT, env=environment)
    while process.poll() is None:
        if not is_wanted():
            process.kill()
        time.sleep(0.05)
    outcome = FAILED
    if process.returncode == 0:
        assert postgres.child is not None
        postgres.child.stop()  # for the copy must be whole; it comes back at the same address
        subprocess.run(["cp", "-a", str(postgres.home / "data"), environment[IMAGE]], check=True)
        postgres.start()
        outcome = READY
    mark = Path(environment[MARK])
    beside = mark.with_suffix(".new")  # renamed, so that nobody reads half a word
    beside.write_text(outcome)
    beside.rename(mark)


def wait() -> bool:
    """Wait for it; return whether it came: where migrating failed, the tests say better than we what is wrong."""
    if MARK not in os.environ:
        return False
    mark = Path(os.environ[MARK])
    deadline = time.monotonic() + MOST_SECONDS
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return mark.exists() and mark.read_text() == READY
