"""Notices, payments and clicks that come in the same moment: one counts."""

from functools import partial

import pytest

from dossiers.models import Dossier
from payments.lifecycle import OrderState
from payments.models import PaymentOrder, Receipt, Refund
from tests.at_once import at_once
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

    def tell() -> str:
        answer = tell_vnpay(fields) if gateway == "vnpay" else tell_npp(fields)
        return answer.get("RspCode") or answer["MaLoi"]

    assert sorted(at_once([tell] * 8)) == (["00"] + ["02"] * 7 if gateway == "vnpay" else ["00"] * 8)
    assert sorted(verdicts()) == ["paid"] + ["repeated"] * 7
    assert Receipt.objects.count() == 1 and not Refund.objects.exists()
    assert Dossier.objects.get(pk=order.dossier_id).events.filter(name="dossier.paid").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_orders_paid_at_once_leave_one_settled_and_one_refund() -> None:
    dossier = owing_dossier(8000)
    orders = [open_order(dossier), open_order(dossier, is_fresh=True)]
    answers = at_once([partial(tell_vnpay, vnpay_fields(order)) for order in orders])
    assert [answer["RspCode"] for answer in answers] == ["00", "00"]
    assert Receipt.objects.count() == 1
    assert Refund.objects.get().amount_vnd == 8000
    assert PaymentOrder.objects.filter(state=OrderState.PAID).count() == 2


@pytest.mark.django_db(transaction=True)
def test_double_click_in_two_threads_makes_one_order() -> None:
    dossier = owing_dossier(8000)
    orders = at_once([partial(open_order, dossier)] * 4)
    assert len({order.pk for order in orders}) == 1
