"""Ring a worker's bell without ever waiting for a broker, slow or away; many rings in a moment are one.

The rows are the queue; a bell only says "look now". So a thread of its own rings, and whoever asks goes on at once. A
ring that is lost with the process, or while the broker is away, is made up for by the sweep.
"""

import atexit
import os
import threading
import time

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 0.5
"""Between two rounds: under load each task is rung twice a second. A ring costs about as much as a push itself."""


def ring_now(task_name: str) -> None:
    """Ask for one task by name."""
    if settings.BELL_RINGS_ALONE:
        _ringer().ask(task_name)
    else:
        _send(task_name)


def _send(task_name: str) -> None:
    try:
        current_app.send_task(task_name, retry=False, ignore_result=True, expires=60)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("bell.lost", task=task_name, error=type(error).__name__)


class _Ringer:
    """The thread that rings."""

    def __init__(self) -> None:
        self.process_id = os.getpid()
        self.wanted: dict[str, None] = {}
        self.asked = threading.Condition()
        threading.Thread(target=self._ring_for_ever, name="bell", daemon=True).start()
        atexit.register(self.ring_all)

    def ask(self, task_name: str) -> None:
        """Note what is to be rung."""
        with self.asked:
            self.wanted[task_name] = None
            self.asked.notify()

    def ring_all(self) -> None:
        """Ring what was asked for since the last round."""
        with self.asked:
            names, self.wanted = list(self.wanted), {}
        for name in names:
            _send(name)

    def _ring_for_ever(self) -> None:
        while True:
            with self.asked:
                while not self.wanted:
                    self.asked.wait()
            self.ring_all()
            time.sleep(PAUSE_SECONDS)


_made: list[_Ringer] = []
_guard = threading.Lock()


def _ringer() -> _Ringer:
    with _guard:
        if not _made or _made[0].process_id != os.getpid():  # threads do not survive a fork
            _made[:] = [_Ringer()]
        return _made[0]
