"""A mail server that keeps what it is sent: as much of SMTP as Django's backend speaks."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailSink(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine; `mails` holds every message whole."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[str] = []

    @property
    def port(self) -> int:
        """Return the port."""
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailSink

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            word = line.decode("utf-8", "replace").strip().upper().partition(" ")[0]
            if word == "QUIT":
                self._say("221 bye")
                return
            if word == "DATA":
                self._say("354 go on")
                self.server.mails.append(self._message())
            self._say("250 ok")

    def _message(self) -> str:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines).decode("utf-8", "replace")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Run a sink for the length of a block."""
    with MailSink() as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        yield sink
        sink.shutdown()
