"""The format of ministries' systems over a provincial platform (LGSP, protocol §9.3), behind the same services.

Unlike the other dialects it signs in by OAuth 2 client credentials, says what happened by real HTTP codes, and wraps
everything as {code, message, data}. What is meant is told by the last part of the address.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from dossiers import references
from dossiers.partners import code_tables, reported, wire_names
from dossiers.partners.wire import PROGRESS, WireFieldError, read_dossier
from portal.agencies.credentials import RESULTS, WRITES
from portal.agencies.models import Agency
from portal.api.authentication import MachineAccess, access_of, note_call
from portal.api.wire import dispatch, platform_files, platform_tokens, replies
from portal.api.wire.calls import Call
from portal.api.wire.replies import WireError
from portal.core import lock_waits
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError, PortalError

CODES = {"": 200, replies.INVALID_FIELD: 400, replies.NOT_PERMITTED: 403, replies.UNKNOWN_SERVICE: 404}
REPORTS = frozenset({"capnhattientrinh", "capnhattrangthai"})
WRITTEN = REPORTS | {"nophoso"}
"""What an address alone does not write: a link that somebody follows, a proxy that fetches ahead."""
SAID = frozenset({400, 401, 403, 404})
"""Codes that these systems tell apart; whatever else is wrong with a request is 400."""


@csrf_exempt
@login_not_required
def platform(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer one of the calls by its name."""
    name = path.rstrip("/").rpartition("/")[2].lower()
    try:
        if name in platform_tokens.SERVICES and request.method == "POST":
            return platform_tokens.give(request) or answer(401, _("Sai client_id hoặc client_secret"))
        access = access_of(request.META.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip())
        note_call(access.client)
        if name not in REPORTS:  # those are counted as the service that they are
            dispatch.count(access.client, name)
        if name in platform_files.SERVICES and request.method == "POST":
            _require(access, WRITES)
            return answer(200, _("Thành công"), platform_files.take(request, access.client))
        is_read = request.method == "GET" and name not in WRITTEN
        told = dict(request.GET.items()) if is_read else dispatch.read_body_value(request)
        return answer(200, *_perform(name, wire_names.respelled(told), access))
    except WireError as error:
        return answer(CODES.get(error.code, 502), error.message)
    except WireFieldError as error:
        return answer(400, str(error))
    except PortalError as error:
        return answer(error.status if error.status in SAID else 400, str(error.message))
    except OperationalError as error:
        if lock_waits.is_row_held(error):
            return answer(502, _("Một yêu cầu khác đang giữ hồ sơ này, hãy gửi lại sau ít giây"))
        return answer(502, _("Cổng tạm thời chưa phục vụ được, hãy gửi lại sau ít phút"))


def answer(code: int, message: str, data: Any = None) -> HttpResponse:
    """What these systems read; the code stands in both places."""
    response = replies.respond({"code": code, "message": message, "data": data})
    response.status_code = code
    return response


def _perform(name: str, told: Any, access: MachineAccess) -> tuple[str, Any]:
    match name:
        case "getnextvalue":
            return _("Thành công"), _next_code(told if isinstance(told, Mapping) else {}, access)
        case "nophoso":
            return _("Nộp hồ sơ thành công"), _submit(told, access)
        case "capnhattientrinh":
            return _report(_listed(told), access), None
        case "capnhattrangthai":
            lines = [_line(item) for item in _listed(told)]
            return _report(lines, access, arrived_at=timezone.now()), None
    raise NotFoundError(_("Không có dịch vụ %(name)s") % {"name": name[:60]})


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def _require(access: MachineAccess, *scopes: str) -> None:
    if lacking := [scope for scope in scopes if scope not in access.scopes]:
        words = _("Mã truy cập thiếu phạm vi: %(scopes)s.") % {"scopes": ", ".join(lacking)}
        raise NotAllowedError(words, code="auth.scope_missing")


def _next_code(told: Mapping[str, Any], access: MachineAccess) -> str:
    """The code of the next dossier, of the agency that is named or the system's own."""
    _require(access, WRITES)
    named = str(told.get("code") or told.get("Code") or "").strip()
    agency = dispatch.named_agency(access.client, named) or access.client.agency
    with transaction.atomic():
        return references.next_code(agency.code, timezone.localdate())


def _submit(told: Any, access: MachineAccess) -> dict[str, str]:
    """A dossier that was filed there: kept as one of DongBoHoSoMC would be."""
    if not isinstance(told, Mapping):
        raise InvalidInputError(_("Nội dung phải là một đối tượng JSON"))
    _require(access, WRITES)
    record = read_dossier(_record(told), code_tables.book_of(access.client))
    _require(access, *([RESULTS] if record.files else []))
    agency: Agency | None = dispatch.named_agency(access.client, str(told.get("MaDonViTiepNhan") or "").strip())
    dossier, _is_new = reported.sync_record(access.client, record, agency=agency)
    return {"idHoSo": str(dossier.public_id), "maHoSo": dossier.code or ""}


def _record(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same dossier in the names of DongBoHoSoMC; what has no name there is kept beside."""
    who = told.get("ThongTinNguoiNop")
    person = who.get("ThongTinChiTiet") if isinstance(who, Mapping) else None
    person = person if isinstance(person, Mapping) else {}
    papers = told.get("DanhSachGiayToKetQua")
    return {
        **told,
        "KenhThucHien": "2",
        "NgayNopHoSo": told.get("NgayNop"),
        "TrangThaiHoSo": told.get("TrangThai") or ("2" if told.get("NgayTiepNhan") else "1"),
        "ChuHoSo": told.get("ChuHoSo") or person.get("TenChuHs") or person.get("TenNguoiNop"),
        "SoGiayToChuHoSo": person.get("SoDinhDanhChuHs") or person.get("SoDinhDanh"),
        "SoDienThoai": person.get("SoDienThoai"),
        "Email": person.get("Email"),
        **({"DanhSachGiayToKetQua": platform_files.with_addresses(papers)} if papers else {}),
    }


def _line(told: Any) -> Any:
    """A status in the names of CapNhatTienDoHoSoMC: it has no time of its own and is the newest word."""
    if not isinstance(told, Mapping):
        return told
    files = [
        {"TenTepDinhKem": item.get("TenGiayTo"), "DuongDanTaiTepTin": item.get("DuongDanTepTinKetQua")}
        for item in platform_files.with_addresses(told.get("DanhSachGiayToKetQua"))
    ]
    content = told.get("NoiDungYKien") or told.get("NoiDungXuLy")
    return {**told, "NoiDungXuLy": content, "TaiLieuXuLy": files}


def _report(lines: list[Any], access: MachineAccess, *, arrived_at: datetime | None = None) -> str:
    has_result = any(isinstance(line, Mapping) and line.get("TaiLieuXuLy") for line in lines)
    _require(access, WRITES, *([RESULTS] if has_result else []))
    call = Call(access.client, {"data": lines}, access.client.agency, arrived_at)
    reply = dispatch.performed(call, PROGRESS)
    code = "" if reply["error_code"] == access.client.success_literal else str(reply["error_code"])
    if code:
        raise WireError(code, str(reply["message"]))
    return str(reply["message"])
