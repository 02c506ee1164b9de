"""The store and its results: issuing, checking a credential, the status page, and a store's list however full it is."""

import os
import time
from collections.abc import Callable

import cbor2

from datastore import verifier
from tests.bench import report, two_workers
from tests.bench.serving import bare_server, cpu_of, hammer, median, port_of, request_bytes
from tests.faults.inside import run_inside
from tests.stack import Stack

ROWS = int(os.environ.get("ROWS", "10000"))
"""Documents of the large store; with fewer than a thousand all is done small, to see that it runs."""
FEW = min(100, ROWS)
IS_WHOLE = ROWS >= 1_000
PAPERS, BATCH, ROUNDS, REQUESTS, CHECKS = (9, 96, 3, 600, 2_000) if IS_WHOLE else (2, 4, 1, 40, 200)
OK = frozenset({200})


def main() -> bool:
    """Measure each in alternating rounds of one run."""
    with Stack(durable=True) as stack:
        stack.start_portal(sandbox=[], worker=False)
        rows = _issuing(run_inside(stack, "tests.bench.time_results", str(PAPERS)))
        bare, as_they_run = two_workers.seconds(stack, BATCH, ROUNDS, threads=(1, 4))
        rows += _scaling(bare) + _scaling_as_they_run(as_they_run)
        seeded = run_inside(stack, "tests.bench.seed_store", str(FEW), str(ROWS))
        rows += _checking(seeded["address"], verifier.load_keys(seeded["keys"]))
        rows += _serving(stack, seeded)
    note = f"{PAPERS} papers, {BATCH} by workers, {CHECKS} checks, {ROUNDS} alternating rounds of {REQUESTS} requests"
    return report.publish("store", rows, note=note)


def _issuing(timed: dict[str, list[float]]) -> list[report.Row]:
    pairs = [whole / drawing for whole, drawing in zip(timed["issue_cpu"], timed["bare_cpu"], strict=True)]
    return report.tell(
        report.Row("WeasyPrint alone, processor", 1000 * median(timed["bare_cpu"]), "ms"),
        report.Row("result issued, processor", 1000 * median(timed["issue_cpu"]), "ms"),
        report.Row("result issued / WeasyPrint alone", median(pairs), "×", bound=1.6, at="most"),
    )


def _scaling(timed: dict[int, float]) -> list[report.Row]:
    """By wall, so that it means nothing on a machine that others use, or of one core."""
    bound = 1.8 if (os.cpu_count() or 1) >= 2 else None
    return report.tell(
        report.Row(f"{BATCH} results by one Celery worker of one thread", timed[1], "s"),
        report.Row(f"{BATCH} results by two of them", timed[2], "s"),
        report.Row("two workers / one", timed[1] / timed[2], "×", bound=bound),
    )


def _scaling_as_they_run(timed: dict[int, float]) -> list[report.Row]:
    return report.tell(
        report.Row(f"{BATCH} results by one worker of four threads", timed[1], "s"),
        report.Row(f"{BATCH} results by two of those", timed[2], "s"),
        report.Row("two workers of four threads / one", timed[1] / timed[2], "×"),
    )


def _checking(address: str, keys: dict[bytes, verifier.Key]) -> list[report.Row]:
    """Whole checks a second on one core; the bound is 2,000, or what the signature library reaches by itself."""
    token = verifier._from_base32(address.rpartition("#")[2])
    protected, payload, signature, kid = verifier._parts(token)
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    public = keys[kid][0]
    ours = _rate(lambda: verifier.verify(address, keys))
    library = _rate(lambda: public.verify(signature, signed))
    return report.tell(
        report.Row("signature library alone", library, "checks/s"),
        report.Row("credential checked", ours, "checks/s", bound=min(2_000, library)),
    )


def _rate(check: Callable[[], object]) -> float:
    started = time.process_time()
    for _number in range(CHECKS):
        check()
    return CHECKS / (time.process_time() - started)


def _serving(stack: Stack, seeded: dict[str, object]) -> list[report.Row]:
    few, many = FEW, ROWS
    cookies: dict[str, str] = seeded["cookies"]  # type: ignore[assignment]
    with bare_server(stack) as bare:
        asked = {
            "bare": (bare, [request_bytes("GET", "/query/")] * REQUESTS),
            "status": (stack.web, [request_bytes("GET", f"/xm/{seeded['public_id']}")] * REQUESTS),
            "few": (stack.web, [request_bytes("GET", "/kho-du-lieu/", Cookie=cookies[str(few)])] * (REQUESTS // 5)),
            "many": (stack.web, [request_bytes("GET", "/kho-du-lieu/", Cookie=cookies[str(many)])] * (REQUESTS // 5)),
        }
        cost: dict[str, list[float]] = {name: [] for name in asked}
        for number in range(ROUNDS + 1):
            for name, (child, requests) in asked.items():
                used = cpu_of(child, lambda c=child, r=requests: hammer(port_of(c), r, expect=OK))
                if number:  # the first round loads templates and opens connections
                    cost[name].append(1000 * used / len(requests))
    status = 100 * median([bare / ours for bare, ours in zip(cost["bare"], cost["status"], strict=True)])
    growth = median([large / small for large, small in zip(cost["many"], cost["few"], strict=True)])
    return report.tell(
        report.Row("bare view of one query, processor", median(cost["bare"]), "ms/request"),
        report.Row("status page, processor", median(cost["status"]), "ms/request"),
        report.Row("status page / bare view, requests per processor second", status, "%", bound=50),
        report.Row(f"store of {few} documents, processor", median(cost["few"]), "ms/request"),
        report.Row(f"store of {many:,} documents, processor", median(cost["many"]), "ms/request"),
        report.Row(f"store of {many:,} / of {few} documents", growth, "×", bound=1.1, at="most"),
    )
