"""Two servers side by side, the portal and the bare Django, hammered in turn; and what each request cost them."""

import os
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import psycopg

from tests.stack import Child, Stack

from _runtime import network, portal_processes  # isort: skip - tests.stack puts bin/ on the path

CLIENTS = 4
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def bare_server(stack: Stack) -> Iterator[Child]:
    """The bare Django beside a portal: same server, same number of workers, same database."""
    from tests.bench.bare_table import TABLE

    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(TABLE)
    port = network.free_ports(1)
    child = portal_processes.web(
        {**stack.environment, "PORTAL_PORT": str(port)}, application="tests.bench.bare:application"
    )
    child.name, child.log = "bare", child.log.with_name("bare.log")
    stack.start(child)
    network.wait_until_ready(f"http://127.0.0.1:{port}/page/", child, seconds=60)
    try:
        yield child
    finally:
        child.stop()


def port_of(child: Child) -> int:
    """Where a web process listens."""
    return int(child.environment["PORTAL_PORT"])


def request_bytes(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """One HTTP/1.1 request, ready to send."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench", "Connection: keep-alive"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def hammer(port: int, requests: Sequence[bytes], *, expect: frozenset[int], clients: int = CLIENTS) -> float:
    """Send all requests over a few kept connections and return the seconds it took. Any other status ends the bench."""
    shares = [requests[at::clients] for at in range(clients)]
    context = get_context("fork") if hasattr(os, "fork") else get_context()
    barrier, results = context.Barrier(clients + 1), context.SimpleQueue()
    senders = [
        context.Process(target=_send_all, args=(port, share, expect, barrier, results), daemon=True) for share in shares
    ]
    for sender in senders:
        sender.start()
    barrier.wait(timeout=60)
    started = time.perf_counter()
    problems = [problem for _sender in senders if (problem := results.get())]
    elapsed = time.perf_counter() - started
    for sender in senders:
        sender.join()
    if problems:
        raise RuntimeError(problems[0])
    return elapsed


def _send_all(
    port: int, requests: Sequence[bytes], expect: frozenset[int], barrier: threading.Barrier, results: object
) -> None:
    problem = ""
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        barrier.wait(timeout=60)
        for request in requests:
            connection.sendall(request)
            status, head = read_answer(connection)
            if status not in expect:
                problem = f"{request[:80]!r} was answered {status}: {head[:600]!r}"
                break
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    results.put(problem)  # type: ignore[attr-defined]


def read_answer(connection: socket.socket) -> tuple[int, bytes]:
    """Read one answer, by its length or in chunks, and return its status and its beginning."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _blank, body = data.partition(b"\r\n\r\n")
    status, lower = int(head[9:12]), head.lower()
    if b"transfer-encoding: chunked" in lower:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(connection)
    elif b"content-length:" in lower:
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += _more(connection)
    return status, head + b"\n" + body[:400]


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(262_144)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def cpu_seconds(child: Child) -> float:
    """Processor time that a server's processes have used so far, children included (Linux)."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        # each server is the leader of its own session; PostgreSQL's processes lead sessions too, and are its children
        if child.pid in (int(fields[3]), int(fields[1])):
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def cpu_of(child: Child, work: Callable[[], object]) -> float:
    """Processor seconds that a server used for some work."""
    before = cpu_seconds(child)
    work()
    return cpu_seconds(child) - before


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
