"""Three partners' systems that report events until each is acknowledged: REST, wire format, and one that is asked.

What was acknowledged is written down; afterwards the database has to have it, once (tests.faults.audit_events).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.faults.load import VIETNAM, Clients, Tally, TryAgainError, Unexpected

STEPS = ("accept", "start_processing")
LINES = (2, 4, 9, 10)
OFFICIAL = {"name": "Ngô Văn Nghiệm", "title": "Cán bộ một cửa", "unit": "Bộ phận một cửa"}
PULL_KEY = "khoa-hoi"
BATCH_SIZE = 50


@dataclass
class EventTally(Tally):
    """Also what came over the wire and by asking."""

    lines: dict[str, list[str]] = field(default_factory=dict)
    """Dossier code to time and status of each line that was acknowledged."""
    asked: dict[str, str] = field(default_factory=dict)
    """Reference to dossier code, of what the portal has read beyond."""

    @property
    def acknowledged(self) -> int:
        """How many events were acknowledged so far."""
        return len(self.pushed) + sum(map(len, self.lines.values())) + len(self.asked)


class Partners(Clients):
    """The two systems that call; one instance is shared by the threads."""

    tally: EventTally

    def report_batch(self, codes: list[str]) -> None:
        """Each step of fifty dossiers in one request, in the order of the steps."""
        for step in STEPS:
            events = [self._event(code, step) for code in codes]
            key = f"chaos-batch-{codes[0]}-{step}"

            def send(events: Any = events, key: str = key) -> httpx.Response:
                headers = {"Authorization": f"Bearer {self._bearer()}", "Idempotency-Key": key}
                return self.http.post("/api/v1/dossiers/events/", json={"events": events}, headers=headers)

            self._until_acknowledged("batch", send, _read_batch)
            with self.tally.lock:
                self.tally.pushed |= {event["reference"]: event["code"] for event in events}

    def report_singly(self, codes: list[str]) -> None:
        """One request an event, every fifth sent twice."""
        for number, code in enumerate(codes):
            for step in STEPS:
                self.push(code, step, twice=number % 5 == 0)

    def report_over_the_wire(self, codes: list[str]) -> None:
        """Each dossier is synchronised, then its lines of progress, by a client that signs in again and again."""
        for code in codes:
            self._call("DongBoHoSoMC", isUpdating="False", data=[_record(code)])
            start = datetime(2026, 11, 2, 8, 0, tzinfo=VIETNAM)
            for number, status in enumerate(LINES):
                at = (start + timedelta(hours=number)).strftime("%Y%m%d%H%M%S")
                self._call("CapNhatTienDoHoSoMC", data=[_line(code, at, status)])
                with self.tally.lock:
                    self.tally.lines.setdefault(code, []).append(f"{at}:{status}")

    def _event(self, code: str, step: str) -> dict[str, Any]:
        at = datetime.now(tz=VIETNAM).isoformat()
        return {
            "code": code,
            "event": step,
            "occurred_at": at,
            "reference": f"chaos-{code}-{step}",
            "official": OFFICIAL,
        }

    def _call(self, service: str, **fields: Any) -> None:
        account = {
            "username": self.environment["SANDBOX_MINISTRY_USERNAME"],
            "password": self.environment["SANDBOX_MINISTRY_PASSWORD"],
        }

        def send() -> httpx.Response:
            session = self.http.post("/mapi/login", json=account).json().get("session", "")
            envelope = {"session": session, "madonvi": self.environment["SANDBOX_MINISTRY_MADONVI"], "service": service}
            return self.http.post("/mapi/g", json=envelope | fields)

        def read(answer: httpx.Response) -> None:
            code = str(answer.json()["error_code"])
            if code in {"-99", "-1", "-2"}:  # with the database away nobody can sign in
                raise TryAgainError
            if code != "0":
                raise Unexpected(service, answer)

        self._until_acknowledged(service, send, read)


def _read_batch(answer: httpx.Response) -> None:
    if answer.status_code == 409:
        raise TryAgainError
    if answer.status_code != 200 or answer.json()["refused"]:
        raise Unexpected("batch", answer)


def _record(code: str) -> dict[str, Any]:
    return {
        "MaHoSo": code, "MaTTHC": "3.000333", "TenTTHC": "", "MaLinhVuc": "", "TenLinhVuc": "",
        "ChuHoSo": "Bùi Văn Giả", "LoaiDoiTuong": "1", "TrichYeuHoSo": "Hồ sơ thử", "NgayTiepNhan": "",
        "NgayHenTra": "", "TrangThaiHoSo": "1", "NgayNopHoSo": "20261102073000", "HinhThuc": "0",
        "DonViXuLy": "Phòng thử", "TaiLieuNop": [],
    }  # fmt: skip


def _line(code: str, at: str, status: int) -> dict[str, str]:
    return {
        "MaHoSo": code, "NguoiXuLy": OFFICIAL["name"], "ChucDanh": "", "ThoiDiemXuLy": at, "PhongBanXuLy": "",
        "NoiDungXuLy": f"Bước {status}", "TrangThai": str(status), "NgayBatDau": "", "NgayKetThucTheoQuyDinh": "",
    }  # fmt: skip


@dataclass
class AskedSystem:
    """The third partner: it has its events ready and waits to be asked; it can be cut off."""

    codes: list[str]
    tally: EventTally
    is_cut: bool = False
    url: str = ""

    def page(self, cursor: int, size: int) -> dict[str, Any]:
        """Events from the cursor on; what lies before it has arrived."""
        with self.tally.lock:
            for number in range(len(self.tally.asked), cursor):
                event = self._at(number)
                self.tally.asked[event["reference"]] = event["code"]
        end = min(cursor + min(size, 100), self.count)
        return {
            "next_cursor": str(end),
            "has_more": end < self.count,
            "results": [self._at(number) for number in range(cursor, end)],
        }

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self.codes) * len(STEPS)

    def _at(self, number: int) -> dict[str, Any]:
        code, step = self.codes[number // len(STEPS)], STEPS[number % len(STEPS)]
        at = datetime(2026, 11, 2, 8, number % len(STEPS), tzinfo=VIETNAM).isoformat()
        return {
            "code": code,
            "event": step,
            "occurred_at": at,
            "reference": f"asked-{code}-{step}",
            "official": OFFICIAL,
        }

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer on a port of its own while the block runs."""
        system = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                is_known = self.headers.get("Authorization") == f"Bearer {PULL_KEY}"
                status = 503 if system.is_cut else 200 if is_known else 401
                told = system.page(int(asked.get("cursor") or 0), int(asked["page_size"])) if status == 200 else {}
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        http.daemon_threads = True
        self.url = f"http://127.0.0.1:{http.server_address[1]}/su-kien"
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            http.shutdown()
            http.server_close()
