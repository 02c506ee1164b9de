"""Status events from partners' systems on a large database, single and batched, against two bare things.

A Django view that does one INSERT through the ORM, and psycopg alone writing the same event rows and updating the same
dossier rows. `make bench-sync ROWS=1000000` is the figure that is promised; the default size suits any machine.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from tests.bench import report, wire_sequence
from tests.bench.bench_push import CREATED, push_of
from tests.bench.serving import bare_server, cpu_of, cpu_seconds, hammer, median, port_of, request_bytes
from tests.faults.inside import ROOT, run_inside
from tests.stack import Child, Stack

ROUNDS, SINGLES, INSERTS, BATCH = 8, 100, 400, 500
PROCEDURE = "1.001193"
STEPS = ("accept", "start_processing")
OK = frozenset({200})
COUNTING = ("shared_preload_libraries=pg_stat_statements",)


def main() -> bool:
    """Rounds of single pushes, bare INSERTs, a batch of ours and a batch of psycopg's; the medians of the ratios."""
    rows = int(os.environ.get("ROWS", "20000"))
    singles, batches = ROUNDS * SINGLES, (ROUNDS + 1) * BATCH  # one more, whose statements are counted
    wanted = singles + 2 * batches + SINGLES
    with Stack(durable=True, postgres_settings=COUNTING) as stack:
        stack.start_portal(sandbox=[], worker=False)
        seeded = run_inside(stack, "tests.bench.seed_dossiers", str(max(rows, wanted)), str(wanted), timeout=3600)
        token, codes = seeded["token"], seeded["codes"]
        warm, codes = codes[:SINGLES], codes[SINGLES:]
        ours, codes = codes[:singles], codes[singles:]
        batched, rivals = codes[:batches], codes[batches:]
        figures: dict[str, list[float]] = {}
        with bare_server(stack) as bare, _rival(stack, seeded["client"], rivals) as write:
            inserts = [request_bytes("POST", "/insert/")] * INSERTS
            hammer(port_of(bare), inserts, expect=CREATED)
            for step in STEPS:
                hammer(port_of(stack.web), [push_of(code, step, token) for code in warm], expect=CREATED)
            for at in range(ROUNDS):
                for step in STEPS:
                    part = batched[at * BATCH : (at + 1) * BATCH]
                    turn = {
                        "bare": lambda: (hammer(port_of(bare), inserts, expect=CREATED), INSERTS),
                        "single": lambda s=step, c=ours[at * SINGLES : (at + 1) * SINGLES]: (
                            hammer(port_of(stack.web), [push_of(code, s, token) for code in c], expect=CREATED),
                            len(c),
                        ),
                        "psycopg": lambda s=step: write(s, BATCH),
                        "batch": lambda s=step, c=part: (
                            hammer(port_of(stack.web), [_batch_of(c, s, token)], expect=OK, clients=1),
                            len(c),
                        ),
                    }
                    _take_turns(figures, stack, bare, turn)
            statements = _statements_per_event(stack, batched[ROUNDS * BATCH :], token)
            over_the_wire = wire_sequence.rows(stack, agency=codes[0].split("-")[0], procedure=PROCEDURE)
        kept = _events_of(stack, batched[: ROUNDS * BATCH])
        if kept != 2 * ROUNDS * BATCH:
            raise RuntimeError(f"{kept} events of batches are there instead of {2 * ROUNDS * BATCH}")
    measured = _rows(figures, statements) + over_the_wire
    return report.publish("sync", measured, note=f"{max(rows, wanted):,} dossiers, {ROUNDS} rounds")


def _take_turns(
    figures: dict[str, list[float]], stack: Stack, bare: Child, turn: dict[str, Callable[[], tuple[float, int]]]
) -> None:
    for name, work in turn.items():
        told: list[tuple[float, int]] = []
        server = {"bare": bare, "psycopg": None}.get(name, stack.web)
        database = cpu_seconds(_postgres(stack))
        web = cpu_of(server, lambda w=work, t=told: t.append(w())) if server else told.append(work()) or 0.0
        seconds, count = told[0]
        figures.setdefault(f"{name}/s", []).append(count / seconds)
        figures.setdefault(f"{name} cpu", []).append(1000 * web / count)
        figures.setdefault(f"{name} db", []).append(1000 * (cpu_seconds(_postgres(stack)) - database) / count)


def _rows(figures: dict[str, list[float]], statements: dict[str, float]) -> list[report.Row]:
    single = [100 * a / b for a, b in zip(figures["single/s"], figures["bare/s"], strict=True)]
    batch = [100 * a / b for a, b in zip(figures["batch/s"], figures["psycopg/s"], strict=True)]

    def of(name: str) -> float:
        return median(figures[name])

    return [
        report.Row("bare view with one INSERT", of("bare/s"), "requests/s"),
        report.Row("single push", of("single/s"), "events/s"),
        report.Row("psycopg batch", of("psycopg/s"), "events/s"),
        report.Row(f"batch of {BATCH}", of("batch/s"), "events/s"),
        report.Row("bare view, processor", of("bare cpu"), "ms/request"),
        report.Row("bare view, database's processor", of("bare db"), "ms/request"),
        report.Row("single push, processor", of("single cpu"), "ms/event"),
        report.Row("single push, database's processor", of("single db"), "ms/event"),
        report.Row("batch, processor", of("batch cpu"), "ms/event"),
        report.Row("batch, database's processor", of("batch db"), "ms/event"),
        report.Row("psycopg batch, database's processor", of("psycopg db"), "ms/event"),
        report.Row("single push, statements", statements["single"], "per event"),
        report.Row("batch, statements", statements["batch"], "per event"),
        report.Row("single push / bare INSERT", median(single), "%", bound=35),
        report.Row("batch / psycopg batch", median(batch), "%", bound=50),
    ]


def _postgres(stack: Stack) -> Child:
    if stack.postgres.child is None:
        raise RuntimeError("the database does not run")
    return stack.postgres.child


def _batch_of(codes: list[str], step: str, token: str) -> bytes:
    now = datetime.now(tz=ZoneInfo("Asia/Ho_Chi_Minh")).isoformat()
    official = {"name": "Ngô Văn Nghiệm", "title": "Cán bộ một cửa", "unit": "Bộ phận một cửa"}
    events = [
        {"code": code, "event": step, "occurred_at": now, "reference": f"bench-{code}-{step}", "official": official}
        for code in codes
    ]
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
    headers["Idempotency_Key"] = f"batch-{codes[0]}-{step}"
    return request_bytes("POST", "/api/v1/dossiers/events/", json.dumps({"events": events}).encode(), **headers)


def _statements_per_event(stack: Stack, codes: list[str], token: str) -> dict[str, float]:
    """As PostgreSQL counts them, BEGIN and COMMIT included, its own checks of foreign keys left out."""
    half = len(codes) // 2
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

        def counted(requests: list[bytes], events: int, expect: frozenset[int]) -> float:
            connection.execute("SELECT pg_stat_statements_reset()")
            hammer(port_of(stack.web), requests, expect=expect, clients=1)
            query = (
                "SELECT sum(calls) FROM pg_stat_statements"
                " WHERE query NOT LIKE '%pg_stat_statements%' AND query NOT LIKE 'SELECT % FROM ONLY %'"
            )
            found = connection.execute(query).fetchone()
            return float(found[0]) / events if found else 0.0

        single = counted([push_of(code, "accept", token) for code in codes[:half]], half, CREATED)
        batch = counted([_batch_of(codes[half:], "accept", token)], len(codes) - half, OK)
    return {"single": single, "batch": batch}


def _events_of(stack: Stack, codes: list[str]) -> int:
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        found = connection.execute(
            "SELECT count(*) FROM dossiers_dossierevent AS event JOIN dossiers_dossier AS dossier"
            " ON dossier.id = event.dossier_id WHERE dossier.code = ANY(%s) AND event.source LIKE 'client:%%'",
            [codes],
        ).fetchone()
    return int(found[0]) if found else 0


@contextmanager
def _rival(stack: Stack, client: int, codes: list[str]) -> Iterator[Callable[[str, int], tuple[float, int]]]:
    command = [sys.executable, "-m", "tests.bench.rivals", str(client), codes[0], codes[-1]]
    with subprocess.Popen(
        command, cwd=ROOT, env=stack.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        _tell(process)

        def write(step: str, count: int) -> tuple[float, int]:
            if process.stdin is None:
                raise RuntimeError("the rival has no input")
            process.stdin.write(f"{step} {count}\n")
            process.stdin.flush()
            seconds, _cpu, written = _tell(process)
            return seconds, written

        yield write
        if process.stdin is not None:
            process.stdin.close()


def _tell(process: subprocess.Popen[str]) -> Any:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the rival ended")
    return json.loads(line)
