"""Malware scan (quét mã độc) behind a provider: the null scanner, which says that nothing was scanned, and ClamAV."""

import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from datastore.models import ScanState
from portal.core.errors import UpstreamError

CHUNK_BYTES = 64 * 1024
TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner said of some bytes."""

    state: ScanState
    scanner: str
    threat: str = ""


class Scanner(ABC):
    """One way to look for malware."""

    name: str

    @abstractmethod
    def scan(self, stream: IO[bytes]) -> Verdict:
        """Read the stream from its start and judge it; raise UpstreamError when no judgement can be had."""


class NullScanner(Scanner):
    """No scanner: every file stays marked as not scanned, and the document's page says so."""

    name = "none"

    def scan(self, stream: IO[bytes]) -> Verdict:
        """Say that nothing was scanned."""
        return Verdict(ScanState.UNSCANNED, self.name)


class ClamAVScanner(Scanner):
    """A ClamAV daemon, spoken to by INSTREAM; its StreamMaxLength must not be below UPLOAD_MAX_BYTES."""

    name = "clamav"
    AWAY = _("Chưa quét được mã độc cho tệp này. Tệp chưa được lưu; hãy thử lại sau ít phút.")

    def __init__(self, address: str) -> None:
        host, _colon, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise ImproperlyConfigured("CLAMAV_ADDRESS must look like host:3310")
        self.address = (host.strip("[]"), int(port))

    def scan(self, stream: IO[bytes]) -> Verdict:
        """Send the bytes in chunks and read the one-line answer."""
        stream.seek(0)
        try:
            with socket.create_connection(self.address, timeout=TIMEOUT_SECONDS) as connection:
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(CHUNK_BYTES):
                    connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                connection.sendall(struct.pack("!I", 0))
                answer = self._answer(connection)
        except OSError as error:
            raise UpstreamError(self.AWAY) from error
        if answer.endswith("OK"):
            return Verdict(ScanState.CLEAN, self.name)
        if answer.endswith("FOUND"):
            return Verdict(ScanState.INFECTED, self.name, answer.removeprefix("stream: ").removesuffix(" FOUND"))
        raise UpstreamError(self.AWAY)

    def _answer(self, connection: socket.socket) -> str:
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 4096:
            part = connection.recv(4096)
            if not part:
                break
            answer += part
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")


REGISTRY: dict[str, Callable[[], Scanner]] = {
    NullScanner.name: NullScanner,
    ClamAVScanner.name: lambda: ClamAVScanner(settings.CLAMAV_ADDRESS),
}


def current() -> Scanner:
    """The scanner of this installation: ClamAV where an address is set, else the null scanner."""
    return REGISTRY[ClamAVScanner.name if settings.CLAMAV_ADDRESS else NullScanner.name]()
