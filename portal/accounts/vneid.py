"""What VNeID's claims mean to the portal (wire protocol notes §8): parse, check, keep only what is needed."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from portal.accounts import representations
from portal.accounts.models import (
    CitizenProfile,
    IdentityLevel,
    MembershipAction,
    MembershipChange,
    Organisation,
    OrganisationMember,
    OrganisationRole,
    User,
)
from portal.core import identifiers, text
from portal.core.encryption import blind_index
from portal.core.errors import PortalError

log = structlog.get_logger(__name__)


def sign_in_url(then: str) -> str:
    """Where a press (POST) begins a sign-in with VNeID that comes back to `then`, signed in already or not."""
    address = reverse("openid_connect_login", kwargs={"provider_id": "vneid"})
    return f"{address}?{urlencode({'next': then})}"


class ClaimsError(PortalError):
    """The identity provider's answer lacks what the law needs."""

    code = "sign_in.claims"
    message = _("VNeID chưa cung cấp đủ thông tin định danh. Hãy thử lại hoặc cập nhật tài khoản VNeID.")


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims the portal uses."""

    full_name: str
    personal_id: str
    technical_id: str
    identity_level: int
    date_of_birth: date | None
    gender: str
    ethnicity: str
    nationality: str
    phone: str
    email: str
    province_code: str
    commune_code: str
    address_line: str
    organisation_name: str
    organisation_tax_code: str
    is_digital_citizen: bool = False


def _merged(extra: dict[str, Any]) -> dict[str, Any]:
    """Userinfo wins over the ID token; older library versions keep claims flat."""
    merged = {key: value for key, value in extra.items() if key not in {"userinfo", "id_token"}}
    merged.update(extra.get("id_token") or {})
    merged.update(extra.get("userinfo") or {})
    return merged


def parse_claims(extra: dict[str, Any]) -> Claims:
    """Read the claims; raises ClaimsError when the name, number or level is missing or malformed."""
    raw = _merged(extra)

    def read(name: str, limit: int = 200) -> str:
        value = raw.get(name)
        return text.clean_line(str(value))[:limit].strip() if value not in (None, "") else ""

    personal_id = read("SoDinhDanh") or read("personal_id")
    try:
        personal_id = identifiers.clean_personal_id(personal_id)
    except PortalError as error:
        raise ClaimsError from error
    full_name = read("HoVaTen") or read("name")
    if not full_name:
        raise ClaimsError
    try:
        born = date.fromisoformat(read("birthdate"))
    except ValueError:
        born = None
    is_level_two = (read("acr") or read("loa")).lower() in {"2", "loa2", "level2", "muc2"}
    return Claims(
        full_name=full_name,
        personal_id=personal_id,
        technical_id=read("TechID", 100) or read("sub", 100),
        identity_level=2 if is_level_two else 1,
        date_of_birth=born,
        gender={"male": "1", "female": "2", "1": "1", "2": "2", "3": "3"}.get(read("GioiTinh") or read("gender"), ""),
        ethnicity=read("ethnicity", 50),
        nationality=read("nationality", 50) or "Việt Nam",
        phone=read("SoDienThoai", 20) or read("phone_number", 20),
        email=read("ThuDienTu", 254) or read("email", 254),
        province_code=read("province_code", 2),
        commune_code=read("commune_code", 5),
        address_line=read("address_line", 250),
        organisation_name=read("TenDoanhNghiep", 300) if read("LoaiTaiKhoan") == "2" else "",
        organisation_tax_code=read("MaSoThue", 14) if read("LoaiTaiKhoan") == "2" else "",
        is_digital_citizen=read("CongDanSo").lower() in {"1", "true"} and is_level_two,
    )


def kept_claims(extra: dict[str, Any]) -> dict[str, Any]:
    """What is stored beside the link to VNeID: the subject only; the rest lives encrypted in the profile."""
    return {"sub": _merged(extra).get("sub", "")}


def new_username() -> str:
    """Return an opaque username."""
    return "cd" + secrets.token_hex(12)


def find_user(claims: Claims) -> User | None:
    """Find the person who is already known by her identification number."""
    profile = (
        CitizenProfile.objects.filter(personal_id_index=blind_index(claims.personal_id)).select_related("user").first()
    )
    return profile.user if profile else None


@transaction.atomic
def refresh_profile(user: User, claims: Claims) -> CitizenProfile:
    """Write what VNeID says now; answers of filed dossiers are not touched."""
    profile, _created = CitizenProfile.objects.update_or_create(
        user=user,
        defaults={
            "full_name": claims.full_name,
            "personal_id": claims.personal_id,
            "personal_id_index": blind_index(claims.personal_id),
            "technical_id": claims.technical_id,
            "identity_level": IdentityLevel(claims.identity_level),
            "is_digital_citizen": claims.is_digital_citizen,
            "date_of_birth": claims.date_of_birth,
            "gender": claims.gender,
            "ethnicity": claims.ethnicity,
            "nationality": claims.nationality,
            "phone": claims.phone,
            "email": claims.email,
            "province_code": claims.province_code,
            "commune_code": claims.commune_code,
            "address_line": claims.address_line,
            "is_from_counter": False,
            "from_paper": "",
            "confirmed_at": timezone.now(),
        },
    )
    if user.display_name != claims.full_name:
        user.display_name = claims.full_name
        user.save(update_fields=["display_name"])
    _renew_representation(user, claims)
    user.citizen = profile
    representations.end_of_age(user)
    return profile


def _renew_representation(user: User, claims: Claims) -> None:
    """Whom the person represents is what VNeID says at this sign-in; what it no longer says has ended."""
    today = timezone.localdate()
    posts = OrganisationMember.objects.filter(user=user, role=OrganisationRole.REPRESENTATIVE)
    organisation = None
    if claims.organisation_tax_code:
        organisation, is_first = Organisation.objects.get_or_create(
            tax_code=claims.organisation_tax_code,
            defaults={"name": claims.organisation_name},
        )
        if not is_first and claims.organisation_name and organisation.name != claims.organisation_name:
            organisation.name = claims.organisation_name  # it was renamed, or a desk had copied the name from a paper
            organisation.renamed_at = timezone.now()
            organisation.save(update_fields=["name", "renamed_at"])
        post, is_new = OrganisationMember.objects.get_or_create(
            organisation=organisation,
            user=user,
            role=OrganisationRole.REPRESENTATIVE,
            defaults={"valid_from": today},
        )
        is_back = not is_new and post.valid_to is not None
        if is_back:
            post.valid_from, post.valid_to = today, None
            post.save(update_fields=["valid_from", "valid_to"])
        if is_new or is_back:
            _write_history(post, MembershipAction.APPOINTED)
            log.info("representation.began", user_id=user.pk, organisation_id=organisation.pk)
    for post in posts.filter(valid_to__isnull=True).exclude(organisation=organisation):
        post.valid_to = today - timedelta(days=1)  # the last day is still hers; today is not
        post.save(update_fields=["valid_to"])
        _write_history(post, MembershipAction.DISMISSED)
        log.info("representation.ended", user_id=user.pk, organisation_id=post.organisation_id)


def _write_history(post: OrganisationMember, action: MembershipAction) -> None:
    MembershipChange.objects.create(
        organisation_id=post.organisation_id,
        user_id=post.user_id,
        user_name=post.user.display_name,
        role=post.role,
        action=action,
        changed_at=timezone.now(),
    )
