"""Notices, payments and clicks that come in the same moment: one counts."""

import threading

import pytest
from django.db import connection, connections

from dossiers.models import Dossier
from payments.lifecycle import OrderState
from payments.models import PaymentOrder, Receipt, Refund
from tests.payments.conftest import FakePlatform
from tests.payments.situations import (
    npp_fields,
    open_order,
    owing_dossier,
    tell_npp,
    tell_vnpay,
    verdicts,
    vnpay_fields,
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gateway", ["vnpay", "npp"])
def test_eight_notices_at_once_settle_once(platform: FakePlatform, gateway: str) -> None:
    order = open_order(owing_dossier(8000), gateway)
    fields = vnpay_fields(order) if gateway == "vnpay" else npp_fields(order)
    start = threading.Barrier(8)
    codes: list[str] = []

    def tell() -> None:
        try:
            start.wait(10)
            answer = tell_vnpay(fields) if gateway == "vnpay" else tell_npp(fields)
            codes.append(answer.get("RspCode") or answer["MaLoi"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tell) for _turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == (["00"] + ["02"] * 7 if gateway == "vnpay" else ["00"] * 8)
    assert sorted(verdicts()) == ["paid"] + ["repeated"] * 7
    assert Receipt.objects.count() == 1 and not Refund.objects.exists()
    assert Dossier.objects.get(pk=order.dossier_id).events.filter(name="dossier.paid").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_orders_paid_at_once_leave_one_settled_and_one_refund() -> None:
    dossier = owing_dossier(8000)
    orders = [open_order(dossier), open_order(dossier, is_fresh=True)]
    start = threading.Barrier(2)

    def tell(order: PaymentOrder) -> None:
        try:
            start.wait(10)
            assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tell, args=[order]) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Receipt.objects.count() == 1
    assert Refund.objects.get().amount_vnd == 8000
    assert PaymentOrder.objects.filter(state=OrderState.PAID).count() == 2


@pytest.mark.django_db(transaction=True)
def test_double_click_in_two_threads_makes_one_order() -> None:
    dossier = owing_dossier(8000)
    start = threading.Barrier(4)
    found: list[int] = []

    def click() -> None:
        try:
            start.wait(10)
            found.append(open_order(dossier).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4 and len(set(found)) == 1
