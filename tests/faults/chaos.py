"""`python -m tests.faults.chaos`: 20,000 events from three partners while every part of the portal is killed at random.

One partner pushes over REST, singly and in batches, one over the wire format, one is asked. Meanwhile web server and
worker are killed with -9, Valkey is emptied and gone, PostgreSQL is restarted, and the third partner is cut off. At the
end every acknowledged event is there once, every dossier is in the right state, and nothing is stuck. By hand: it takes
the better part of an hour.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.faults.chaos_smoke import STILL_SECONDS, Breaker, break_along
from tests.faults.inside import run_inside
from tests.faults.partners import BATCH_SIZE, LINES, STEPS, AskedSystem, EventTally, Partners
from tests.stack import Child, Stack

THREADS = 8
SHARES = {"rest": 0.4, "wire": 0.4, "asked": 0.2}
BLOWS = 24
CUT_SECONDS = 30.0


class EventBreaker(Breaker):
    """As for the smoke, with the web server and the partner that is asked, at moments drawn at random."""

    def __init__(self, stack: Stack, system: AskedSystem, draw: random.Random) -> None:
        super().__init__(stack)
        self.system, self.draw = system, draw
        self.cut_ends_at: float | None = None

    def plan(self) -> list[tuple[float, Callable[[], None]]]:
        """Each part at least twice; the last blow falls on background work alone."""
        every = [self.kill_web, self.kill_worker, self.lose_valkey, self.restart_postgres, self.cut_partner]
        blows = every * 2 + self.draw.choices([self.kill_web, self.kill_worker], k=BLOWS - 2 * len(every))
        self.draw.shuffle(blows)
        moments = sorted(self.draw.uniform(0.02, 0.98) for _blow in blows)
        return [*zip(moments, blows, strict=True), (1.0, self.kill_worker)]

    def kill_web(self) -> None:
        """SIGKILL, with requests under way."""
        self.stack.web.kill()
        self.stack.web.start()
        self.done.append("web killed")

    def lose_valkey(self) -> None:
        """Once at a time."""
        if self.valkey_back_at is None:
            super().lose_valkey()

    def cut_partner(self) -> None:
        """The system that is asked answers nobody for a while."""
        self.system.is_cut, self.cut_ends_at = True, time.monotonic() + CUT_SECONDS
        self.done.append("partner cut off")

    def tend(self, *, to_the_end: bool = False) -> None:
        """Also bring back the partner and the web server."""
        super().tend(to_the_end=to_the_end)
        if self.cut_ends_at is not None and (to_the_end or time.monotonic() >= self.cut_ends_at):
            self.system.is_cut, self.cut_ends_at = False, None
        if not self.stack.web.is_alive:
            self.stack.web.start()
            self.done.append("web started again by the supervisor")


def main(arguments: list[str]) -> int:
    """Run, print the counts, return 1 when anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1, help="draws the moments and the parts that are broken")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    rest, asked = (max(1, int(options.events * SHARES[name] / len(STEPS))) for name in ("rest", "asked"))
    wire = max(1, int(options.events * SHARES["wire"] / len(LINES)))
    environment = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "API_RATE_PER_MINUTE": "1000000"}
    tally = EventTally()
    system = AskedSystem([], tally)
    with system.serving(), Stack(durable=True, extra_environment=environment) as stack:
        stack.prepare(demo=False)
        seeded = run_inside(stack, "tests.faults.seed_events", str(rest), str(asked), system.url, timeout=3600)
        system.codes = seeded["asked"]
        stack.start_portal(sandbox=[], reference=False)
        breaker = EventBreaker(stack, system, random.Random(options.seed))
        before = _memory(stack)
        seconds = _storm(stack, tally, breaker, seeded, wire)
        found = _audit(stack, tally, options.events)
        after = _memory(stack)
        if found["faults"]:
            print(stack.worker.log_tail(40), file=sys.stderr)
    _tell(tally, breaker, found, load_seconds=seconds, all_seconds=time.monotonic() - started)
    print("  memory in MB, before and after: " + ", ".join(f"{name} {before[name]} {after[name]}" for name in before))
    return 1 if found["faults"] else 0


def _storm(stack: Stack, tally: EventTally, breaker: EventBreaker, seeded: dict[str, Any], wire: int) -> float:
    partners = Partners(stack.environment, tally)
    partners.use_token(seeded["token"])
    pushed, born = seeded["pushed"], [f"G01.9-261102-{number:06d}" for number in range(wire)]
    work: list[tuple[Callable[[list[str]], None], list[str]]] = []
    for number, part in enumerate(_parts(pushed)):
        work.append((partners.report_batch if number % 2 else partners.report_singly, part))
    work += [(partners.report_over_the_wire, part) for part in _parts(born)]
    breaker.draw.shuffle(work)
    expected = len(pushed) * len(STEPS) + wire * len(LINES) + breaker.system.count
    started = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        futures: list[Future[None]] = [pool.submit(report, part) for report, part in work]
        futures.append(pool.submit(_await_asked, breaker.system, tally))
        try:
            break_along(futures, iter(breaker.plan()), breaker, lambda: tally.acknowledged / expected)
        finally:
            for future in futures:
                future.cancel()
            breaker.tend(to_the_end=True)
    return time.monotonic() - started


def _parts(codes: list[str]) -> list[list[str]]:
    return [codes[start : start + BATCH_SIZE] for start in range(0, len(codes), BATCH_SIZE)]


def _await_asked(system: AskedSystem, tally: EventTally) -> None:
    """The portal asks by itself; give up when it has not moved for ten minutes."""
    moved, before = time.monotonic(), -1
    while len(tally.asked) < system.count:
        if len(tally.asked) != before:
            moved, before = time.monotonic(), len(tally.asked)
        if time.monotonic() - moved > 600:
            raise RuntimeError(f"the portal has asked for {before} of {system.count} events and asks no more")
        time.sleep(0.5)


def _audit(stack: Stack, tally: EventTally, events: int) -> dict[str, Any]:
    path = stack.directory / "tally.json"
    told = {"pushed": tally.pushed, "asked": tally.asked, "lines": tally.lines}
    path.write_text(json.dumps(told), encoding="utf-8")
    timeout = 1500 + 2 * events
    found: dict[str, Any] = run_inside(
        stack, "tests.faults.audit_events", str(path), str(STILL_SECONDS), timeout=timeout
    )
    return found


def _memory(stack: Stack) -> dict[str, int]:
    return {"web": _megabytes(stack.web), "worker": _megabytes(stack.worker)}


def _megabytes(child: Child) -> int:
    """Of a process and those it started, shared pages counted once."""
    if not child.is_alive:
        return 0
    total, pids = 0, [child.pid]
    for pid in pids:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        pids += [int(text) for text in children]
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total // 1024


def _tell(
    tally: EventTally, breaker: EventBreaker, found: dict[str, Any], *, load_seconds: float, all_seconds: float
) -> None:
    print("\nchaos")
    counted = {name: breaker.done.count(name) for name in dict.fromkeys(breaker.done)}
    print("  broken: " + ", ".join(f"{name} {count}×" for name, count in counted.items()))
    for name, count in found["counts"].items():
        print(f"  {count:>6}  {name} acknowledged")
    print(f"  {sum(tally.again.values()):>6}  calls sent again: {dict(tally.again.most_common(8))}")
    print(f"  load {load_seconds:.0f} s, quiet {found['settled_after']:.0f} s later, {all_seconds:.0f} s in all")
    print(f"  lost, doubled or stuck: {len(found['faults'])}")
    for fault in found["faults"][:30]:
        print(f"    ✗ {fault}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
