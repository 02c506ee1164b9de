"""Whom a person represents is what VNeID said at her last sign-in, no longer and no shorter."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from dossiers.facts import facts_of
from portal.accounts import vneid
from portal.accounts.models import OrganisationMember, User
from tests import factories

pytestmark = pytest.mark.django_db
FIRM, OTHER = ("Công ty Thử", "0101234567"), ("Công ty Khác", "0107654321")


def sign_in(user: User, firm: tuple[str, str] | None) -> list[dict[str, Any]]:
    """What a sign-in makes of the claims; returns what the log says of it."""
    kind = {"LoaiTaiKhoan": "2", "TenDoanhNghiep": firm[0], "MaSoThue": firm[1]} if firm else {"LoaiTaiKhoan": "1"}
    told = {"SoDinhDanh": user.citizen.personal_id, "HoVaTen": user.display_name, "acr": "2", "sub": "s", **kind}
    with capture_logs() as logs:
        vneid.refresh_profile(user, vneid.parse_claims({"userinfo": told}))
    return [line for line in logs if line["event"].startswith("representation.")]


def represented(user: User) -> str:
    """Whose name and tax code her forms are filled with."""
    return str(facts_of(user).get("organisation", {}).get("tax_code", ""))


def test_it_ends_at_the_sign_in_that_no_longer_says_so_and_leaves_a_line_in_the_log() -> None:
    user = factories.make_citizen()
    (began,) = sign_in(user, FIRM)
    assert began["event"] == "representation.began" and represented(user) == FIRM[1]
    (ended,) = sign_in(user, None)
    assert ended["event"] == "representation.ended" and ended["user_id"] == user.pk
    assert FIRM[1] not in str(ended) and user.citizen.personal_id not in str(ended)
    assert represented(user) == ""
    assert OrganisationMember.objects.get().valid_to == timezone.localdate() - timedelta(days=1)
    assert sign_in(user, None) == []


def test_it_comes_back_and_moves_to_another_organisation() -> None:
    user = factories.make_citizen()
    sign_in(user, FIRM)
    sign_in(user, None)
    assert [line["event"] for line in sign_in(user, FIRM)] == ["representation.began"] and represented(user) == FIRM[1]
    assert {line["event"] for line in sign_in(user, OTHER)} == {"representation.began", "representation.ended"}
    assert represented(user) == OTHER[1]
    assert sign_in(user, OTHER) == []


def test_another_persons_post_is_left_alone() -> None:
    first, second = factories.make_citizen(), factories.make_citizen("Người Khác")
    sign_in(first, FIRM)
    sign_in(second, FIRM)
    sign_in(second, None)
    assert represented(first) == FIRM[1] and represented(second) == ""


@pytest.mark.parametrize(
    ("told", "level", "holds"),
    [("1", "2", True), ("true", "LoA2", True), ("1", "1", False), ("0", "2", False), ("", "2", False)],
)
def test_a_digital_citizen_is_who_vneid_calls_one_at_level_two(told: str, level: str, holds: bool) -> None:
    user = factories.make_citizen()
    said = {"SoDinhDanh": user.citizen.personal_id, "HoVaTen": user.display_name, "acr": level, "CongDanSo": told}
    assert vneid.refresh_profile(user, vneid.parse_claims({"userinfo": said})).is_digital_citizen is holds
    del said["CongDanSo"]
    assert not vneid.refresh_profile(user, vneid.parse_claims({"userinfo": said})).is_digital_citizen
