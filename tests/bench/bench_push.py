"""A status push of a province's system, against a bare Django view that does one INSERT through the ORM."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.bench import report
from tests.bench.serving import bare_server, cpu_of, hammer, median, port_of, request_bytes
from tests.faults.inside import run_inside
from tests.stack import Stack

DOSSIERS, BATCH, INSERTS = 120, 60, 600
EVENTS = ("accept", "start_processing", "approve", "return_result")
CREATED = frozenset({201})


def main() -> bool:
    """Every dossier goes through its four events in batches; between two batches the bare view takes its turn."""
    with Stack(durable=True) as stack:
        stack.start_portal(sandbox=[], worker=False)
        seeded = run_inside(stack, "tests.bench.seed_dossiers", str(DOSSIERS + BATCH))
        token, codes = seeded["token"], seeded["codes"]
        inserts = [request_bytes("POST", "/insert/")] * INSERTS
        warm_up, codes = codes[:BATCH], codes[BATCH:]
        with bare_server(stack) as bare:
            hammer(port_of(bare), inserts, expect=CREATED)
            for event in EVENTS:
                hammer(port_of(stack.web), [_push(code, event, token) for code in warm_up], expect=CREATED)
            pushed_in, inserts_per_second, cost, bare_cost = [], [], [], []
            for event in EVENTS:
                for start in range(0, DOSSIERS, BATCH):
                    batch = [_push(code, event, token) for code in codes[start : start + BATCH]]
                    cost.append(
                        cpu_of(
                            stack.web,
                            lambda b=batch: pushed_in.append(hammer(port_of(stack.web), b, expect=CREATED)),
                        )
                    )
                    seconds: list[float] = []
                    bare_cost.append(
                        cpu_of(bare, lambda s=seconds: s.append(hammer(port_of(bare), inserts, expect=CREATED)))
                    )
                    inserts_per_second.append(INSERTS / seconds[0])
    pushes = DOSSIERS * len(EVENTS)
    per_second = pushes / sum(pushed_in)
    rows = [
        report.Row("bare view with one INSERT", median(inserts_per_second), "requests/s"),
        report.Row("status push", per_second, "requests/s"),
        report.Row("bare view, processor", 1000 * median(bare_cost) / INSERTS, "ms/request"),
        report.Row("status push, processor", 1000 * sum(cost) / pushes, "ms/request"),
        report.Row("status push / bare INSERT", 100 * per_second / median(inserts_per_second), "%", bound=20),
    ]
    return report.publish("push", rows, note=f"{pushes} pushes of four kinds, in turn with bare INSERTs, 4 connections")


def _push(code: str, event: str, token: str) -> bytes:
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
