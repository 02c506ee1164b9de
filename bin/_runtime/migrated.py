"""The database of the suite: migrated once, while pytest still collects, and copied by everyone who needs one.

Twenty seconds of processor time for each of them otherwise.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from _runtime.paths import ROOT
from _runtime.postgres import Postgres

MARK, TEMPLATE, IMAGE = "PORTAL_TEST_MARK", "PORTAL_TEST_TEMPLATE", "PORTAL_TEST_IMAGE"
READY, FAILED = "ready", "failed"
MOST_SECONDS = 300


class Migration:
    """Migrates in the background: a database to copy, and a copy of its stopped server for those of whole portals."""

    def __init__(self, directory: Path, postgres: Postgres) -> None:
        self.promised = {
            MARK: str(directory / "migrated"),
            TEMPLATE: postgres.database,
            IMAGE: str(directory / "image"),
        }
        self._postgres = postgres
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._make, daemon=True)

    def start(self, environment: dict[str, str]) -> None:
        """Begin; the environment is that of the tests."""
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment
        )
        self._thread.start()

    def stop(self) -> None:
        """End it where nobody waits for it any more."""
        if self._process is not None:
            self._process.kill()
            self._thread.join()

    def _make(self) -> None:
        assert self._process is not None
        outcome = FAILED
        try:
            if self._process.wait() == 0:
                # Stopped, for the copy must be whole; started again at the same address.
                assert self._postgres.child is not None
                self._postgres.child.stop()
                subprocess.run(["cp", "-a", str(self._postgres.home / "data"), self.promised[IMAGE]], check=True)
                self._postgres.start()
                outcome = READY
        finally:
            mark = Path(self.promised[MARK])
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
