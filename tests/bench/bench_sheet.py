"""A procedure's sheet for somebody who has not signed in, against a bare Django view of as many bytes."""

from tests.bench import report
from tests.bench.serving import bare_server, cpu_of, hammer, median, port_of, request_bytes
from tests.stack import Stack

SHEETS = ("1.001193", "1.004222", "3.000333", "1.004873", "1.001612", "1.000894")
ROUNDS, REQUESTS = 7, 3_000
OK = frozenset({200})


def main() -> bool:
    """Alternate rounds over six sheets and over the bare view; compare the medians."""
    with Stack() as stack:
        stack.start_portal(sandbox=[], worker=False)
        with bare_server(stack) as bare:
            sheets = [request_bytes("GET", f"/thu-tuc/{code}/") for code in SHEETS] * (REQUESTS // len(SHEETS))
            pages = [request_bytes("GET", "/page/")] * REQUESTS
            hammer(port_of(stack.web), sheets, expect=OK)
            hammer(port_of(bare), pages, expect=OK)
            speed: dict[str, list[float]] = {"sheet": [], "bare": []}
            cost: dict[str, list[float]] = {"sheet": [], "bare": []}
            for _round in range(ROUNDS):
                for name, child, requests in (("sheet", stack.web, sheets), ("bare", bare, pages)):
                    seconds: list[float] = []
                    cost[name].append(
                        cpu_of(child, lambda c=child, r=requests, s=seconds: s.append(hammer(port_of(c), r, expect=OK)))
                    )
                    speed[name].append(len(requests) / seconds[0])
    ratio = 100 * median([ours / theirs for ours, theirs in zip(speed["sheet"], speed["bare"], strict=True)])
    rows = [
        report.Row("bare view", median(speed["bare"]), "requests/s"),
        report.Row("procedure sheet", median(speed["sheet"]), "requests/s"),
        report.Row("bare view, processor", 1000 * median(cost["bare"]) / REQUESTS, "ms/request"),
        report.Row("procedure sheet, processor", 1000 * median(cost["sheet"]) / REQUESTS, "ms/request"),
        report.Row("procedure sheet / bare view", ratio, "%", bound=60),
    ]
    return report.publish("sheet", rows, note=f"{ROUNDS} alternating rounds of {REQUESTS} requests, 4 connections")
