"""The national payment platform: MaXacThuc is the SHA-256 of chosen fields and the secret, joined with "|"."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

INIT = (
    "LoaiBanTin",
    "PhienBan",
    "MaDoiTac",
    "MaThamChieu",
    "SoTien",
    "LoaiHinhThanhToan",
    "MaKenhThanhToan",
    "MaThietBi",
    "NgonNgu",
    "MaTienTe",
    "MaNganHang",
    "ThongTinGiaoDich",
    "ThoiGianGD",
    "Ip",
)
# the time comes before the description here, the other way round than in INIT
CALLBACK = (
    "LoaiBanTin",
    "MaLoi",
    "MaDoiTac",
    "MaThamChieu",
    "SoTien",
    "MaTienTe",
    "MaGiaoDich",
    "MaNganHang",
    "ThoiGianGD",
    "ThongTinGiaoDich",
)
LOOK_UP = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")


def checksum(message: Mapping[str, Any], names: tuple[str, ...], secret: str) -> str:
    """Return MaXacThuc, lower-case hex; a missing field counts as empty text."""
    joined = "|".join([*(str(message.get(name) or "") for name in names), secret])
    return hashlib.sha256(joined.encode()).hexdigest()


def is_genuine(message: Mapping[str, Any], names: tuple[str, ...], secret: str) -> bool:
    given = str(message.get("MaXacThuc") or "").lower()
    return hmac.compare_digest(given.encode(), checksum(message, names, secret).encode())
