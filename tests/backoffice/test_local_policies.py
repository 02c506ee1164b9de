"""An agency's administrator keeps the policies of her own province, and of nobody else's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.agencies.models import MembershipRole
from procedures.models import LocalPolicy
from tests import factories
from tests.backoffice.conftest import seen, signed_in, with_second_factor
from tests.factories import make_other_agency
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
ADD = "/quan-tri/procedures/localpolicy/add/"


@pytest.fixture
def province():
    return factories.make_agency().parent


@pytest.fixture
def administrator(province):
    return signed_in(with_second_factor(factories.make_official(province, MembershipRole.ADMINISTRATOR)))


def typed(agency, **values):
    return {
        "code": "ha-noi-nq-1-2026",
        "agency": agency.pk,
        "name": "Hà Nội giảm một nửa lệ phí khi nộp trực tuyến",
        "legal_basis": "NQ 1/2026/NQ-HĐND",
        "effect": "fee_percent",
        "percent": "50",
        "channel": "online",
        "provinces": ["01"],
        "procedure_codes": "1.000001",
        "valid_from": "2026-01-01",
        **values,
    }


def test_she_adds_changes_and_ends_a_policy(province, administrator):
    factories.make_version()
    response = administrator.post(ADD, typed(province))
    assert response.status_code == 302, response.context["errors"]
    policy = LocalPolicy.objects.get()
    assert (policy.percent, policy.provinces, policy.procedure_codes) == (50, ["01"], ["1.000001"])
    address = f"/quan-tri/procedures/localpolicy/{policy.pk}/change/"
    assert administrator.get(address).status_code == 200
    assert administrator.post(address, typed(province, valid_to="2026-12-31") | seen(policy)).status_code == 302
    policy.refresh_from_db()
    assert policy.valid_to == date(2026, 12, 31)
    assert (
        administrator.post(f"/quan-tri/procedures/localpolicy/{policy.pk}/delete/", {"post": "yes"}).status_code == 403
    )


def test_before_it_begins_it_may_be_taken_back(province, administrator):
    policy = make_policy(valid_from=timezone.localdate() + timedelta(days=3))
    address = f"/quan-tri/procedures/localpolicy/{policy.pk}/delete/"
    assert administrator.post(address, {"post": "yes"}).status_code == 302
    assert not LocalPolicy.objects.exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"provinces": ["48"]}, "chỉ đặt chính sách cho tỉnh, thành phố của mình"),
        ({"communes": "20194"}, "Không thuộc tỉnh, thành phố đã chọn: 20194"),
        ({"communes": "99999"}, "Không có xã, phường nào mang mã 99999"),
        ({"procedure_codes": "9.999999"}, "chưa có thủ tục mang mã 9.999999"),
        ({"procedure_codes": "", "field_codes": "KHONG"}, "chưa có lĩnh vực mang mã KHONG"),
        ({"procedure_codes": ""}, "ít nhất một mã thủ tục"),
        ({"percent": ""}, "Mỗi nội dung cần đúng một con số"),
        ({"effect": "fee_new", "percent": "", "amount_vnd": "90000000"}, "không thấp hơn mức đang công bố"),
        ({"amount_vnd": "5"}, "Mỗi nội dung cần đúng một con số"),
        ({"valid_to": "2025-01-01"}, "Ngày kết thúc"),
    ],
)
def test_what_is_wrong_is_said_in_words(province, administrator, values, message):
    factories.make_version(fee_vnd=20_000)
    make_other_agency()
    response = administrator.post(ADD, typed(province, **values))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not LocalPolicy.objects.exists()


def test_a_communes_administrator_speaks_of_her_commune_only(province):
    factories.make_version()
    agency = factories.make_agency()
    browser = signed_in(with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR)))
    refused = browser.post(ADD, typed(agency))
    assert "chỉ đặt chính sách cho xã, phường của mình: 00073" in refused.content.decode()
    assert browser.post(ADD, typed(agency, communes="00073")).status_code == 302


def test_others_do_not_see_it(administrator, province):
    policy = make_policy()
    other = make_other_agency()
    stranger = signed_in(with_second_factor(factories.make_official(other, MembershipRole.ADMINISTRATOR)))
    desk = signed_in(with_second_factor(factories.make_official(province, MembershipRole.DESK)))
    address = f"/quan-tri/procedures/localpolicy/{policy.pk}/change/"
    assert policy.name in administrator.get("/quan-tri/procedures/localpolicy/").content.decode()
    assert policy.name not in stranger.get("/quan-tri/procedures/localpolicy/").content.decode()
    assert stranger.get(address).status_code == 302  # Django: not there, back to the index
    assert stranger.post(address, typed(province)).status_code == 302
    policy.refresh_from_db()
    assert policy.effect == "fee_free"
    assert desk.get("/quan-tri/procedures/localpolicy/").status_code == 403
