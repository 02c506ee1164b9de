"""Catalogue services of the wire protocol (§4): agencies and dictionaries; procedures come from the catalogue app."""

from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import CitizenProfile, Organisation
from portal.agencies.models import AdministrativeUnit, Agency, AgencyLevel, UnitLevel
from portal.api.wire.calls import Call, Service, service
from portal.api.wire.replies import INVALID_FIELD, Reply, WireError, done
from portal.core.encryption import blind_index

LEVELS = {AgencyLevel.MINISTRY: "0", AgencyLevel.PROVINCE: "1", AgencyLevel.COMMUNE: "3", AgencyLevel.OTHER: "1"}
"""CAPTHUCHIEN: 0 ministry, 1 province, 2 district (until 2025), 3 commune."""
KEPT_SECONDS = 600
LOOKS_PEOPLE_UP = frozenset({"tracuutechid", "tracuukhodulieu"})
LOOK_UPS_PER_MINUTE = 300
"""Far more than a counter asks, far too few to try out the numbers of a province."""


@service("LayDanhMucCoQuan")
def agencies(call: Call) -> Reply:
    """All agencies in force, in one answer."""
    return done(_kept("agencies", _agencies))


def _agencies() -> list[dict[str, str]]:
    rows = Agency.objects.valid_on(timezone.localdate()).order_by("code").values_list("code", "name", "level")
    return [{"MADONVI": code, "TENDONVI": name, "CAPDONVI": LEVELS[AgencyLevel(level)]} for code, name, level in rows]


@service("LayDanhMucTinhThanh")
def provinces(call: Call) -> Reply:
    """Provinces in force."""
    return done(_kept("provinces", lambda: _units(UnitLevel.PROVINCE)))


@service("LayDanhMucPhuongXa")
def communes(call: Call) -> Reply:
    """Communes in force, each with its province."""
    return done(_kept("communes", lambda: _units(UnitLevel.COMMUNE)))


def _units(level: UnitLevel) -> list[dict[str, str]]:
    units = AdministrativeUnit.objects.valid_on(timezone.localdate()).filter(level=level)
    rows = units.order_by("code").values_list("code", "full_name", "parent__code")
    return [{"MA": code, "TEN": name, "MACHA": parent or ""} for code, name, parent in rows]


@service("TraCuuTechID")
def technical_id(call: Call) -> Reply:
    """The technical id of a person or an organisation by its number; an empty list when it has no account here."""
    number = call.text("mstorcmnd")
    if not number:
        raise WireError(INVALID_FIELD, _("Thiếu mstorcmnd"))
    index = blind_index(number)
    person = CitizenProfile.objects.filter(personal_id_index=index).exclude(technical_id="").first()
    if person is not None:
        return done([{"TECHNICALID": person.technical_id}])
    found = Organisation.objects.filter(tax_code=number[:14]).first()
    return done([{"TECHNICALID": found.technical_id}] if found else [])


def _fixed(*rows: tuple[str, str]) -> Service:
    def answer(call: Call) -> Reply:
        return done([{"MA": code, "TEN": name} for code, name in rows])

    return answer


# The labels are the official wording and stay Vietnamese, as everything on this wire.
for _name, _rows in {
    "LayDanhMucGioiTinh": (("1", "Nam"), ("2", "Nữ"), ("3", "Khác")),
    "LayDanhMucDoiTuong": (("1", "Người dân"), ("2", "Doanh nghiệp"), ("3", "Cơ quan nhà nước"), ("4", "Tổ chức khác")),
    "LayDanhMucCapThucHien": (("0", "Cấp Bộ"), ("1", "Cấp Tỉnh"), ("3", "Cấp Xã")),
    # two levels of local government since 1 July 2025: there are no districts
    "LayDanhMucQuanHuyen": (),
}.items():
    service(_name)(_fixed(*_rows))


def _empty(call: Call) -> Reply:
    return done([])


for _name in (
    "LayDanhMucNhomThuTuc",
    "LayDanhMucThuTucThuocLoai",
    "LayDanhMucTonGiao",
    "LayDanhSachHoiDapGuiTuDVCQG",
    "LayDanhSachHoiDapBoCoQuan",
    "LayNoiDungTraLoiTheoCauHoi",
):
    service(_name)(_empty)  # nothing of the kind is kept here: an honest empty list


def _kept(name: str, make: Any) -> list[dict[str, str]]:
    key = f"wire:{name}:{timezone.localdate()}"
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT_SECONDS)
    return list(found)
