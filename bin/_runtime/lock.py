"""One start at a time: locks that the kernel drops when their holder dies, so no stale pid file is ever believed."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def setting_up(folder: Path) -> Iterator[None]:
    """Let only one process at a time change .venv and the built assets of this clone."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class SupervisorLock:
    """Held by the supervisor of one data directory; its file tells others who it is."""

    def __init__(self, var: Path) -> None:
        self.path = var / "run" / "supervisor.json"
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock unless a supervisor lives."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        for _ in range(20):  # those who only ask hold it for an instant
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.05)
            else:
                self._handle = handle
                self.tell(pid=os.getpid(), ready=False)
                return True
        os.close(handle)
        return False

    def tell(self, **facts: Any) -> None:
        """Write facts for those who ask: pid, address, ready."""
        if self._handle is None:
            raise RuntimeError("the lock is not held")
        text = json.dumps(facts).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, text, 0)

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def holder(self) -> dict[str, Any] | None:
        """Return what the living supervisor told, or None when there is none."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                return None
            try:
                return dict(json.loads(file.read() or b"{}"))
            except ValueError:  # read in the middle of a write
                return {}

    def wait_until_free(self, seconds: float) -> bool:
        """Wait for the living supervisor to end."""
        deadline = time.monotonic() + seconds
        while self.holder() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True
