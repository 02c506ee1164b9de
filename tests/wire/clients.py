"""A client as one-stop systems build it: one login, a session in the body, everything text, only status 200 counts."""

import itertools
import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from portal.agencies.models import Agency, ApiClient
from tests.api.callers import wire_account

_numbers = itertools.count(1)
PASSWORD = "mat-khau-kiem-thu"


class WireClient:
    """Speaks to one address for login and one for calls."""

    def __init__(self, account: ApiClient, *, login: str = "/mapi/login", call: str = "/mapi/g") -> None:
        self.account = account
        self.login_path, self.call_path = login, call
        self.http = Client(headers={"Charset": "utf-8", "dstcode": ""})
        self.session = ""

    def post(self, path: str, body: Any) -> HttpResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(path, content, content_type="application/json")

    def sign_in(self, password: str = PASSWORD) -> dict[str, Any]:
        answer = self._read(self.post(self.login_path, {"username": self.account.wire_username, "password": password}))
        self.session = answer.get("session", "")
        return answer

    def call(self, service: str, **fields: Any) -> dict[str, Any]:
        if not self.session:
            self.sign_in()
        envelope = {"session": self.session, "madonvi": self.account.wire_agency_code, "service": service}
        return self._read(self.post(self.call_path, envelope | fields))

    def _read(self, response: HttpResponse) -> dict[str, Any]:
        assert response.status_code == 200, response.content
        assert response.content.isascii()
        answer: dict[str, Any] = response.json()
        assert "error_code" in answer and answer["message"]
        return answer

    def sync(self, *records: dict[str, Any], updating: str = "False") -> dict[str, Any]:
        return self.call("DongBoHoSoMC", isUpdating=updating, data=list(records))

    def progress(self, *lines: dict[str, Any]) -> dict[str, Any]:
        return self.call("CapNhatTienDoHoSoMC", data=list(lines))


def wire_client(agency: Agency, **fields: Any) -> WireClient:
    return WireClient(wire_account(agency, PASSWORD, receives=False, **fields))


def new_code(agency: str = "H26.00073") -> str:
    return f"{agency}-250102-{next(_numbers):05d}"


def record(code: str, status: int | str = "2", **fields: Any) -> dict[str, Any]:
    """A dossier as OpenCPS builds it: the field set of 2021, arrays present and empty."""
    return {
        "MaHoSo": code,
        "MaTTHC": "1.000001",
        "TenTTHC": "Thủ tục thử",
        "MaLinhVuc": "H99-LV1",
        "TenLinhVuc": "Lĩnh vực",
        "ChuHoSo": "Nguyễn Thị Mẫu",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "",
        "ThongTinKhac": "",
        "Email": "",
        "Fax": "0900000000",
        "SoDienThoai": "0900000000",
        "TrichYeuHoSo": "Hồ sơ thử",
        "NgayTiepNhan": "20250102081500",
        "NgayHenTra": "20250109170000",
        "TrangThaiHoSo": str(status),
        "NgayTra": "",
        "ThongTinTra": "",
        "HinhThuc": "0",
        "NgayKetThucXuLy": "",
        "DonViXuLy": "UBND phường Cửa Nam",
        "DanhSachLePhi": [],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
        "TaiLieuNop": [
            {
                "TenTepDinhKem": "don.pdf",
                "MaThanhPhanHoSo": "",
                "TepDinhKemId": "4501",
                "DuongDanTaiTepTin": "https://motcua.example/documents/4501",
                "IsDeleted": "False",
            }
        ],
        **fields,
    }


def line(code: str, at: str, status: int | str, content: str = "Xử lý", **fields: Any) -> dict[str, Any]:
    """A progress line as OpenCPS builds it."""
    return {
        "MaHoSo": code,
        "NguoiXuLy": "Ngô Văn Nghiệm",
        "ChucDanh": "",
        "ThoiDiemXuLy": at,
        "PhongBanXuLy": "",
        "NoiDungXuLy": content,
        "TrangThai": str(status),
        "NgayBatDau": "",
        "NgayKetThucTheoQuyDinh": "",
        **fields,
    }
