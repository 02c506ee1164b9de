"""A status push of a province's system, against a bare Django view that does one INSERT through the ORM."""

import json
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from tests.bench import report
from tests.bench.serving import bare_server, cpu_of, hammer, median, port_of, request_bytes
from tests.faults.inside import run_inside
from tests.stack import Stack

DOSSIERS, BATCH, INSERTS = 240, 40, 300
EVENTS = ("accept", "start_processing", "approve", "return_result")
CREATED = frozenset({201})


def main() -> bool:
    """Every dossier goes through its four events in short rounds; after each the bare view takes its turn."""
    with Stack(durable=True) as stack:
        stack.start_portal(sandbox=[], worker=False)
        seeded = run_inside(stack, "tests.bench.seed_dossiers", "20000", str(DOSSIERS + BATCH))
        token, codes = seeded["token"], seeded["codes"]
        inserts = [request_bytes("POST", "/insert/")] * INSERTS
        warm_up, codes = codes[:BATCH], codes[BATCH:]
        with bare_server(stack) as bare:
            hammer(port_of(bare), inserts, expect=CREATED)
            for event in EVENTS:
                hammer(port_of(stack.web), [push_of(code, event, token) for code in warm_up], expect=CREATED)
            pushed_per_second, inserts_per_second, cost, bare_cost = [], [], [], []
            for event in EVENTS:
                for start in range(0, DOSSIERS, BATCH):
                    batch = [push_of(code, event, token) for code in codes[start : start + BATCH]]
                    for server, requests, speed, used in (
                        (stack.web, batch, pushed_per_second, cost),
                        (bare, inserts, inserts_per_second, bare_cost),
                    ):
                        seconds: list[float] = []
                        work = partial(hammer, port_of(server), requests, expect=CREATED)
                        used.append(cpu_of(server, lambda w=work, s=seconds: s.append(w())) / len(requests))
                        speed.append(len(requests) / seconds[0])
    pushes = DOSSIERS * len(EVENTS)
    ratios = [100 * ours / theirs for ours, theirs in zip(pushed_per_second, inserts_per_second, strict=True)]
    rows = [
        report.Row("bare view with one INSERT", median(inserts_per_second), "requests/s"),
        report.Row("status push", median(pushed_per_second), "requests/s"),
        report.Row("bare view, processor", 1000 * median(bare_cost), "ms/request"),
        report.Row("status push, processor", 1000 * median(cost), "ms/request"),
        report.Row("status push / bare INSERT", median(ratios), "%", bound=20),
    ]
    return report.publish(
        "push",
        rows,
        note=f"{pushes} pushes of four kinds, in {len(cost)} rounds in turn with bare INSERTs, 4 connections",
    )


def push_of(code: str, event: str, token: str) -> bytes:
    """One push of one event, as a province's system sends it."""
    reference = f"bench-{code}-{event}"
    body = {
        "event": event,
        "occurred_at": datetime.now(tz=ZoneInfo("Asia/Ho_Chi_Minh")).isoformat(),
        "reference": reference,
        "official": {"name": "Ngô Văn Nghiệm", "title": "Cán bộ một cửa", "unit": "Bộ phận một cửa"},
    }
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency_Key": reference,
        "Content_Type": "application/json",
    }
    return request_bytes("POST", f"/api/v1/dossiers/{code}/events/", json.dumps(body).encode(), **headers)
