"""Search over a whole catalogue: does it find, what does a request cost, and how fast is the import.

    make bench-search CATALOGUE=a.jsonl,b.jsonl QUERIES=q.jsonl

Loads the catalogue on top of our own procedures into a throw-away database, asks every query at /thu-tuc/, and reads
the codes off the page. Each query is asked of the portal once for its figures (nothing is kept yet) and timed in
rounds that alternate with a bare view of one query, each time with an address that no page cache has seen.
"""

import json
import os
import re
import socket
import statistics
import time
import urllib.parse
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.bench import report
from tests.bench.serving import bare_server, port_of, request_bytes
from tests.stack import Stack

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CODE = re.compile(rb'class="results__link" href="/thu-tuc/([^/"]+)/"')
ROUNDS = 3
DEEPEST = 20


def main() -> bool:
    """Load, ask, time; print and judge."""
    catalogues = _paths("CATALOGUE", "procedures.jsonl")
    queries = [query for path in _paths("QUERIES", "queries.jsonl") for query in _lines(path)]
    if not catalogues or not queries:
        print("bench-search needs CATALOGUE=a.jsonl[,b.jsonl] and QUERIES=q.jsonl")
        return False
    with Stack() as stack:
        stack.start_portal(sandbox=[], worker=False)
        parsing = min(_parsing_seconds(catalogues) for _again in range(3))
        before = time.monotonic()
        printed = stack.manage("import_catalogue", *map(str, catalogues), timeout=3_600)
        importing = time.monotonic() - before
        print(printed.strip())
        stack.url()
        _ask(port_of(stack.web), "khai sinh")
        ranks = {number: _rank(_ask(port_of(stack.web), query["query"]), query) for number, query in enumerate(queries)}
        with bare_server(stack) as bare:
            ours, theirs = _timed(port_of(stack.web), port_of(bare), [query["query"] for query in queries])
    rows = _quality(queries, ranks)
    ratios = {share: _percentile(ours, share) / _percentile(theirs, share) for share in (50, 95)}
    rows += [
        report.Row("bare view of one query, p50", 1000 * _percentile(theirs, 50), "ms"),
        report.Row("bare view of one query, p95", 1000 * _percentile(theirs, 95), "ms"),
        report.Row("search request, p50", 1000 * _percentile(ours, 50), "ms"),
        report.Row("search request, p95", 1000 * _percentile(ours, 95), "ms"),
        report.Row("search / bare view, p50", ratios[50], "×"),
        report.Row("search / bare view, p95", ratios[95], "×", bound=4, at="most"),
        report.Row("parsing the JSON alone", parsing, "s"),
        report.Row("import / parsing", importing / parsing, "×"),
    ]
    return report.publish("search", rows, note=f"{len(queries)} queries, {', '.join(path.name for path in catalogues)}")


def _paths(name: str, default: str) -> list[Path]:
    given = os.environ.get(name, "")
    if given:
        return [Path(part).expanduser() for part in given.split(",") if part]
    return [DATA / default] if (DATA / default).exists() else []


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _parsing_seconds(paths: list[Path]) -> float:
    before = time.monotonic()
    for path in paths:
        with path.open("rb") as stream:
            for line in stream:
                try:
                    json.loads(line)
                except ValueError:
                    continue
    return time.monotonic() - before


def _address(query: str, number: int = 0) -> str:
    words = {"q": query} | ({"lan": str(number)} if number else {})
    return "/thu-tuc/?" + urllib.parse.urlencode(words)


def _ask(port: int, query: str) -> list[str]:
    """The codes of the first page, in order."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        page = _answer(connection, request_bytes("GET", _address(query)))
    return [code.decode() for code in CODE.findall(page)]


def _rank(codes: list[str], query: dict[str, Any]) -> int:
    """Where the first accepted code stands; nothing found is right where nothing is accepted. 0: nowhere."""
    accepted = set(query["accept_codes"])
    if not accepted:
        return 0 if codes else 1
    return next((at for at, code in enumerate(codes[:DEEPEST], start=1) if code in accepted), 0)


def _quality(queries: list[dict[str, Any]], ranks: dict[int, int]) -> list[report.Row]:
    kinds: dict[str, list[int]] = defaultdict(list)
    for number, query in enumerate(queries):
        kinds["all"].append(ranks[number])
        kinds[str(query.get("kind") or "?")].append(ranks[number])
    rows = []
    for kind, found in kinds.items():
        whole = kind == "all"
        first = sum(rank == 1 for rank in found) / len(found)
        five = sum(0 < rank <= 5 for rank in found) / len(found)
        mean = sum(1 / rank for rank in found if rank) / len(found)
        rows += [
            report.Row(f"hit@1 {kind} ({len(found)})", first, "", bound=0.8 if whole else None),
            report.Row(f"hit@5 {kind}", five, "", bound=0.95 if whole else None),
            report.Row(f"MRR {kind}", mean, ""),
        ]
    return rows


def _timed(portal: int, bare: int, queries: list[str]) -> tuple[list[float], list[float]]:
    """Seconds of each request, the portal's and the bare view's in turn, each over one kept connection."""
    ours: list[float] = []
    theirs: list[float] = []
    with (
        socket.create_connection(("127.0.0.1", portal), timeout=60) as first,
        socket.create_connection(("127.0.0.1", bare), timeout=60) as second,
    ):
        for number in range(ROUNDS + 1):
            for query in queries:
                # An address with a parameter the page does not know is never kept: each request does all the work.
                mine = _seconds(first, request_bytes("GET", _address(query, number + 1)))
                other = _seconds(second, request_bytes("GET", "/query/"))
                if number:  # the first round warms both up
                    ours.append(mine)
                    theirs.append(other)
    return ours, theirs


def _seconds(connection: socket.socket, request: bytes) -> float:
    before = time.perf_counter()
    _answer(connection, request)
    return time.perf_counter() - before


def _answer(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(262_144)
    head, _blank, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise RuntimeError(f"{request[:80]!r} was answered {head[:200]!r}")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while not (len(body) >= int(length[1]) if length else body.endswith(b"\r\n0\r\n\r\n")):  # else it comes in chunks
        body += connection.recv(262_144)
    return body


def _percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]
