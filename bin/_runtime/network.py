"""Ports, and waiting for an address to answer."""

import http
import http.client
import socket
import time
from urllib.parse import urlsplit

from _runtime import console
from _runtime.process import Child


def is_free(port: int) -> bool:
    """Return whether we could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> int:
    """Return the first of `count` neighbouring free ports, below the range the system hands out by itself."""
    start = 20_000 + time.monotonic_ns() // 1000 % 10_000
    for first in range(start, 32_000 - count):
        if all(is_free(first + offset) for offset in range(count)):
            return first
    raise console.SetupError(f"no {count} neighbouring free ports between {start} and 32000")


def status_of(url: str) -> tuple[int, str]:
    """Return the status and the beginning of the body, or (0, reason) where nothing answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return answer.status, answer.read(2000).decode("utf-8", "replace")
    except OSError as error:
        return 0, str(error)
    except http.client.HTTPException as error:
        return 0, repr(error)
    finally:
        connection.close()


def wait_until_ready(url: str, child: Child, *, seconds: float = 60) -> None:
    """Wait until the address answers 200; raise SetupError with the answer and the log's end otherwise."""
    deadline = time.monotonic() + seconds
    answer: tuple[int, str] = (0, "nothing answered")
    while time.monotonic() < deadline and child.is_alive:
        answer = status_of(url)
        if answer[0] == http.HTTPStatus.OK:
            return
        time.sleep(0.1)
    what = f"answers {answer[0]}: {answer[1][:500]}" if answer[0] else answer[1]
    if not child.is_alive:
        what = f"ended with code {child.exit_code}"
    raise console.SetupError(f"{child.name} is not ready ({url} {what}); {child.log} says:\n{child.log_tail(25)}")
