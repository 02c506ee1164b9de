"""Background threads: each repeats one errand over rows of the database, so that a restart forgets nothing."""

import logging
import threading
from collections.abc import Callable

from django.apps import apps
from django.db import close_old_connections, connection

logger = logging.getLogger("sandbox.background")
IDLE_SECONDS = 0.5


class Loop(threading.Thread):
    """Calls `errand` every half second, or at once when rung."""

    def __init__(self, name: str, errand: Callable[[], None]):
        super().__init__(name=name, daemon=True)
        self.errand = errand
        self.bell = threading.Event()

    def run(self) -> None:
        while True:
            self.bell.wait(IDLE_SECONDS)
            self.bell.clear()
            try:
                close_old_connections()
                self.errand()
            except Exception:
                # the rows are still there: log it, forget the connection, try again at the next turn
                logger.exception("background_errand_failed errand=%s", self.name)
                connection.close()
                threading.Event().wait(IDLE_SECONDS)


_loops: dict[str, Loop] = {}


def start_background() -> None:
    """Start the errands that the installed apps name in `background_errands`; once per process."""
    for config in apps.get_app_configs():
        for name, errand in getattr(config, "background_errands", dict)().items():
            if name not in _loops:
                _loops[name] = Loop(name, errand)
                _loops[name].start()


def ring(*names: str) -> None:
    """Wake these errands now; does nothing in processes that run none."""
    for name in names:
        if name in _loops:
            _loops[name].bell.set()


def stopped_loops() -> list[str]:
    return [name for name, loop in _loops.items() if not loop.is_alive()]
