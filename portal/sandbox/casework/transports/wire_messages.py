"""Messages of the DVCQG wire format: key names, text values and dates exactly as the clients send them."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from portal.sandbox.casework.actions import label_of
from portal.sandbox.casework.models import Case, Push, ResultFile


def stamp(moment: datetime | None) -> str:
    """Return yyyyMMddHHmmss in Vietnam's time, or "" when there is none."""
    return timezone.localtime(moment).strftime("%Y%m%d%H%M%S") if moment else ""


def with_download_mark(url: str) -> str:
    """Append what OpenCPS appends to every file address."""
    return f"{url}?t={int(timezone.now().timestamp() * 1000)}&download=true"


def _result_files(push: Push) -> list[ResultFile]:
    return list(push.case.results.all()) if push.status_number in (9, 10) else []


def paper_name(file: ResultFile) -> str:
    """What a paper is called: the protocol has no field for its number, so the name ends in it."""
    return f"{file.title}, số {file.document_number}"


def portal_dossier_status(push: Push) -> dict[str, Any]:
    """Body of DongBoTrangThaiHoSo: the status of a dossier that was born on the portal."""
    case = push.case
    return {
        "MaHoSo": case.code,
        "MaHoSoDonVi": f"BCA-{case.pk:06d}",
        "MaDoiTuong": str(case.applicant.get("tech_id") or ""),
        "NoiDung": _content(push),
        "NgayXuLy": stamp(push.occurred_at),
        "TrangThai": str(push.status_number),
        "TaiLieuXuLy": [
            {
                "TenTepDinhKem": paper_name(file),
                "MaThanhPhanHoSo": "",
                "TepDinhKemId": str(file.pk),
                "DuongDanTaiTepTin": with_download_mark(file.url),
                "IsDeleted": "False",
            }
            for file in _result_files(push)
        ],
    }


def progress_line(push: Push) -> dict[str, str]:
    """One line of CapNhatTienDoHoSoMC."""
    official = push.content["official"]
    return {
        "MaHoSo": push.case.code,
        "NguoiXuLy": official["name"],
        "ChucDanh": official["title"],
        "ThoiDiemXuLy": stamp(push.occurred_at),
        "PhongBanXuLy": official["unit"],
        "NoiDungXuLy": _content(push),
        "TrangThai": str(push.status_number),
        "NgayBatDau": "",
        "NgayKetThucTheoQuyDinh": "",
    }


def _content(push: Push) -> str:
    """The action's name and the official's note joined with "-", as OpenCPS does."""
    return "-".join(part for part in (label_of(push.action), push.content["reason"]) if part)


def procedure_of(answer: dict[str, Any]) -> dict[str, str] | None:
    """Return name and field from LayThuTuc, blanks for an unknown procedure, None for an answer that breaks OpenCPS."""
    result = answer.get("result")
    if not result:
        return {"TenTTHC": "", "MaLinhVuc": "", "TenLinhVuc": ""}
    fields = result[0].get("LINHVUCTHUCHIEN") if isinstance(result, list) and isinstance(result[0], dict) else None
    if not fields:
        return None
    return {
        "TenTTHC": str(result[0].get("TENTTHC") or ""),
        "MaLinhVuc": str(fields[0].get("MALINHVUC") or ""),
        "TenLinhVuc": str(fields[0].get("TENLINHVUC") or ""),
    }


def dossier(push: Push, procedure: dict[str, str]) -> dict[str, Any]:
    """One dossier of DongBoHoSoMC, with the fields of 2023."""
    case, status = push.case, push.status_number
    phone, number = (str(case.applicant.get("phone") or ""), str(case.applicant.get("personal_id") or ""))
    return procedure | {
        "MaHoSo": case.code,
        "MaTTHC": case.procedure_code,
        "KenhThucHien": "1",
        "SoGiayToChuHoSo": number,
        "ChuHoSo": case.applicant_name,
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "",
        "ThongTinKhac": "",
        "Email": "",
        "Fax": phone,
        "SoDienThoai": phone,
        "TrichYeuHoSo": f"{procedure['TenTTHC'] or case.procedure_code} của {case.applicant_name}"[:1000],
        "NgayNopHoSo": stamp(case.submitted_at),
        "NgayTiepNhan": stamp(_moment_of(case, "accept")),
        "NgayHenTra": stamp(case.due_at),
        "TrangThaiHoSo": str(status),
        "NgayTuChoi": stamp(push.occurred_at) if status == 3 else "",
        "NgayTra": stamp(push.occurred_at) if status == 10 else "",
        "ThongTinTra": "",
        "HinhThuc": "0",
        "NgayKetThucXuLy": stamp(_moment_of(case, "approve")) if status in (9, 10) else "",
        "DonViXuLy": push.content["official"]["unit"],
        "NoiNopHoSo": "2",
        "HoSoCoThanhPhanSoHoa": "0",
        "TaiKhoanDuocXacThucVoiVNeID": "0",
        "DuocThanhToanTrucTuyen": "0",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": number}],
        "DSKetNoiCSDL": [],
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [
            {
                "TenGiayTo": paper_name(file),
                "MaThanhPhanHoSo": "",
                "GiayToId": str(file.pk),
                "DuongDanTepTinKetQua": with_download_mark(file.url),
                "MaGiayToKetQua": "",
            }
            for file in _result_files(push)
        ],
    }


def _moment_of(case: Case, action: str) -> datetime | None:
    push = case.pushes.filter(action=action).first()
    return push.occurred_at if push else None
