"""Issuing a result (QR, credential, drawing, PAdES, store), against WeasyPrint alone drawing the same HTML."""

from tests.bench import report
from tests.bench.serving import median
from tests.faults.inside import run_inside
from tests.stack import Stack

ROUNDS = 15


def main() -> bool:
    """Alternate one issue and one bare drawing in one process; compare the medians."""
    with Stack(durable=True) as stack:
        stack.prepare()
        timed = run_inside(stack, "tests.bench.time_results", str(ROUNDS))
    ours, theirs = median(timed["issue"]), median(timed["bare"])
    pairs = [whole / drawing for whole, drawing in zip(timed["issue"], timed["bare"], strict=True)]
    rows = [
        report.Row("WeasyPrint alone", 1000 * theirs, "ms"),
        report.Row("result issued", 1000 * ours, "ms"),
        report.Row("WeasyPrint alone, processor", 1000 * median(timed["bare_cpu"]), "ms"),
        report.Row("result issued, processor", 1000 * median(timed["issue_cpu"]), "ms"),
        report.Row("result issued / WeasyPrint alone", median(pairs), "×", bound=2, at="most"),
    ]
    return report.publish("result", rows, note=f"{ROUNDS} alternating rounds in one process")
