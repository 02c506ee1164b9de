"""A procedure's sheet and the home page for who has not signed in, against a bare Django view of as many bytes."""

from tests.bench import report
from tests.bench.serving import bare_server, cpu_of, hammer, median, port_of, request_bytes
from tests.stack import Stack

SHEETS = ("1.001193", "1.004222", "3.000333", "1.004873", "1.001612", "1.000894")
ROUNDS, REQUESTS = 7, 3_000
OK = frozenset({200})


def main() -> bool:
    """Alternate rounds over six sheets, the home page and the bare view; compare the medians."""
    with Stack() as stack:
        stack.start_portal(sandbox=[], worker=False)
        with bare_server(stack) as bare:
            sheets = [request_bytes("GET", f"/thu-tuc/{code}/") for code in SHEETS] * (REQUESTS // len(SHEETS))
            asked = {
                "procedure sheet": (stack.web, sheets),
                "home": (stack.web, [request_bytes("GET", "/")] * REQUESTS),
                "bare view": (bare, [request_bytes("GET", "/page/")] * REQUESTS),
            }
            for child, requests in asked.values():
                hammer(port_of(child), requests, expect=OK)
            speed: dict[str, list[float]] = {name: [] for name in asked}
            cost: dict[str, list[float]] = {name: [] for name in asked}
            for _round in range(ROUNDS):
                for name, (child, requests) in asked.items():
                    seconds: list[float] = []
                    cost[name].append(
                        cpu_of(child, lambda c=child, r=requests, s=seconds: s.append(hammer(port_of(c), r, expect=OK)))
                    )
                    speed[name].append(len(requests) / seconds[0])
    rows = [report.Row(name, median(speed[name]), "requests/s") for name in asked]
    rows += [report.Row(f"{name}, processor", 1000 * median(cost[name]) / REQUESTS, "ms/request") for name in asked]
    for name in ("procedure sheet", "home"):
        ratio = median([ours / theirs for ours, theirs in zip(speed[name], speed["bare view"], strict=True)])
        rows.append(report.Row(f"{name} / bare view", 100 * ratio, "%", bound=60))
    return report.publish("sheet", rows, note=f"{ROUNDS} alternating rounds of {REQUESTS} requests, 4 connections")
