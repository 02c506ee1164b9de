"""The four calls that a one-stop system makes for each change (protocol §3.1), by sixty clients at once.

Newest clients give up on a call after six seconds and then hold back every later change of that dossier until somebody
resends it by hand. A sixth of that is promised for all four together.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from typing import Any

from tests.bench import report
from tests.bench.serving import port_of, read_answer, request_bytes
from tests.faults.inside import ROOT
from tests.stack import Stack

CLIENTS, EACH = 60, 8
BOUND_SECONDS = 1.0
PATIENCE_SECONDS = 120


def rows(stack: Stack, *, agency: str, procedure: str) -> list[report.Row]:
    """Run the sequences on a portal that is up; any answer but success ends the bench."""
    account = _account(stack, agency)
    context = get_context("fork") if hasattr(os, "fork") else get_context()
    barrier, results = context.Barrier(CLIENTS), context.SimpleQueue()
    senders = [
        context.Process(
            target=_client, args=(port_of(stack.web), account, procedure, number, barrier, results), daemon=True
        )
        for number in range(CLIENTS)
    ]
    for sender in senders:
        sender.start()
    told = [results.get() for _sender in senders]
    for sender in senders:
        sender.join()
    if problems := [problem for problem in told if isinstance(problem, str)]:
        raise RuntimeError(problems[0])
    times = [seconds for client in told for seconds in client]
    return [
        report.Row("four calls of the wire format, median", statistics.median(times), "s"),
        report.Row(
            f"four calls of the wire format, p99 at {CLIENTS} clients",
            statistics.quantiles(times, n=100)[98],
            "s",
            bound=BOUND_SECONDS,
            at="most",
        ),
    ]


def _account(stack: Stack, agency: str) -> dict[str, str]:
    command = [sys.executable, "manage.py", "add_partner", "Hệ thống đo", "--agency", agency, "--wire", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=stack.environment, capture_output=True, text=True, check=True)
    account: dict[str, str] = json.loads(done.stdout)
    return account


def _client(port: int, account: dict[str, str], procedure: str, number: int, barrier: Any, results: Any) -> None:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            login = {"username": account["username"], "password": account["password"]}
            answer, _end = json.JSONDecoder().raw_decode(_call(connection, "/mapi/login", login))  # it comes in chunks
            session = answer["session"]
            barrier.wait(timeout=PATIENCE_SECONDS)
            times = []
            for turn in range(EACH):
                code = f"{account['madonvi']}-261102-{number:03d}{turn:02d}"
                started = time.perf_counter()
                for call in _sequence(session, account["madonvi"], code, procedure):
                    _call(connection, "/mapi/g", call)
                times.append(time.perf_counter() - started)
        results.put(times)
    except Exception as error:
        barrier.abort()
        results.put(f"{type(error).__name__}: {error}")


def _call(connection: socket.socket, path: str, body: dict[str, Any]) -> str:
    connection.sendall(request_bytes("POST", path, json.dumps(body).encode(), Content_Type="application/json"))
    status, answer = read_answer(connection)
    text = answer[answer.find(b'{"error_code"') :].decode(errors="replace")
    if status != 200 or not text.startswith('{"error_code":"0"'):
        raise RuntimeError(f"{body.get('service', 'login')} was answered {status}: {text[:300]}")
    return text


def _sequence(session: str, agency: str, code: str, procedure: str) -> Sequence[dict[str, Any]]:
    envelope = {"session": session, "madonvi": agency}
    record = {
        "MaHoSo": code,
        "MaTTHC": procedure,
        "TenTTHC": "Thủ tục đăng ký khai sinh",
        "MaLinhVuc": "G15-TP13",
        "TenLinhVuc": "Hộ tịch",
        "ChuHoSo": "Nguyễn Thị Mẫu",
        "LoaiDoiTuong": "1",
        "TrichYeuHoSo": "Hồ sơ đo",
        "NgayTiepNhan": "20261102081500",
        "NgayHenTra": "20261109170000",
        "TrangThaiHoSo": "2",
        "HinhThuc": "0",
        "DonViXuLy": "Đơn vị đo",
        "DanhSachLePhi": [],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
        "TaiLieuNop": [],
    }
    line = {"MaHoSo": code, "NguoiXuLy": "Cán bộ", "ThoiDiemXuLy": "20261102081500", "TrangThai": "2"}
    return (
        envelope | {"service": "TraCuuHoSo", "mahoso": code},
        envelope | {"service": "LayThuTuc", "maTTHC": procedure},
        envelope | {"service": "DongBoHoSoMC", "isUpdating": "False", "data": [record]},
        envelope | {"service": "CapNhatTienDoHoSoMC", "data": [line | {"NoiDungXuLy": "Tiếp nhận hồ sơ"}]},
    )
