"""`python -m tests.faults.chaos_smoke`: filings, payments and pushes while parts of the portal are killed.

200 citizens file and pay over HTTP and the province reports each step, while the worker is killed with -9 five times,
Valkey is emptied and gone for 20 seconds, and PostgreSQL is restarted. At the end every acknowledged call is there,
once.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from tests.faults.inside import run_inside
from tests.faults.load import Clients, Tally
from tests.stack import Stack

VALKEY_GONE_SECONDS = 20.0
THREADS = 8
EVENTS_REPORTED = (3, 1, 0, 0)
"""Of four dossiers the province decides one, accepts another, and has not looked at two."""
STILL_SECONDS = 75
"""So long may background work stand still: leases, waits after failures and a sweep are shorter."""


@dataclass
class Breaker:
    """Breaks one thing after another as the load proceeds; everything is started again from the main thread."""

    stack: Stack
    done: list[str] = field(default_factory=list)
    worker_kills: int = 0
    valkey_back_at: float | None = None

    def plan(self) -> list[tuple[float, Callable[[], None]]]:
        """At which share of the acknowledged calls what breaks; the last blow falls on background work alone."""
        return [
            (0.05, self.kill_worker),
            (0.15, self.lose_valkey),
            (0.25, self.kill_worker),
            (0.40, self.kill_worker),
            (0.50, self.restart_postgres),
            (0.70, self.kill_worker),
            (1.00, self.kill_worker),
        ]

    def kill_worker(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        self.stack.kill_worker()
        self.worker_kills += 1
        self.done.append("worker killed")

    def lose_valkey(self) -> None:
        """Everything in it gone, and itself too for a while."""
        self.stack.valkey.flush()
        self.stack.valkey.kill()
        self.valkey_back_at = time.monotonic() + VALKEY_GONE_SECONDS
        self.done.append("valkey flushed and stopped")

    def restart_postgres(self) -> None:
        """Every connection breaks; transactions under way are undone."""
        self.stack.postgres.restart()
        self.done.append("postgresql restarted")

    def tend(self, *, to_the_end: bool = False) -> None:
        """Bring Valkey back when its time has come, and the worker when it ended by itself, as the supervisor does."""
        if self.valkey_back_at is not None and (to_the_end or time.monotonic() >= self.valkey_back_at):
            time.sleep(max(0.0, self.valkey_back_at - time.monotonic()))
            self.stack.valkey.start()
            self.valkey_back_at = None
            self.done.append(f"valkey back after {VALKEY_GONE_SECONDS:.0f} s")
        if not self.stack.worker.is_alive:
            self.stack.worker.start()
            self.done.append("worker started again by the supervisor")


def main(arguments: list[str]) -> int:
    """Run, print the counts, return 1 when anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser(prog="chaos_smoke", description=__doc__)
    parser.add_argument("--filings", type=int, default=200)
    options = parser.parse_args(arguments)
    started = time.monotonic()
    environment = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "SANDBOX_HANDLING": "manual"}
    with Stack(durable=True, extra_environment=environment) as stack:
        stack.start_portal(sandbox=["province"])
        seeded = run_inside(stack, "tests.faults.seed", str(options.filings))
        tally, breaker, seconds = _storm(stack, seeded["citizens"])
        found = _audit(stack, tally)
        if found["faults"]:
            print(stack.worker.log_tail(40), file=sys.stderr)
    _tell(tally, breaker, found, load_seconds=seconds, all_seconds=time.monotonic() - started)
    return 1 if found["faults"] else 0


def _storm(stack: Stack, citizens: list[dict[str, str]]) -> tuple[Tally, Breaker, float]:
    tally, breaker = Tally(), Breaker(stack)
    clients = Clients(stack.environment, tally)
    clients.sign_in_province()
    pushes = [EVENTS_REPORTED[number % len(EVENTS_REPORTED)] for number in range(len(citizens))]
    expected = 2 * len(citizens) + sum(pushes)
    started = time.monotonic()
    blows = iter(breaker.plan())
    with ThreadPoolExecutor(THREADS) as pool:
        futures = [
            pool.submit(clients.one_citizen, number, citizen, pushes[number]) for number, citizen in enumerate(citizens)
        ]
        try:
            break_along(futures, blows, breaker, lambda: tally.acknowledged / expected)
        finally:
            for future in futures:
                future.cancel()
            breaker.tend(to_the_end=True)
    return tally, breaker, time.monotonic() - started


def break_along(
    futures: list[Future[None]],
    blows: Iterator[tuple[float, Callable[[], None]]],
    breaker: Breaker,
    progress: Callable[[], float],
) -> None:
    """Strike each blow when the load has come so far; a caller that fails ends the run with its words."""
    blow = next(blows, None)
    while True:
        done, running = wait(futures, timeout=0.05, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        while blow is not None and (not running or progress() >= blow[0]):
            blow[1]()
            blow = next(blows, None)
        breaker.tend()
        if not running:
            return


def _audit(stack: Stack, tally: Tally) -> dict[str, Any]:
    path = stack.directory / "tally.json"
    told = {"submitted": tally.submitted, "paid": tally.paid, "pushed": tally.pushed}
    path.write_text(json.dumps(told), encoding="utf-8")
    found: dict[str, Any] = run_inside(stack, "tests.faults.audit", str(path), str(STILL_SECONDS), timeout=1500)
    return found


def _tell(tally: Tally, breaker: Breaker, found: dict[str, Any], *, load_seconds: float, all_seconds: float) -> None:
    print("\nchaos-smoke")
    print("  broken: " + ", ".join(breaker.done))
    acknowledged = {"filings": tally.submitted, "payments": tally.paid, "pushes": tally.pushed}
    for name, calls in acknowledged.items():
        print(f"  {len(calls):>6}  {name} acknowledged")
    for name, count in found["counts"].items():
        print(f"  {count:>6}  {name} in the database")
    print(f"  {sum(tally.again.values()):>6}  calls sent again: {dict(tally.again.most_common())}")
    print(f"  load {load_seconds:.0f} s, quiet {found['settled_after']:.0f} s later, {all_seconds:.0f} s in all")
    print(f"  lost, doubled or stuck: {len(found['faults'])}")
    for fault in found["faults"][:30]:
        print(f"    ✗ {fault}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
