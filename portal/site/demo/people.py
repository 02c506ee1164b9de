"""Demo citizens and officials."""

import json
import uuid
from datetime import date
from typing import Any

from portal.accounts import demo, vneid
from portal.accounts.models import User
from portal.agencies.models import Agency, AgencyLevel, Branch, Membership, MembershipRole
from portal.settings.env import BASE_DIR

PEOPLE_FILE = BASE_DIR / "portal" / "sandbox" / "vneid" / "people.json"
"""The sandbox identity provider's people, read as data: the same persons on both sides."""
BACK_OFFICE_COMMUNE = "00073"
"""Phường Cửa Nam, Hà Nội: the demo agency that works in the portal's own back office."""

OFFICIALS = (
    ("demo.motcua", "Phan Thị Nga", MembershipRole.DESK, "Cán bộ một cửa", Branch.PEOPLES_COMMITTEE),
    (
        "demo.chuyenvien",
        "Đỗ Văn Hải",
        MembershipRole.SPECIALIST,
        "Công chức tư pháp – hộ tịch",
        Branch.PEOPLES_COMMITTEE,
    ),
    ("demo.chutich", "Tạ Hồng Vân", MembershipRole.LEADER, "Chủ tịch", Branch.PEOPLES_COMMITTEE),
    ("demo.lanhdao", "Vũ Minh Châu", MembershipRole.LEADER, "Phó Chủ tịch", Branch.PEOPLES_COMMITTEE),
    ("demo.quantri", "Hoàng Anh Tú", MembershipRole.ADMINISTRATOR, "Quản trị của cơ quan", Branch.PEOPLES_COMMITTEE),
    ("demo.congan", "Ngô Đức Bình", MembershipRole.DESK, "Cán bộ tiếp nhận", Branch.POLICE),
    ("demo.congan.canbo", "Lê Thị Mai", MembershipRole.SPECIALIST, "Cảnh sát quản lý hành chính", Branch.POLICE),
    ("demo.congan.chihuy", "Bùi Quốc Việt", MembershipRole.LEADER, "Phó Trưởng Công an phường", Branch.POLICE),
)


def citizens() -> list[dict[str, Any]]:
    """The sandbox's people as its file tells them."""
    return list(json.loads(PEOPLE_FILE.read_text(encoding="utf-8"))["people"])


def load_citizen(person: dict[str, Any]) -> User:
    """Make the portal's side of one demo citizen; her first sign-in finds this account by her number."""
    claims = vneid.parse_claims(
        {
            "sub": person["tech_id"],
            "TechID": person["tech_id"],
            "SoDinhDanh": person["number"],
            "HoVaTen": person["full_name"],
            "birthdate": person["birth_date"],
            "gender": person["gender"],
            "acr": f"loa{person['level']}",
            "SoDienThoai": person["phone"],
            "ThuDienTu": person.get("email", ""),
            **{
                key: person.get(key, "")
                for key in ("ethnicity", "nationality", "province_code", "commune_code", "address_line")
            },
        }
    )
    known = vneid.find_user(claims)
    if known is not None:
        return known
    user = User(
        username=f"cd{uuid.uuid5(uuid.NAMESPACE_OID, person['tech_id']).hex[:24]}", display_name=claims.full_name
    )
    user.set_unusable_password()
    user.save()
    vneid.refresh_profile(user, claims)
    return user


def back_office_agency(branch: str) -> Agency:
    """The demo commune's agency of a branch."""
    return Agency.objects.get(unit__code=BACK_OFFICE_COMMUNE, branch=branch, level=AgencyLevel.COMMUNE)


def load_officials() -> dict[str, User]:
    """Make the demo officials with their posts; returns them by username."""
    officials = {}
    for username, name, role, title, branch in OFFICIALS:
        user = demo.make_official(username, name)
        Membership.objects.update_or_create(
            user=user,
            agency=back_office_agency(branch),
            role=role,
            defaults={"title": title, "valid_from": date(2025, 7, 1), "takes_cash": role == MembershipRole.DESK},
        )
        officials[username] = user
    officials["demo.toanquoc"] = _national_administrator()
    return officials


def _national_administrator() -> User:
    user = demo.make_official("demo.toanquoc", "Lý Thu Hằng")
    if not user.is_superuser:
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
    return user
