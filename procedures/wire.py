"""The catalogue in the wire format that agencies' systems speak (protocol notes §4): LayThuTuc and its sisters.

Plain functions that return what stands in ``result``: every key upper case, every array there, numbers that parse.
OpenCPS asks for a procedure before every dossier it pushes, so answers are kept for one edition of the catalogue.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import F

from portal.agencies.models import AgencyLevel
from portal.core.durations import DurationUnit
from procedures import published
from procedures.models import ComponentKind, FeeKind, FeeRule, Field, Procedure, ProcedureVersion, ServiceLevel
from procedures.packs.reference import Reference
from procedures.publication import remembered

LEVELS = {
    AgencyLevel.MINISTRY: ("0", "Cấp Bộ"),
    AgencyLevel.PROVINCE: ("1", "Cấp Tỉnh"),
    AgencyLevel.COMMUNE: ("3", "Cấp Xã"),
    AgencyLevel.OTHER: ("0", "Cơ quan khác"),
}
CARRIED_OUT_BELOW = {
    AgencyLevel.PROVINCE: {AgencyLevel.PROVINCE, AgencyLevel.COMMUNE},
    AgencyLevel.COMMUNE: {AgencyLevel.COMMUNE},
}
"""Levels of procedures that an agency and those below it carry out; a ministry's are those it published."""
ONLINE_LEVELS = {ServiceLevel.FULL: 4, ServiceLevel.PARTIAL: 3, ServiceLevel.NONE: 2}
"""MUCDO by the four levels of NĐ 43/2011/NĐ-CP art. 3, which the protocol still counts in (docs/assumptions.md)."""
FEE_KINDS = {FeeKind.CHARGE: "1", FeeKind.FEE: "2"}
"""LoaiPhiLePhi (protocol §6): 1 phí, 2 lệ phí; other money has no number there."""
CHANNELS = {"direct": "1", "online": "2", "postal": "3"}
UNITS = {
    DurationUnit.SAME_WORKING_DAY: "Ngày làm việc",
    DurationUnit.WORKING_DAY: "Ngày làm việc",
    DurationUnit.DAY: "Ngày",
    DurationUnit.HOUR: "Giờ làm việc",
    DurationUnit.CLOCK_HOUR: "Giờ",
    DurationUnit.MONTH: "Tháng",
    DurationUnit.YEAR: "Năm",
}
KINDS_WITHOUT_PAPER = {ComponentKind.CO_SIGNATURE, ComponentKind.DATA}


def lay_thu_tuc(code: str) -> list[dict[str, Any]]:
    """One procedure by its code, or an empty list for an unknown one (§4.2)."""
    if published.newest(code) is None:
        return []  # not remembered: partners may send any text
    return remembered(f"wire:{code}", lambda: _read_procedure(code))


def lay_danh_sach_tthc() -> list[dict[str, str]]:
    """Every open procedure by code and name (§4.1), in one list: clients keep it for the life of their process."""
    return remembered("wire:list", _read_list)


def lay_danh_muc_linh_vuc() -> list[dict[str, str]]:
    """Every field of administration (§4.3)."""
    return remembered("wire:fields", _read_fields)


def lay_danh_muc_le_phi() -> list[dict[str, Any]]:
    """Every fee of an open procedure by the key that LayThuTuc tells it by: a key within its procedure only."""
    return remembered("wire:fees", _read_fees)


def lay_danh_muc_can_cu_phap_ly() -> list[dict[str, str]]:
    """Every act that an open procedure is founded on, once, as LayThuTuc tells it."""
    return remembered("wire:acts", _read_acts)


def lay_dvc(agency_code: str, *, level: AgencyLevel) -> list[dict[str, Any]]:
    """Every open procedure as an online service (§4.3), and how far it goes online at this agency, if at all."""
    return [
        {
            "MADVC": f"{row['code']}.01",
            "TENDVC": row["name"],
            "MATTHC": row["code"],
            "TENTTHC": row["name"],
            "TENCOQUANBANHANH": row["issuer_name"],
            "TENLINHVUC": row["field_name"],
            "APDUNGDVC": _applied(row, agency_code) if _carries_out(row, agency_code, level) else [],
        }
        for row in remembered("wire:services", _read_services)
    ]


def _carries_out(row: dict[str, Any], agency_code: str, level: AgencyLevel) -> bool:
    """Whether the agency, or one below it, carries the procedure out."""
    levels = {row["level"], *row["levels"]}
    return row["issuer_code"] == agency_code or bool(levels & CARRIED_OUT_BELOW.get(level, set()))


def _applied(row: dict[str, Any], agency_code: str) -> list[dict[str, Any]]:
    return [{"MACOQUANTHUCHIEN": agency_code, "MUCDO": ONLINE_LEVELS[row["service_level"]]}]


def lay_qdcb(number: str) -> list[dict[str, Any]]:
    """One decision of publication (§4.3) with its procedures, by the number that LayThuTuc tells as its id."""
    found = ProcedureVersion.objects.filter(decision_number=number[:60], current_of__isnull=False)
    rows = list(found.order_by("procedure__code").values_list("procedure__code", "name", "issuer_code", "issuer_name"))
    if not rows:
        return []
    procedures = [{"MATTHC": code, "TENTTHC": name} for code, name, _code, _name in rows]
    issuer = {"MACOQUANCONGBO": rows[0][2], "TENCOQUANCONGBO": rows[0][3]}
    return [{"IDQUYETDINHCONGBO": number, "QUYETDINH": number, **issuer, "DANHSACHTTHC": procedures}]


@cache
def value_list(name: str) -> list[dict[str, str]]:
    """One of the lists that forms offer, as a dictionary of the wire format."""
    items = Reference().lists[name]["items"]
    return [{"MA": str(item["value"]), "TEN": item["vi"]} for item in items]


def _read_procedure(code: str) -> list[dict[str, Any]]:
    procedure = (
        Procedure.objects.select_related("field", "current")
        .prefetch_related("current__fees", "current__components", "current__results")
        .filter(code=code, current__isnull=False)
        .first()
    )
    return [_procedure(procedure, procedure.current)] if procedure and procedure.current else []


def _read_list() -> list[dict[str, str]]:
    rows = Procedure.objects.filter(is_open=True, current__isnull=False).order_by("code")
    return [{"MATTHC": code, "TENTTHC": name} for code, name in rows.values_list("code", "current__name")]


def _read_services() -> list[dict[str, Any]]:
    rows = Procedure.objects.filter(is_open=True, current__isnull=False).order_by("code")
    return [
        dict(row)
        for row in rows.values(
            "code",
            name=F("current__name"),
            field_name=F("field__name"),
            issuer_code=F("current__issuer_code"),
            issuer_name=F("current__issuer_name"),
            service_level=F("current__service_level"),
            level=F("current__competent_level"),
            levels=F("current__levels"),
        )
    ]


def _read_fields() -> list[dict[str, str]]:
    rows = Field.objects.order_by("code").values_list("code", "name")
    return [{"MALINHVUC": code, "TENLINHVUC": name, "MANGANH": code.partition("-")[0]} for code, name in rows]


def _read_fees() -> list[dict[str, Any]]:
    in_force = FeeRule.objects.filter(version__current_of__is_open=True)
    rules = in_force.order_by("version__current_of__code", "position").annotate(code=F("version__current_of__code"))
    return [
        {
            "MAPHILEPHI": rule.key,
            "TENPHILEPHI": rule.name,
            "LOAIPHILEPHI": FEE_KINDS.get(FeeKind(rule.kind), ""),
            "MATTHC": rule.code,
            **{name: value for name, value in _fee(rule).items() if name in {"SOTIEN", "DONVI", "MOTA"}},
        }
        for rule in rules
    ]


def _read_acts() -> list[dict[str, str]]:
    versions = ProcedureVersion.objects.filter(current_of__is_open=True)
    listed = versions.order_by().values_list("sheet__legal_basis", flat=True)
    return [_act(act) for act in sorted({str(act) for acts in listed for act in acts or ()})]


def _act(act: str) -> dict[str, str]:
    return {
        "SOVANBAN": act,
        "TENVANBAN": act,
        "COQUANBANHANH": "",
        "NGAYBANHANH": "",
        "NGAYHIEULUC": "",
        "DIACHITRUYCAP": "",
    }


def _procedure(procedure: Procedure, version: ProcedureVersion) -> dict[str, Any]:
    sheet = version.sheet
    competent = sheet.get("competent", {}).get("vi", "")
    level, level_name = LEVELS[AgencyLevel(version.competent_level)]
    return {
        "ID": str(procedure.pk),
        "MATTHC": procedure.code,
        "TENTTHC": version.name,
        "MACOQUANCONGBO": version.issuer_code,
        "LOAITTHC": "TTHC liên thông" if sheet.get("linked") else "TTHC không liên thông",
        "TRANGTHAI": "1" if procedure.is_open else "0",
        "IDQUYETDINHCONGBO": version.decision_number,
        "QUYETDINH": version.decision_number,
        "CAPTHUCHIEN": [{"CAPTHUCHIEN": level, "TENCAP": level_name}],
        "LINHVUCTHUCHIEN": [{"MALINHVUC": procedure.field.code, "TENLINHVUC": procedure.field.name}],
        "TRINHTUTHUCHIEN": _steps(sheet),
        "CACHTHUCTHUCHIEN": _methods(version),
        "THANHPHANHOSO": _components(version),
        "KETQUATHUCHIEN": [
            {"MAKETQUA": result.document_type or result.code, "TENKETQUA": result.name, "TENTEP": "", "URL": ""}
            for result in version.results.all()
        ],
        "CANCUPHAPLY": [_act(act) for act in sheet.get("legal_basis", ())],
        "DOITUONGTHUCHIEN": [
            {"MADOITUONG": item["code"], "TENDOITUONG": item["name"]["vi"]} for item in sheet.get("applicants", ())
        ],
        "COQUANTHUCHIEN": [{"MADONVI": "", "TENDONVI": competent}],
        "COQUANCOTHAMQUYEN": [{"MADONVI": "", "TENDONVI": competent}],
        "COQUANDUOCUYQUYEN": [],
        "COQUANPHOIHOP": [],
        "TTHCLIENQUAN": [],
        "TTHCLIENTHONG": _linked(sheet.get("linked", [])),
        "MOTADOITUONGTHUCHIEN": "",
        "MOTACOQUANTHUCHIEN": competent,
        "MOTACOQUANTHAMQUYEN": competent,
        "DIACHITIEPNHAN": "",
        "YEUCAU": "\n".join(text["vi"] for text in sheet.get("requirements", ())),
        "TUKHOA": ", ".join(sheet.get("keywords", ())),
        "MOTA": sheet.get("summary", {}).get("vi", ""),
    }


def _steps(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    steps = [{"TENTRINHTU": step["vi"]} for step in sheet.get("steps", ())]
    return [{"TRUONGHOP": "", "TRINHTU": steps}] if steps else []


def _methods(version: ProcedureVersion) -> list[dict[str, Any]]:
    """The ways of filing; fees sit inside the time, inside the way (§4.2)."""
    text = version.sheet.get("processing", {}).get("text", {}).get("vi", "")
    unit = UNITS[DurationUnit(version.processing_unit)] if version.processing_unit else ""
    rules = list(version.fees.all())
    return [
        {
            "KENH": number,
            "THOIGIAN": [
                {
                    "THOIGIANGIAIQUYET": version.processing_value or 0,
                    "DONVITINH": unit,
                    "MOTA": text,
                    "PHILEPHI": [
                        _fee(rule)
                        for rule in rules
                        if rule.channel in {"all", "online" if channel == "online" else "direct"}
                    ],
                }
            ],
        }
        for channel, number in CHANNELS.items()
        if channel in version.sheet.get("channels", ())
    ]


def _fee(rule: FeeRule) -> dict[str, Any]:
    # An amount must be a number; where none is known the words say so, as in the published catalogue.
    words = [rule.name, rule.when_text, rule.legal_basis]
    if rule.amount_vnd is None:
        words.insert(1, rule.foreign_amount or "Mức thu do cơ quan có thẩm quyền quy định, chưa xác định")
    return {
        "MAPHILEPHI": rule.key,
        "SOTIEN": rule.amount_vnd or 0,
        "DONVI": "Đồng",
        "MOTA": "; ".join(filter(None, words)),
        "TENTEP": "",
        "URL": "",
    }


def _components(version: ProcedureVersion) -> list[dict[str, Any]]:
    papers = [
        {
            "MAGIAYTO": component.national_code or component.code,
            "TENGIAYTO": component.name,
            "TENMAUDON": "",
            "URL": "",
            "SOBANCHINH": str(component.originals),
            "SOBANSAO": str(component.copies),
            "MA_KQ_THAYTHE": component.document_types[0] if component.document_types else "",
        }
        for component in version.components.all()
        if component.kind not in KINDS_WITHOUT_PAPER
    ]
    return [{"TRUONGHOP": "", "GIAYTO": papers}] if papers else []


def _linked(codes: list[str]) -> list[dict[str, str]]:
    names = dict(Procedure.objects.filter(code__in=codes).values_list("code", "current__name"))
    return [{"MATTHC": code, "TENTTHC": names.get(code) or ""} for code in codes]
