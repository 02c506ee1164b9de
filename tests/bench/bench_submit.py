"""The final submit request, against a bare Django view that does one INSERT: processor time of the web workers."""

import secrets
from typing import Any

from tests.bench import report
from tests.bench.serving import bare_server, cpu_of, hammer, median, port_of, request_bytes
from tests.faults.inside import run_inside
from tests.faults.seed import PROCEDURE
from tests.stack import Stack

ROUNDS, SUBMISSIONS, INSERTS, WARM_UP = 6, 80, 600, 20
FOUND, CREATED = frozenset({302}), frozenset({201})


def main() -> bool:
    """Alternate rounds of submissions and of bare INSERTs; compare the medians of what one costs."""
    with Stack(durable=True) as stack:
        stack.start_portal(sandbox=[], worker=False)
        seeded = run_inside(stack, "tests.faults.seed", str(WARM_UP + ROUNDS * SUBMISSIONS))
        submissions = [_submission(citizen) for citizen in seeded["citizens"]]
        inserts = [request_bytes("POST", "/insert/")] * INSERTS
        with bare_server(stack) as bare:
            hammer(port_of(stack.web), submissions[:WARM_UP], expect=FOUND)
            hammer(port_of(bare), inserts, expect=CREATED)
            ours, theirs = [], []
            for at in range(ROUNDS):
                start = WARM_UP + at * SUBMISSIONS
                batch = submissions[start : start + SUBMISSIONS]
                ours.append(
                    cpu_of(stack.web, lambda b=batch: hammer(port_of(stack.web), b, expect=FOUND)) / SUBMISSIONS
                )
                theirs.append(cpu_of(bare, lambda: hammer(port_of(bare), inserts, expect=CREATED)) / INSERTS)
    rows = [
        report.Row("bare view with one INSERT", 1000 * median(theirs), "ms/request"),
        report.Row("final submit", 1000 * median(ours), "ms/request"),
        report.Row("final submit / bare INSERT", median(ours) / median(theirs), "×", bound=10, at="most"),
    ]
    note = f"{ROUNDS} alternating rounds of {SUBMISSIONS} submissions and {INSERTS} INSERTs"
    return report.publish("submit", rows, note=note)


def _submission(citizen: dict[str, Any]) -> bytes:
    csrf = secrets.token_hex(16)
    cookies = f"portal_session={citizen['session']}; portal_csrf={csrf}"
    path = f"/nop-ho-so/{PROCEDURE}/{citizen['draft']}/kiem-tra/"
    return request_bytes("POST", path, Cookie=cookies, X_CSRFToken=csrf)
