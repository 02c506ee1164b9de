"""Reading the dossier services of the DVCQG wire format: liberal values in, typed reports out (protocol §3).

Pure: no database, no clock. What cannot be read is named in `problems` and kept raw; only what makes a report
impossible to place (code, status) is refused, with WireFieldError.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dossiers.partners import codebook
from dossiers.partners.besides import beyond
from dossiers.partners.codebook import Codebook
from dossiers.partners.wire_moments import read_moment
from dossiers.partners.wire_names import respelled
from portal.core.text import clean_block, clean_line

SYNC = "DongBoHoSoMC"
PROGRESS = "CapNhatTienDoHoSoMC"
PORTAL_STATUS = "DongBoTrangThaiHoSo"
"""Names of the services whose reports wait in the inbox when they cannot be applied at once."""

ARRIVED_AT = "arrived_at"
"""Beside a kept line whose dialect has no time in it: when it reached us, in ISO 8601."""

CODE_MAX_LENGTH = 50
"""Length of a dossier code; any text occurs (protocol §3.3)."""
STATUSES = range(1, 12)
"""National statuses 1–10; 11 stands for 3 in the promotion flow of old clients."""


READ_OF_A_LINE = frozenset(
    ["MaHoSo", "TrangThai", "ThoiDiemXuLy", "NoiDungXuLy", "NguoiXuLy", "ChucDanh", "PhongBanXuLy"]
)
READ_OF_A_PORTAL_STATUS = frozenset(["MaHoSo", "TrangThai", "NgayXuLy", "NoiDung"])
READ_OF_A_PORTAL_RECORD = frozenset(
    ["MaHoSo", "TrangThaiHoSo", "GhiChu", "NgayHenTra", "ChuHoSo", "SoGiayToChuHoSo", "MaTTHC", "TenTTHC"]
)
"""What becomes a part of the event, or was compared with the dossier; the rest is kept beside it."""


class WireFieldError(ValueError):
    """A field without which the report cannot be kept; the text names it."""


class UnmappedCodeError(WireFieldError):
    """A code of the system's own that says nothing to us: the report is kept until its code table names it."""

    def __init__(self, text: str, *, kind: str, told: str) -> None:
        super().__init__(text)
        self.kind, self.told = kind, told[: codebook.TOLD_LENGTH]


@dataclass(frozen=True, slots=True)
class ReportedFile:
    """A result paper that lies on the partner's server."""

    name: str
    url: str
    type_code: str = ""


@dataclass(frozen=True, slots=True)
class ReportedDossier:
    """One dossier of DongBoHoSoMC: the state of things in the partner's system when it was sent."""

    code: str
    status: int
    procedure_code: str
    procedure_name: str
    applicant_name: str
    applicant_id: str
    applicant_phone: str
    applicant_email: str
    applicant_account: str
    """TechID of the owner's account, which older systems send instead of a number (MaDoiTuong)."""
    channel: str
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    refused_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    supplement_asked_at: datetime | None
    note: str
    files: tuple[ReportedFile, ...]
    record: dict[str, Any]
    """The dossier as it came, unknown keys included."""
    problems: tuple[str, ...] = ()
    told_procedure_code: str = ""
    """As the system calls it; `procedure_code` is what its code table makes of it."""
    agency_code: str = ""
    """The agency by the system's code table; empty where the table does not name it."""

    @property
    def status_at(self) -> datetime | None:
        """When the reported status began at its source, where the record says so."""
        return {
            1: self.submitted_at,
            2: self.received_at,
            3: self.refused_at,
            5: self.supplement_asked_at,
            9: self.finished_at,
            10: self.returned_at,
            11: self.refused_at,
        }.get(self.status)

    @property
    def not_before(self) -> datetime | None:
        """The latest moment the record knows of: the status cannot be older than this."""
        known = (self.submitted_at, self.received_at, self.refused_at, self.finished_at, self.returned_at)
        return max((at for at in (*known, self.supplement_asked_at) if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """One line of CapNhatTienDoHoSoMC, or a DongBoTrangThaiHoSo read as one: what somebody did, and the status then."""

    code: str
    status: int
    occurred_at: datetime | None
    content: str
    official: str
    official_title: str
    unit: str
    reference: str
    """Idempotency key within the dossier: time, status and a digest of the content (protocol §3.4)."""
    files: tuple[ReportedFile, ...] = ()
    problems: tuple[str, ...] = ()
    besides: dict[str, Any] = field(default_factory=dict)
    """What it says beyond these fields, and what of them could not be read, as far as it is kept (`besides`)."""
    is_dated_here: bool = False
    """Whether its time is that of its arrival: a retry of it bears another time and is known by its words alone."""


class _Reader:
    """Reads one record's fields; keeps what could not be read."""

    def __init__(self, record: Mapping[str, Any], book: Codebook = codebook.EMPTY) -> None:
        self.record = record
        self.book = book
        self.problems: list[str] = []

    def line(self, *names: str, limit: int = 0) -> str:
        """The first of these fields that has a value, as one line."""
        for name in names:
            value = _scalar(self.record.get(name))
            if value:
                text = clean_line(value)
                return text[:limit] if limit else text
        return ""

    def moment(self, name: str) -> datetime | None:
        """A time in any of the forms clients send; an unreadable one is noted, not refused."""
        value = _scalar(self.record.get(name)).strip()
        if not value or not value.strip("0-:T "):
            return None
        at = read_moment(value)
        if at is None:
            self.problems.append(name)
        return at

    def items(self, name: str) -> list[Mapping[str, Any]]:
        """The objects of an array that may be missing, null, empty, or a single object."""
        value = self.record.get(name)
        if isinstance(value, Mapping):
            return [value]
        if not isinstance(value, list):
            return []
        return [item for item in value if isinstance(item, Mapping)]

    def code(self, name: str) -> str:
        code = self.line(name)
        if not code:
            raise WireFieldError(_("Thiếu %(field)s") % {"field": name})
        if len(code) > CODE_MAX_LENGTH:
            raise WireFieldError(_("%(field)s dài quá %(limit)s ký tự") % {"field": name, "limit": CODE_MAX_LENGTH})
        return code

    def status(self, name: str) -> int:
        value = self.line(name)
        number = (self.book.find(codebook.STATUS, value) or value).removesuffix(".0")
        if not (number.isascii() and number.isdigit() and len(number) <= 9 and int(number) in STATUSES):
            text = _("%(field)s phải là số từ 1 đến 11 (đang là “%(value)s”)") % {"field": name, "value": value[:20]}
            raise UnmappedCodeError(text, kind=codebook.STATUS, told=value) if value else WireFieldError(text)
        return int(number)

    def agency_code(self) -> str:
        """The agency that the code table makes of the beginning of the dossier's code, or of the agency's name."""
        by_code = self.book.find(codebook.AGENCY, self.line("MaHoSo").split("-")[0])
        return by_code or self.book.find(codebook.AGENCY, self.line("DonViXuLy"))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if isinstance(value, str | int | float) else ""


def read_dossier(record: Any, book: Codebook = codebook.EMPTY) -> ReportedDossier:
    """Read one element of DongBoHoSoMC's `data`; raises WireFieldError naming the field that is missing.

    Raises UnmappedCodeError for a status that is neither national nor in the system's code table.
    """
    if not isinstance(record, Mapping):
        raise WireFieldError(_("Mỗi phần tử của data phải là một đối tượng"))
    record = respelled(record)
    read = _Reader(record, book)
    told_procedure = read.line("MaTTHC", limit=60)
    asked = [_Reader(item).moment("NgayBoSung") for item in read.items("DanhSachHoSoBoSung")]
    channel = read.line("KenhThucHien")
    return ReportedDossier(
        code=read.code("MaHoSo"),
        status=read.status("TrangThaiHoSo"),
        procedure_code=book.find(codebook.PROCEDURE, told_procedure) or told_procedure,
        procedure_name=read.line("TenTTHC", limit=4000),
        applicant_name=read.line("ChuHoSo", limit=300),
        applicant_id=_identity_number(read),
        applicant_phone=read.line("SoDienThoai", limit=30),
        applicant_email=read.line("Email", limit=254),
        applicant_account=read.line("MaDoiTuong", limit=100),
        channel=channel if channel in {"1", "2", "3"} else "1",
        submitted_at=read.moment("NgayNopHoSo"),
        received_at=read.moment("NgayTiepNhan"),
        due_at=read.moment("NgayHenTra"),
        refused_at=read.moment("NgayTuChoi"),
        finished_at=read.moment("NgayKetThucXuLy"),
        returned_at=read.moment("NgayTra"),
        supplement_asked_at=max((at for at in asked if at is not None), default=None),
        note=clean_block(_scalar(record.get("GhiChu"))),
        files=_files(read, "DanhSachGiayToKetQua", ("TenGiayTo",), "DuongDanTepTinKetQua", ("MaGiayToKetQua",)),
        record=record,
        problems=tuple(read.problems),
        told_procedure_code=told_procedure,
        agency_code=read.agency_code(),
    )


def _identity_number(read: _Reader) -> str:
    """The owner's number: its own field, else the first of DinhDanhCHS; some clients fill zeros when they have none."""
    for number in (read.line("SoGiayToChuHoSo"), *(_Reader(x).line("SoDinhDanh") for x in read.items("DinhDanhCHS"))):
        if number.strip("0") and number != "000000001":
            return number[:30]
    return ""


def _files(
    read: _Reader, name: str, names: Iterable[str], url_name: str, type_names: Iterable[str]
) -> tuple[ReportedFile, ...]:
    found = []
    for item in read.items(name):
        paper = _Reader(item)
        url = paper.line(url_name)
        if url and paper.line("IsDeleted").lower() not in {"true", "1"}:
            found.append(ReportedFile(paper.line(*names, limit=400), url, paper.line(*type_names, limit=60)))
    return tuple(found)


def read_line(record: Any, book: Codebook = codebook.EMPTY, *, arrived_at: datetime | None = None) -> ProgressLine:
    """Read one element of CapNhatTienDoHoSoMC's `data`; raises as read_dossier does.

    `arrived_at` dates the line where its dialect has no time in it.
    """
    if not isinstance(record, Mapping):
        raise WireFieldError(_("Mỗi phần tử của data phải là một đối tượng"))
    record = respelled(record)
    read = _Reader(record, book)
    content, status = clean_block(_scalar(record.get("NoiDungXuLy"))), "TrangThai"
    at = arrived_at or read.moment("ThoiDiemXuLy")
    return ProgressLine(
        code=read.code("MaHoSo"),
        status=read.status(status),
        occurred_at=at,
        content=content,
        official=read.line("NguoiXuLy", limit=200),
        official_title=read.line("ChucDanh", limit=150),
        unit=read.line("PhongBanXuLy", limit=300),
        reference=_reference("TD", at, read.status(status), content),
        files=_files(read, "TaiLieuXuLy", ("TenTepDinhKem",), "DuongDanTaiTepTin", ()),
        problems=tuple(read.problems),
        besides=beyond(record, READ_OF_A_LINE, read.problems),
        is_dated_here=arrived_at is not None,
    )


def arrival_of(payload: Mapping[str, Any]) -> datetime | None:
    """When a kept line reached us, where that is its time."""
    return datetime.fromisoformat(payload[ARRIVED_AT]) if ARRIVED_AT in payload else None


def read_portal_status(record: Any, book: Codebook = codebook.EMPTY) -> ProgressLine:
    """Read DongBoTrangThaiHoSo's `data` (one object; a list of one is taken too): a dossier born on the portal."""
    if isinstance(record, list) and len(record) == 1:
        record = record[0]
    if not isinstance(record, Mapping):
        raise WireFieldError(_("data phải là một đối tượng"))
    record = respelled(record)
    read = _Reader(record, book)
    content, at = clean_block(_scalar(record.get("NoiDung"))), read.moment("NgayXuLy")
    return ProgressLine(
        code=read.code("MaHoSo"),
        status=read.status("TrangThai"),
        occurred_at=at,
        content=content,
        official="",
        official_title="",
        unit="",
        reference=_reference("TT", at, read.status("TrangThai"), content),
        files=_files(read, "TaiLieuXuLy", ("TenTepDinhKem",), "DuongDanTaiTepTin", ()),
        problems=tuple(read.problems),
        besides=beyond(record, READ_OF_A_PORTAL_STATUS, read.problems),
    )


def besides_status(record: ReportedDossier) -> dict[str, Any]:
    """What a record of a dossier that was filed here says beyond its status."""
    return beyond(record.record, READ_OF_A_PORTAL_RECORD, record.problems)


def _reference(kind: str, at: datetime | None, status: int, content: str) -> str:
    stamp = at.strftime("%Y%m%d%H%M%S") if at else ""
    return f"{kind}:{stamp}{words_of(status, content)}"


def words_of(status: Any, content: str) -> str:
    """The end of a line's reference: what it says, whenever it says so."""
    return f":{status}:{hashlib.sha256(clean_block(content).encode()).hexdigest()[:20]}"
