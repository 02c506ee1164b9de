"""Names of the wire format as the protocol spells them (protocol §3), and what was sent in another spelling put right.

Clients are built by hand: one writes `maHoSo`, the next `MAHOSO`. A name is known whatever its case; what the protocol
does not know is kept as it came.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from portal.core.text import storable

_ENVELOPE = "session username password madonvi donViXuLy MaDinhDanhDV service isUpdating type data"
_DOSSIER = """
    MaHoSo MaTTHC TenTTHC MaLinhVuc TenLinhVuc SoBienNhan KenhThucHien SoGiayToChuHoSo ChuHoSo LoaiDoiTuong MaDoiTuong
    ThongTinKhac Email SoDienThoai Fax TrichYeuHoSo NgayNopHoSo NgayTiepNhan NgayHenTra TrangThaiHoSo NgayTuChoi NgayTra
    ThongTinTra HinhThuc NgayKetThucXuLy DonViXuLy GhiChu NoiNopHoSo HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID
    DuocThanhToanTrucTuyen DinhDanhCHS LoaiDinhDanh SoDinhDanh DSKetNoiCSDL MaCSDL TaiLieuNop TepDinhKemId TenTepDinhKem
    IsDeleted MaThanhPhanHoSo DuongDanTaiTepTin DuocSoHoa DuocTaiSuDung DuocLayTuKhoDMQG MaKetQuaThayThe DanhSachLePhi
    TenPhiLePhi MaPhiLePhi HinhThucThu Gia LoaiPhiLePhi DanhSachTepDinhKemKhac TenGiayTo SoLuong LoaiGiayTo
    DanhSachHoSoBoSung HoSoBoSungId NguoiYeuCauBoSung NoiDungBoSung NgayBoSung NguoiTiepNhanBoSung ThongTinTiepNhan
    NgayTiepNhanBoSung TrangThaiBoSung DanhSachGiayToBoSung DanhSachLePhiBoSung NgayHenTraTruoc NgayHenTraMoi
    DanhSachGiayToKetQua GiayToId DuongDanTepTinKetQua MaGiayToKetQua
"""
_PROGRESS = """
    NguoiXuLy ChucDanh ThoiDiemXuLy PhongBanXuLy NoiDungXuLy TrangThai NgayBatDau NgayKetThucTheoQuyDinh
    MaHoSoDonVi NoiDung NgayXuLy TaiLieuXuLy
"""
_PLATFORM = """
    NgayNop ThongTinNguoiNop ThongTinChiTiet TenChuHs TenNguoiNop SoDinhDanhChuHs MaDonViTiepNhan NoiDungYKien
    IdTepTin HashTepTin
"""
"""Of ministries' systems over a provincial platform (protocol §9.3)."""
_LISTS = frozenset(
    {"DinhDanhCHS", "DSKetNoiCSDL", "TaiLieuNop", "TaiLieuXuLy", "DanhSachLePhi", "DanhSachTepDinhKemKhac"}
    | {"DanhSachHoSoBoSung", "DanhSachGiayToBoSung", "DanhSachLePhiBoSung", "DanhSachGiayToKetQua"}
)
DEEPEST = 8
"""Levels of a list that came as text: none of the protocol has more than three."""


def _by_lower_case(names: Iterable[str]) -> dict[str, str]:
    return {name.lower(): name for name in names}


ENVELOPE = _by_lower_case(_ENVELOPE.split())
REPORT = _by_lower_case((_DOSSIER + _PROGRESS + _PLATFORM).split())
_REPORT_NAMES = frozenset(REPORT.values())


def is_known(name: str) -> bool:
    """Whether the protocol knows a field of a record or a line by this name."""
    return name.lower() in REPORT


def envelope(told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a call, those of the envelope by the names of the protocol; what they hold is left alone."""
    return _renamed(told, ENVELOPE)


def respelled(told: Any) -> Any:
    """A record, a line or a list of them by the names of the protocol, and all that lies within likewise."""
    if isinstance(told, Mapping):
        found = dict(told) if told.keys() <= _REPORT_NAMES else _renamed(told, REPORT)
        return {name: respelled(_read(name, value)) for name, value in found.items()}
    return [respelled(item) for item in told] if isinstance(told, list) else told


def _read(name: str, value: Any) -> Any:
    """A list that came as text within the JSON, as `data` itself sometimes does; else the value as it is."""
    if name not in _LISTS or not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        found = json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return value
    return storable(found) if _is_shallow(found, DEEPEST) else value


def _is_shallow(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(item, levels - 1) for item in inner if isinstance(item, dict | list))


def code_of(told: Any) -> str:
    """What a record or a line is about, whatever the case of the name; empty where it does not say."""
    fields = told.items() if isinstance(told, Mapping) else ()
    return str(next((value for name, value in fields if name.lower() == "mahoso"), None) or "").strip()


def _renamed(told: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in told.items():
        known = names.get(name.lower(), name)
        # where a name came twice, the one that is spelled right counts, or the first; the other is kept beside it
        found[name if known != name and (known in told or known in found) else known] = value
    return found
