"""A child process that dies with its parent, writes a log, and is stopped as a group."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from _runtime.paths import ROOT

LOG_KEPT_BYTES = 5_000_000
GROUP_PATIENCE_SECONDS = 1.0  # bounded: where nobody reaps orphans, a zombie keeps its group alive for ever
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    """One program we start. `stop_signal` asks it to end; after `patience_seconds` its whole group is killed.

    Start children from the main thread: Linux sends the parent-death signal when the starting *thread* ends.
    """

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    cwd: Path = ROOT
    stop_signal: signal.Signals = signal.SIGTERM
    patience_seconds: float = 8.0
    uid: int | None = None
    gid: int | None = None
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        """Return the process id; only while it runs."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Return whether the program itself still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Return how it ended (negative: by this signal), or None while it runs or before it started."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start the program unless it already runs."""
        if self.is_alive:
            return
        self.kill()  # what a crashed predecessor left in its group would hold the port
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(word) for word in self.command],
                cwd=self.cwd,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches the supervisor only
                preexec_fn=_DieWithParent(self.stop_signal),
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once."""
        if self.is_alive:
            self.send(self.stop_signal)

    def stop(self) -> None:
        """Stop the program and everything it started; safe to call twice."""
        if self._process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.patience_seconds)
        self.kill()

    def kill(self) -> None:
        """Kill the program and its group with SIGKILL, without a chance to tidy up."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._wait_for_the_group()

    def _wait_for_the_group(self) -> None:
        """Wait until its children are gone too: a signal is only a request, and they may hold a port until then."""
        deadline = time.monotonic() + GROUP_PATIENCE_SECONDS
        with contextlib.suppress(ProcessLookupError, PermissionError):
            while time.monotonic() < deadline:
                os.killpg(self.pid, 0)
                time.sleep(0.01)

    def restart(self) -> None:
        """Stop and start again."""
        self.stop()
        self.start()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program itself."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    @property
    def ending(self) -> str:
        """Return in words how it ended."""
        code = self.exit_code
        if code is None:
            return "running"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def log_tail(self, lines: int = 15) -> str:
        """Return the last lines of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


class _DieWithParent:
    """Runs in the child between fork and exec."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number
        self.parent = os.getpid()

    def __call__(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job has it ignored, and passes that on
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(self.number))
        if os.getppid() != self.parent:  # it died between fork and prctl
            os._exit(1)


def stop_all(children: Sequence[Child]) -> list[str]:
    """Ask all to stop, then wait: as fast as the slowest one. Return the names of those that had to be killed."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + max((child.patience_seconds for child in children), default=0)
    while any(child.is_alive for child in children) and time.monotonic() < deadline:
        time.sleep(0.02)
    late = [child.name for child in children if child.is_alive]
    for child in children:
        child.kill()
    return late


def command_of(pid: int) -> str:
    """Return the command line of a running process, or nothing: it ended, or is a zombie that nobody reaped."""
    if sys.platform == "linux":  # minimal systems have no ps
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "" if "<defunct>" in answer.stdout else answer.stdout
