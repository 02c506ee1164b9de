"""Orders whose notice does not come: the gateway is asked, time on the page ends, money still counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from payments import reconciliation
from payments.lifecycle import OrderState
from payments.models import GatewayNotice, PaymentOrder
from payments.tasks import expire_orders
from tests.payments.conftest import FakePlatform
from tests.payments.situations import npp_fields, open_order, owing_dossier, tell_npp, tell_vnpay, vnpay_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(platform: FakePlatform) -> PaymentOrder:
    """An order on the national platform that is due to be asked about."""
    made = open_order(owing_dossier(8000), "npp")
    PaymentOrder.objects.update(next_query_at=timezone.now())
    made.refresh_from_db()
    return made


def answer(order: PaymentOrder, status: str, **more: str) -> dict[str, str]:
    told = {"MaLoi": "00", "MaThamChieu": order.reference, "TrangThaiGD": status, "SoTien": "8000"}
    return {**told, "MaGiaoDich": "GD77", "MaNganHang": "NCB", **more}


def state(order: PaymentOrder) -> str:
    order.refresh_from_db()
    return order.state


def test_lost_notice_is_made_good_by_asking(order: PaymentOrder, platform: FakePlatform) -> None:
    platform.answer = answer(order, "1")
    expire_orders()
    assert state(order) == OrderState.PAID
    assert Dossier.objects.get(pk=order.dossier_id).state == DossierState.SUBMITTED
    kept = GatewayNotice.objects.get()
    assert kept.is_answer and kept.verdict == "paid"
    assert platform.messages[-1]["LoaiBanTin"] == "QUERY"


def test_notice_after_the_answer_changes_nothing(order: PaymentOrder, platform: FakePlatform) -> None:
    platform.answer = answer(order, "1", MaGiaoDich=f"GD{order.pk}")
    reconciliation.ask_gateways()
    assert tell_npp(npp_fields(order))["MaLoi"] == "00"
    assert list(GatewayNotice.objects.order_by("pk").values_list("verdict", flat=True)) == ["paid", "repeated"]


def test_open_payment_is_asked_about_again_later(order: PaymentOrder, platform: FakePlatform) -> None:
    platform.answer = answer(order, "3")
    assert reconciliation.ask_gateways() == 1
    assert state(order) == OrderState.CREATED
    assert reconciliation.ask_gateways() == 0, "not before its next turn"
    assert order.next_query_at and order.next_query_at > timezone.now() + timedelta(minutes=1)


def test_failed_payment_is_recorded(order: PaymentOrder, platform: FakePlatform) -> None:
    platform.answer = answer(order, "4")
    reconciliation.ask_gateways()
    assert state(order) == OrderState.FAILED


@pytest.mark.parametrize("change", [{"SoTien": "1"}, {"MaGiaoDich": ""}, {"MaDoiTac": "OTHER"}])
def test_answer_that_does_not_fit_settles_nothing(
    order: PaymentOrder, platform: FakePlatform, change: dict[str, str]
) -> None:
    platform.answer = answer(order, "1", **change)
    reconciliation.ask_gateways()
    assert state(order) == OrderState.CREATED


def test_answer_about_another_order_settles_nothing(order: PaymentOrder, platform: FakePlatform) -> None:
    platform.answer = answer(order, "1", MaThamChieu="SOMETHINGELSE")
    reconciliation.ask_gateways()
    assert state(order) == OrderState.CREATED and not GatewayNotice.objects.exists()


def test_platform_that_is_away_is_not_asked_for_every_order(platform: FakePlatform) -> None:
    for _turn in range(3):
        open_order(owing_dossier(8000), "npp")
    PaymentOrder.objects.update(next_query_at=timezone.now())
    platform.is_away = True
    platform.messages.clear()
    expire_orders()
    assert len(platform.messages) == 1


def test_asking_ends_after_three_days(order: PaymentOrder, platform: FakePlatform) -> None:
    platform.answer = answer(order, "3")
    PaymentOrder.objects.update(created_at=timezone.now() - timedelta(days=4))
    reconciliation.ask_gateways()
    order.refresh_from_db()
    assert order.next_query_at is None


def test_time_on_the_page_ends_and_late_money_still_counts(order: PaymentOrder, platform: FakePlatform) -> None:
    platform.answer = answer(order, "3")
    PaymentOrder.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_orders()
    assert state(order) == OrderState.EXPIRED
    platform.answer = answer(order, "1")
    PaymentOrder.objects.update(next_query_at=timezone.now())
    expire_orders()
    assert state(order) == OrderState.PAID


def test_order_in_time_is_left_alone_and_vnpay_is_not_asked() -> None:
    made = open_order(owing_dossier(8000))
    assert made.next_query_at is None
    expire_orders()
    assert state(made) == OrderState.CREATED
    PaymentOrder.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_orders()
    assert state(made) == OrderState.EXPIRED
    assert tell_vnpay(vnpay_fields(made))["RspCode"] == "00"
