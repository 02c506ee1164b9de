"""`python -m tests.faults.campaign --papers 10000`: a leader approves a whole queue at one press, and all are issued.

Two workers draw and sign. A third of the way the leader stops the job and goes on with it; at two thirds one worker is
killed with -9 in the middle of whatever it does. At the end every dossier has exactly one result, and some of the
files are opened and held against their credentials. By hand: ten thousand take the better part of an hour.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.faults.inside import run_inside
from tests.stack import Child, Stack

from _runtime import portal_processes  # isort: skip - tests.stack puts bin/ on the path

LOOK_EVERY_SECONDS = 10.0
STILL_SECONDS = 240
"""So long may nothing at all be approved or signed."""
AUDIT_SECONDS = 1800


def main(arguments: list[str]) -> int:
    """Run, print the counts, return 1 when a result is missing, doubled or does not hold."""
    parser = argparse.ArgumentParser(prog="campaign", description=__doc__)
    parser.add_argument("--papers", type=int, default=10_000)
    papers: int = parser.parse_args(arguments).papers
    with Stack(durable=True) as stack:
        stack.start_portal(sandbox=[], worker=False)
        leader = run_inside(stack, _INSIDE, "seed", str(papers), timeout=3600)["leader"]
        job = run_inside(stack, _INSIDE, "start", str(leader))
        workers = [_worker(stack, name) for name in ("one", "two")]
        stack.start(*workers)
        seconds = _run(stack, workers, str(leader), job)
        found = run_inside(stack, _INSIDE, "audit", str(papers), timeout=AUDIT_SECONDS)
    for name, number in found["found"].items():
        print(f"{name}: {number}")
    print(f"{papers} results in {seconds:.0f} s, {papers / seconds:.1f} a second, by two workers")
    for fault in found["faults"]:
        print(f"WRONG: {fault}", file=sys.stderr)
    return 1 if found["faults"] else 0


_INSIDE = "tests.faults.campaign_inside"


def _run(stack: Stack, workers: list[Child], leader: str, job: dict[str, Any]) -> float:
    """From the press to the last signature, without the time for which it was stopped."""
    number, total = str(job["job"]), job["total"]
    began = time.monotonic()
    _until(stack, number, lambda seen: seen["approved"] >= total / 3)
    run_inside(stack, _INSIDE, "stop", leader, number)
    stopped_at = _until(stack, number, lambda seen: not seen["unsigned"])
    pause = time.monotonic()
    print(f"stopped: {stopped_at['approved']} of {total} approved, {stopped_at['signed']} signed")
    time.sleep(3 * LOOK_EVERY_SECONDS)
    after = run_inside(stack, _INSIDE, "look", number)
    if (after["approved"], after["signed"]) != (stopped_at["approved"], stopped_at["signed"]):
        raise RuntimeError(f"a stopped job went on: {stopped_at}, then {after}")
    run_inside(stack, _INSIDE, "go-on", leader, number)
    began += time.monotonic() - pause
    _until(stack, number, lambda seen: seen["signed"] >= 2 * total / 3)
    workers[0].kill()
    workers[0].start()
    print("a worker was killed and started again")
    _until(stack, number, lambda seen: seen["signed"] + seen["dead"] + seen["refused"] >= total)
    return time.monotonic() - began


def _until(stack: Stack, job: str, is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Look as a leader at her page does, and say what it shows; raises where nothing moves any more."""
    last, moved = None, time.monotonic()
    while True:
        seen: dict[str, Any] = run_inside(stack, _INSIDE, "look", job)
        if is_there(seen):
            return seen
        if seen != last:
            last, moved = seen, time.monotonic()
            print(f"approved {seen['approved']}, signed {seen['signed']}", flush=True)
        if time.monotonic() - moved > STILL_SECONDS:
            raise RuntimeError(f"nothing moves: {seen}")
        time.sleep(LOOK_EVERY_SECONDS)


def _worker(stack: Stack, name: str) -> Child:
    child = portal_processes.worker(stack.environment, beat=name == "one", threads=2)
    child.command = [*child.command, "-n", f"{name}@portal"]
    child.name, child.log = name, child.log.with_name(f"{name}.log")
    return child


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
