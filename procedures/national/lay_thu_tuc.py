"""The ``LayThuTuc`` shape of the wire format (protocol notes §4.2) as a record of the catalogue file."""

from __future__ import annotations

from typing import Any

from portal.core.text import fold

LEVELS = {"0": "Cấp bộ", "1": "Cấp tỉnh", "2": "Cấp xã", "3": "Cấp xã"}
"""2 was the district, whose tasks went to communes and provinces on 1 July 2025; the commune is where people go now."""
CHANNELS = {"1": "direct", "2": "online", "3": "postal"}
UNITS = {
    "ngay lam viec": "WORKING_DAY",
    "ngay": "DAY",
    "gio": "HOUR",
    "gio lam viec": "HOUR",
    "thang": "MONTH",
    "nam": "YEAR",
}


def is_one(record: Any) -> bool:
    """Whether a record has this shape."""
    return isinstance(record, dict) and "MATTHC" in record and "code" not in record


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else "" if value is None or isinstance(value, dict | list) else str(value)


def _number(value: Any) -> Any:
    """Numbers come as text; what is no number stays as it is, for the checks to name."""
    if isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value
    return value


def as_record(source: dict[str, Any]) -> dict[str, Any]:
    """The same procedure in the keys of the catalogue file; what it does not tell is absent."""
    fields = _rows(source.get("LINHVUCTHUCHIEN"))
    methods = []
    for way in _rows(source.get("CACHTHUCTHUCHIEN")):
        for time in _rows(way.get("THOIGIAN")) or [{}]:
            methods.append(
                {
                    "channel": CHANNELS.get(_text(way, "KENH"), "direct"),
                    "time": _number(time.get("THOIGIANGIAIQUYET")),
                    "time_unit": UNITS.get(fold(_text(time, "DONVITINH")).strip(), "OTHER"),
                    "description": _text(time, "MOTA"),
                    "fee": [
                        {
                            "type": "FEE",
                            "amount": _number(fee.get("SOTIEN")),
                            "currency": "USD" if "usd" in fold(_text(fee, "DONVI")) else "VND",
                            "note": _text(fee, "MOTA"),
                        }
                        for fee in _rows(time.get("PHILEPHI"))
                    ],
                }
            )
    agencies = {
        role: [{"code": _text(row, "MADONVI"), "name": _text(row, "TENDONVI")} for row in _rows(source.get(key))]
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
        "field": _text(fields[0], "TENLINHVUC") if fields else "",
        "field_code": _text(fields[0], "MALINHVUC") if fields else "",
        "level": [
            LEVELS.get(_text(row, "CAPTHUCHIEN"), _text(row, "TENCAP")) for row in _rows(source.get("CAPTHUCHIEN"))
        ],
        "full_online": any(method["channel"] == "online" for method in methods),
        "internal": _text(source, "TRANGTHAI") not in {"", "1"},
        "target_groups": [_text(row, "TENDOITUONG") for row in _rows(source.get("DOITUONGTHUCHIEN"))],
        "promulgated_by": {"code": _text(source, "MACOQUANCONGBO"), "name": ""},
        "decision": {"number": _text(source, "QUYETDINH")},
        "agencies": agencies,
        "receiving_address": _text(source, "DIACHITIEPNHAN"),
        "steps": [
            {"name": _text(case, "TRUONGHOP"), "text": "\n".join(_text(step, "TENTRINHTU") for step in steps)}
            for case in _rows(source.get("TRINHTUTHUCHIEN"))
            if (steps := _rows(case.get("TRINHTU")))
        ],
        "methods": methods,
        "components": [
            {
                "case": _text(case, "TRUONGHOP"),
                "name": _text(paper, "TENGIAYTO"),
                "code": _text(paper, "MAGIAYTO"),
                "original": _number(paper.get("SOBANCHINH")),
                "copy": _number(paper.get("SOBANSAO")),
                "form_template": [_text(paper, "TENMAUDON")] if paper.get("TENMAUDON") else [],
            }
            for case in _rows(source.get("THANHPHANHOSO"))
            for paper in _rows(case.get("GIAYTO"))
        ],
        "results": [
            {"code": _text(row, "MAKETQUA"), "name": _text(row, "TENKETQUA")}
            for row in _rows(source.get("KETQUATHUCHIEN"))
        ],
        "legal_basis": [
            {"number": _text(row, "SOVANBAN"), "name": _text(row, "TENVANBAN")}
            for row in _rows(source.get("CANCUPHAPLY"))
        ],
        "requirements": _text(source, "YEUCAU"),
        "keywords": _text(source, "TUKHOA"),
        "note": _text(source, "MOTA"),
    }
