"""Records of a national catalogue that never was, in both of its published shapes."""

from typing import Any


def record(code: str = "1.900001", **changes: Any) -> dict[str, Any]:
    """A record in the shape of the catalogue file."""
    return {
        "code": code,
        "name": "Cấp giấy phép nuôi rồng",
        "field": "Chăn nuôi",
        "field_code": "G10-CN01",
        "level": ["Cấp tỉnh", "Cấp xã"],
        "scope": "STANDARD",
        "full_online": False,
        "internal": False,
        "target_groups": ["Công dân Việt Nam", "Doanh nghiệp"],
        "promulgated_by": {"code": "G10", "name": "Bộ Nông nghiệp và Môi trường"},
        "decision": {"number": "1/QĐ-BNNMT", "date": "2025-07-01", "agency": "Bộ Nông nghiệp và Môi trường"},
        "agencies": {"executing_groups": ["Ủy ban nhân dân cấp xã"]},
        "steps": [{"name": "", "text": "Bước 1: Nộp hồ sơ."}],
        "methods": [
            {
                "channel": "online",
                "time": 5,
                "time_unit": "WORKING_DAY",
                "description": "",
                "fee": [{"type": "SERVICE_FEE", "amount": 50000, "currency": "VND", "note": ""}],
            }
        ],
        "components": [
            {"name": "Đơn đề nghị", "code": "KQ1", "original": 1, "copy": 0, "form_template": ["don.docx"]},
            {"case": "Lưu ý", "name": "Mang theo bản chính.", "original": 0, "copy": 0},
        ],
        "results": [{"code": "KQ.G10.1", "name": "Giấy phép nuôi rồng"}],
        "legal_basis": [{"number": "1/2025/QH15", "name": "Luật Rồng"}],
        "subcases": [],
        "service_groups": [],
        **changes,
    }


def case(number: int, name: str, time: Any = None, unit: str = "WORKING_DAY") -> dict[str, Any]:
    """A case (trường hợp giải quyết) of a record, with its time where it has one."""
    return {"code": f"1.900001.0{number}", "name": name, "time": time, "time_unit": unit}


def wire_record(**changes: Any) -> dict[str, Any]:
    """The same in the shape of ``LayThuTuc``."""
    return {
        "MATTHC": "1.900009",
        "TENTTHC": "Cấp thẻ rồng",
        "CAPTHUCHIEN": [{"CAPTHUCHIEN": "1", "TENCAP": "Cấp Tỉnh"}],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": "LV1", "TENLINHVUC": "Rồng"}],
        "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "Nộp hồ sơ."}]}],
        "CACHTHUCTHUCHIEN": [
            {
                "KENH": "2",
                "THOIGIAN": [
                    {
                        "THOIGIANGIAIQUYET": "3",
                        "DONVITINH": "Ngày làm việc",
                        "MOTA": "",
                        "PHILEPHI": [{"SOTIEN": "30000", "DONVI": "Đồng", "MOTA": ""}],
                    }
                ],
            }
        ],
        "THANHPHANHOSO": [{"TRUONGHOP": "", "GIAYTO": [{"TENGIAYTO": "Đơn", "SOBANCHINH": "1", "SOBANSAO": "0"}]}],
        "COQUANTHUCHIEN": [{"MADONVI": "H01", "TENDONVI": "Ủy ban nhân dân"}],
        "DOITUONGTHUCHIEN": [{"MADOITUONG": "1", "TENDOITUONG": "Công dân"}],
        "CANCUPHAPLY": [{"SOVANBAN": "1/2025/QH15", "TENVANBAN": "Luật Rồng"}],
        "KETQUATHUCHIEN": None,
        "TRANGTHAI": "1",
        **changes,
    }


def skipped(report: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What an import left out, by code and field."""
    return [(line["code"], line["field"]) for line in report if line["kind"] == "skipped"]
