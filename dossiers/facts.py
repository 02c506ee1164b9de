"""What the state already knows about the person, as sources for prefilled answers (hỏi một lần)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.accounts.models import CitizenProfile, Organisation, User


def facts_of(user: User) -> dict[str, Any]:
    """Return facts by source (`identity`, `organisation` …), each with the words shown under a prefilled value."""
    facts: dict[str, Any] = {}
    profile = CitizenProfile.objects.filter(user=user).first()
    if profile is not None:
        told = _told_on(profile)
        residence = {
            "province_code": profile.province_code,
            "commune_code": profile.commune_code,
            "line": profile.address_line,
        }
        facts["identity"] = {
            "source": identity_source(profile),
            "full_name": profile.full_name,
            "personal_id": profile.personal_id,
            "date_of_birth": profile.date_of_birth.isoformat() if profile.date_of_birth else "",
            "gender": profile.gender,
            "phone": profile.phone,
            "email": profile.email,
            "nationality": profile.nationality,
            "ethnicity": profile.ethnicity,
            "residence": residence if profile.commune_code else None,
            "level": profile.identity_level,
        }
        facts["population"] = {
            "source": _("Từ Cơ sở dữ liệu dân cư qua VNeID, %(day)s") % {"day": told},
            "residence": residence if profile.commune_code else None,
        }
    organisation = Organisation.objects.filter(members__user=user).order_by("pk").first()
    if organisation is not None:
        facts["organisation"] = {
            "source": _("Từ tài khoản định danh tổ chức"),
            "name": organisation.name,
            "tax_code": organisation.tax_code,
            "phone": organisation.phone,
            "email": organisation.email,
            "legal_representative": profile.full_name if profile else "",
        }
    return facts


def identity_source(profile: CitizenProfile) -> str:
    """The words under a value that came with signing in."""
    return _("Từ tài khoản VNeID, %(day)s") % {"day": _told_on(profile)}


def source_words(stored: str) -> str:
    """A source as stored, in Vietnamese, in the reader's language."""
    _words, _comma, day = stored.rpartition(", ")
    for known in (
        gettext_noop("Từ tài khoản VNeID, %(day)s"),
        gettext_noop("Từ Cơ sở dữ liệu dân cư qua VNeID, %(day)s"),
        gettext_noop("Từ tài khoản định danh tổ chức"),
    ):
        if known % {"day": day} == stored:
            return _(known) % {"day": day}
    return stored


def _told_on(profile: CitizenProfile) -> str:
    return timezone.localtime(profile.confirmed_at).strftime("%d/%m/%Y")
