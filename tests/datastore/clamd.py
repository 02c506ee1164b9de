"""As much of a ClamAV daemon as the store speaks to."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# The test file of the antivirus makers, in two halves so that no scanner takes this source for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Server(socketserver.TCPServer):
    """Notes what it saw; `answer` overrides its verdict."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.seen: list[tuple[bytes, int]] = []
        self.answer = b""


class Session(socketserver.BaseRequestHandler):
    """One INSTREAM."""

    server: Any

    def handle(self) -> None:
        command = self._exactly(10)
        content = b""
        while (size := struct.unpack("!I", self._exactly(4))[0]) != 0:
            content += self._exactly(size)
        self.server.seen.append((command, len(content)))
        verdict = self.server.answer or (b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK")
        self.request.sendall(verdict + b"\0")

    def _exactly(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            parts += self.request.recv(count - len(parts))
        return parts


@contextmanager
def running() -> Iterator[Server]:
    """A daemon on a port of its own."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(5)
