"""The ``LayThuTuc`` shape of the wire format (protocol notes §4.2) as a record of the catalogue file."""

from __future__ import annotations

from typing import Any

from portal.core.text import fold
from procedures.national.checking import MOST_ITEMS, Flaws, RecordError

SHOWN = "1"
"""TRANGTHAI of a procedure that is public; every other value hides it where it comes from."""
LEVELS = {"0": "Cấp bộ", "1": "Cấp tỉnh", "2": "Cấp xã", "3": "Cấp xã"}
"""2 was the district, whose tasks went to communes and provinces on 1 July 2025; the commune is where people go now."""
MOST = 10**30
CHANNELS = {"1": "direct", "2": "online", "3": "postal"}
UNITS = {
    "ngay lam viec": "WORKING_DAY",
    "ngay": "DAY",
    "gio": "HOUR",
    "gio lam viec": "HOUR",
    "thang": "MONTH",
    "nam": "YEAR",
}
PARTS = {
    "MATTHC": "code",
    "TENTTHC": "name",
    "LINHVUCTHUCHIEN": "field",
    "CAPTHUCHIEN": "level",
    "TRINHTUTHUCHIEN": "steps",
    "CACHTHUCTHUCHIEN": "methods",
    "THANHPHANHOSO": "components",
    "KETQUATHUCHIEN": "results",
    "YEUCAU": "requirements",
    "CANCUPHAPLY": "legal_basis",
    "COQUANTHUCHIEN": "agencies",
    "COQUANCOTHAMQUYEN": "agencies",
    "COQUANDUOCUYQUYEN": "agencies",
    "COQUANPHOIHOP": "agencies",
    "DOITUONGTHUCHIEN": "target_groups",
    "QUYETDINH": "decision",
    "MACOQUANCONGBO": "promulgated_by",
    "MOTA": "note",
    "DIACHITIEPNHAN": "receiving_address",
    "TUKHOA": "keywords",
}
"""What each key becomes, for telling what changed."""


def is_one(record: Any) -> bool:
    """Whether a record has this shape."""
    return isinstance(record, dict) and "MATTHC" in record and "code" not in record


def _rows(source: dict[str, Any], key: str, flaws: Flaws) -> list[dict[str, Any]]:
    """The rows under a key; a lone one is read as a list of one, and what is no row is named and left out."""
    value = source.get(key)
    if value is None or value == "":
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        flaws.note(key, f"không phải danh sách ({type(value).__name__}), bỏ qua")
        return []
    rows = [row for row in value[:MOST_ITEMS] if isinstance(row, dict)]
    if len(rows) < len(value):
        flaws.note(key, f"{len(value) - len(rows)} mục sai kiểu hoặc quá nhiều, bỏ qua")
    return rows


def _text(row: dict[str, Any], key: str, flaws: Flaws) -> str:
    value = row.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if abs(value) < MOST else ""
    flaws.note(key, f"không phải văn bản ({type(value).__name__}), bỏ qua")
    return ""


def _number(value: Any) -> Any:
    """Numbers come as text; what is no number stays as it is, for the checks to name."""
    if isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value
    return value


def as_record(source: dict[str, Any], flaws: Flaws) -> dict[str, Any]:
    """The same procedure in the keys of the catalogue file; what it does not tell is absent.

    Raises RecordError for one that is hidden where it comes from.
    """

    def rows(of: dict[str, Any], key: str) -> list[dict[str, Any]]:
        return _rows(of, key, flaws)

    def text(of: dict[str, Any], key: str) -> str:
        return _text(of, key, flaws)

    if text(source, "TRANGTHAI") not in {"", SHOWN}:
        reason = "nơi công bố đang ẩn thủ tục này, không đưa lên cổng"
        raise RecordError("TRANGTHAI", reason, text(source, "MATTHC"))
    fields = rows(source, "LINHVUCTHUCHIEN")
    if not fields:
        flaws.note("LINHVUCTHUCHIEN", "không nêu lĩnh vực, xếp vào “Lĩnh vực khác”")
    methods = _methods(source, flaws)
    agencies = {
        role: [{"code": text(row, "MADONVI"), "name": text(row, "TENDONVI")} for row in rows(source, key)]
        for role, key in (
            ("executing", "COQUANTHUCHIEN"),
            ("competent", "COQUANCOTHAMQUYEN"),
            ("authorized", "COQUANDUOCUYQUYEN"),
            ("coordinating", "COQUANPHOIHOP"),
        )
    }
    return {
        "code": source.get("MATTHC"),
        "name": source.get("TENTTHC"),
        "field": text(fields[0], "TENLINHVUC") if fields else "",
        "field_code": text(fields[0], "MALINHVUC") if fields else "",
        "level": [LEVELS.get(text(row, "CAPTHUCHIEN"), text(row, "TENCAP")) for row in rows(source, "CAPTHUCHIEN")],
        # The shape has no word of how far it goes online: a way online is not all of it.
        "full_online": None,
        "target_groups": [text(row, "TENDOITUONG") for row in rows(source, "DOITUONGTHUCHIEN")],
        "promulgated_by": {"code": text(source, "MACOQUANCONGBO"), "name": ""},
        "decision": {"number": text(source, "QUYETDINH")},
        "agencies": agencies,
        "receiving_address": text(source, "DIACHITIEPNHAN"),
        "steps": [
            {"name": text(case, "TRUONGHOP"), "text": "\n".join(text(step, "TENTRINHTU") for step in steps)}
            for case in rows(source, "TRINHTUTHUCHIEN")
            if (steps := rows(case, "TRINHTU"))
        ],
        "methods": methods,
        "components": [
            {
                "case": text(case, "TRUONGHOP"),
                "name": text(paper, "TENGIAYTO"),
                "code": text(paper, "MAGIAYTO"),
                "original": _number(paper.get("SOBANCHINH")),
                "copy": _number(paper.get("SOBANSAO")),
                "form_template": _forms(paper, flaws),
            }
            for case in rows(source, "THANHPHANHOSO")
            for paper in rows(case, "GIAYTO")
        ],
        "results": [
            {"code": text(row, "MAKETQUA"), "name": text(row, "TENKETQUA")} for row in rows(source, "KETQUATHUCHIEN")
        ],
        "legal_basis": [
            {"number": text(row, "SOVANBAN"), "name": text(row, "TENVANBAN")} for row in rows(source, "CANCUPHAPLY")
        ],
        "requirements": text(source, "YEUCAU"),
        "keywords": text(source, "TUKHOA"),
        "note": text(source, "MOTA"),
    }


def _forms(paper: dict[str, Any], flaws: Flaws) -> list[str]:
    """The form of a paper with the address of its file behind it, as procedures.paper_forms reads them."""
    name, address = _text(paper, "TENMAUDON", flaws).strip(), _text(paper, "URL", flaws).strip()
    if address and not address.startswith("https://"):
        flaws.note("URL", f"địa chỉ tệp mẫu “{address[:80]}” không phải https, bỏ qua")
        address = ""
    whole = " ".join(part for part in (name, address) if part)
    return [whole] if whole else []


def _methods(source: dict[str, Any], flaws: Flaws) -> list[dict[str, Any]]:
    """Ways of filing: one for each time limit of each channel."""
    methods = []
    for way in _rows(source, "CACHTHUCTHUCHIEN", flaws):
        channel = _text(way, "KENH", flaws)
        if channel not in CHANNELS:
            flaws.note("KENH", f"kênh “{channel[:40]}” không biết, coi là trực tiếp")
        for time in _rows(way, "THOIGIAN", flaws) or [{}]:
            unit = _text(time, "DONVITINH", flaws)
            methods.append(
                {
                    "channel": CHANNELS.get(channel, "direct"),
                    "time": _number(time.get("THOIGIANGIAIQUYET")),
                    # A unit that is not known keeps its words: the time is then shown as it was published.
                    "time_unit": UNITS.get(" ".join(fold(unit).split()), unit),
                    "description": _text(time, "MOTA", flaws),
                    "fee": [
                        {
                            "type": "FEE",
                            "amount": _number(fee.get("SOTIEN")),
                            "currency": "USD" if "usd" in fold(_text(fee, "DONVI", flaws)) else "VND",
                            "note": _text(fee, "MOTA", flaws),
                        }
                        for fee in _rows(time, "PHILEPHI", flaws)
                    ],
                }
            )
    return methods
