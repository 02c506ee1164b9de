"""The desk with many dossiers: queue pages, workbench and board at ROWS (a million) against ten thousand, and exports.

All dossiers belong to one agency, two in a hundred are open. The same official asks for the same pages, one after
another, first with few dossiers, then with many; the ratio of the 95th percentiles is what is promised, of queues,
first page, board and workbench; a first look, which counts what is then kept for a minute, stands by itself. A name or
a telephone number is looked up for no more than a queue's page costs. As many lie in a province, spread over its
communes: the province's leader counts and lists over all of them. The exports say how much the memory of the web
processes grew while a list of all dossiers was streamed.
"""

import os
import secrets
import socket
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.bench import report
from tests.bench.serving import cpu_of, cpu_seconds, port_of, read_answer, request_bytes
from tests.faults.inside import run_inside
from tests.stack import Child, Stack

SMALL = 10_000
ROUNDS, WARM = 20, 3
QUEUES = ("moi-nop", "dang-xu-ly", "tre-han", "hom-nay", "chua-phan-cong", "cho-duyet", "da-xong", "nhan-thang-nay")
GROWTH_MB = 64
TYPED = {
    "name": ("nguyen van an", "TRAN THI HOA", "vo minh quan", "Đặng Ngọc Ánh", "quyen bui kim", "le quoc khanh"),
    "telephone": ("0900000007", "0900 003 210", "0900009999", "0900004711", "0900008080", "0912345678"),
}
"""What is typed into the search box: names with and without marks, in another order; numbers, the last one nobody's."""


def main() -> bool:
    """Measure with few dossiers, fill up, measure again."""
    large = int(os.environ.get("ROWS", "1000000"))
    with Stack(durable=False) as stack:
        stack.start_portal(sandbox=[], worker=False)
        few = {**_measure(stack, SMALL), **_measure_province(stack, SMALL)}
        many = {**_measure(stack, large), **_measure_province(stack, large)}
    rows = []
    for name in few:
        unit = "MB" if "memory" in name else "ms"
        rows += [report.Row(f"{name}, {SMALL:,}", few[name], unit), report.Row(f"{name}, {large:,}", many[name], unit)]
    rows += [
        *[
            report.Row(f"{page}, many / few", many[page] / few[page], "×", bound=1.5, at="most")
            for page in (
                "queue p95",
                "province's queue p95",
                "province's first page p95",
                "board p95",
                "province's board p95",
                "workbench p95",
            )
        ],
        *[
            report.Row(
                f"search by {kind} / queue page, p95, many",
                many[f"search by {kind} p95"] / many["queue p95"],
                "×",
                bound=1,
                at="most",
            )
            for kind in TYPED
        ],
        report.Row(
            "memory of the CSV export, many - few",
            many["CSV memory"] - few["CSV memory"],
            "MB",
            bound=GROWTH_MB,
            at="most",
        ),
    ]
    return report.publish(
        "desk",
        rows,
        note=f"an agency, a province of 130; one in fifty open, {ROUNDS} rounds over {len(QUEUES)} queues",
    )


def _measure(stack: Stack, count: int) -> dict[str, float]:
    seeded = run_inside(stack, "tests.bench.seed_desk", str(count), timeout=3600)
    web = stack.web
    queues = [_page(f"/quan-tri/hang-doi/{name}/", seeded["desk"]) for name in QUEUES]
    bench = _page(f"/quan-tri/ho-so/{seeded['open']}/", seeded["desk"])
    board = _page("/quan-tri/dieu-hanh/", seeded["leader"])
    for request in (*queues * WARM, *[bench] * WARM):
        _ask(web, [request])
    times: list[float] = []
    database = cpu_seconds(_postgres(stack))
    cost = cpu_of(web, lambda: times.extend(_ask(web, queues * ROUNDS)))
    database = cpu_seconds(_postgres(stack)) - database
    found = {
        "queue p95": _p95(times),
        "queue page, web's processor": 1000 * cost / len(times),
        "queue page, database's processor": 1000 * database / len(times),
        "workbench p95": _p95(_ask(web, [bench] * ROUNDS)),
        "board, first look": 1000 * max(_ask(web, [board])),
        "board p95": _p95(_ask(web, [board] * ROUNDS)),
    }
    for kind, typed in TYPED.items():
        searches = [_search(text, seeded["desk"]) for text in typed]
        _ask(web, searches)
        found[f"search by {kind} p95"] = _p95(_ask(web, searches * (ROUNDS // 6)))
    started = time.perf_counter()
    _drain(web, _page("/quan-tri/dieu-hanh/ho-so.csv?loc=da-nhan", seeded["leader"]), at_least=count // 20)
    found["CSV of all dossiers"] = 1000 * (time.perf_counter() - started)
    found["CSV memory"] = _peak_mb(web)
    return found


def _measure_province(stack: Stack, count: int) -> dict[str, float]:
    seeded = run_inside(stack, "tests.bench.seed_desk", str(count), "province", timeout=3600)
    queues = [_page(f"/quan-tri/hang-doi/{name}/", seeded["leader"]) for name in QUEUES]
    first, board = _page("/quan-tri/", seeded["leader"]), _page("/quan-tri/dieu-hanh/", seeded["leader"])
    _ask(stack.web, queues * WARM)
    return {
        "province's queue p95": _p95(_ask(stack.web, queues * ROUNDS)),
        "province's first page, first look": 1000 * max(_ask(stack.web, [first])),
        "province's first page p95": _p95(_ask(stack.web, [first] * ROUNDS)),
        "province's board, first look": 1000 * max(_ask(stack.web, [board])),
        "province's board p95": _p95(_ask(stack.web, [board] * ROUNDS)),
    }


def _postgres(stack: Stack) -> Child:
    if stack.postgres.child is None:
        raise RuntimeError("the database does not run")
    return stack.postgres.child


def _page(address: str, session: str) -> bytes:
    return request_bytes("GET", address, Cookie=f"portal_session={session}")


def _search(typed: str, session: str) -> bytes:
    csrf = secrets.token_hex(16)
    cookies = f"portal_session={session}; portal_csrf={csrf}"
    body = urlencode({"q": typed}).encode()
    kind = "application/x-www-form-urlencoded"
    return request_bytes("POST", "/quan-tri/tim/", body, Cookie=cookies, X_CSRFToken=csrf, Content_Type=kind)


def _ask(web: Child, requests: list[bytes]) -> list[float]:
    """Seconds of each request over one kept connection; anything but a page ends the bench."""
    with socket.create_connection(("127.0.0.1", port_of(web)), timeout=120) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found = []
        for request in requests:
            started = time.perf_counter()
            connection.sendall(request)
            status, head = read_answer(connection)
            found.append(time.perf_counter() - started)
            if status not in {200, 302}:  # a search that finds one dossier leads to it
                raise RuntimeError(f"{request[:80]!r} was answered {status}: {head[:300]!r}")
    return found


def _drain(web: Child, request: bytes, *, at_least: int) -> None:
    """Read an answer to its end without keeping it."""
    received, tail = 0, b""
    with socket.create_connection(("127.0.0.1", port_of(web)), timeout=600) as connection:
        connection.sendall(request)
        while not tail.endswith(b"0\r\n\r\n"):
            data = connection.recv(262_144)
            if not data:
                break
            received, tail = received + len(data), (tail + data)[-16:]
    if received < 20 * at_least:
        raise RuntimeError(f"the export ended after {received} bytes")


def _p95(times: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return 1000 * sorted(times)[int(len(times) * 0.95)]


def _peak_mb(web: Child) -> float:
    """The largest memory that one of the web processes ever had (Linux)."""
    most = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if web.pid not in (int(fields[3]), int(fields[1])):
                continue
            lines = (entry / "status").read_text().splitlines()
        except OSError:
            continue  # it ended meanwhile
        most = max([most, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))])
    return most / 1024
