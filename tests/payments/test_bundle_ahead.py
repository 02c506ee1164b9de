"""What a bundle's parts will ask for may be paid with what is due: it settles the charge, or goes back."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from dossiers import charging, letter_bodies, letters, obligations, services
from dossiers.lifecycle import DossierState
from dossiers.models import BundlePart, Dossier, ObligationState, PaidAhead
from payments import ahead, receipts
from payments.lifecycle import RefundReason
from payments.models import Receipt, Refund
from portal.agencies.actors import ActorKind
from portal.notifications.models import Message
from procedures.models import FeeRule
from tests import factories
from tests.at_once import at_once
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.bundle_situations import SECOND, part
from tests.dossiers.filing_pages import signed_in, text
from tests.payments.bundle_situations import (
    Costly,
    ask,
    both_ask,
    costly,
    order_for,
    pay_all,
    refunds_due,
    second_filed,
)
from tests.payments.situations import open_order, tell_vnpay, vnpay_fields

pytestmark = pytest.mark.django_db


def test_all_is_paid_before_anybody_asked_and_no_dossier_waits(found: Costly) -> None:
    order = pay_all(found.bundle)
    assert order.amount_vnd == 23000 and PaidAhead.objects.filter(obligation=None).count() == 3
    assert ahead.give_receipts() == 0 and not Receipt.objects.exists(), "nobody has collected anything"
    client = signed_in(found.bundle.filer)
    held = "Cổng giữ hộ 23.000 đ nộp trước; cơ quan thu khoản này thì bạn nhận biên lai."
    assert held in text(client.get("/thanh-toan/"))
    result = text(client.get(f"/thanh-toan/ket-qua/vnpay/?vnp_TxnRef={order.reference}"))
    assert held in result and "Biên lai điện tử sẽ nằm" not in result
    both_ask(found)
    for dossier in (found.first, found.third):
        fresh = Dossier.objects.get(pk=dossier.pk)
        assert fresh.state == DossierState.ACCEPTED and fresh.clock_stopped_at is None
        assert fresh.obligations.get().state == ObligationState.PAID
        assert fresh.events.latest().name == "dossier.payment_recorded"
        assert not fresh.events.filter(name="dossier.payment_required").exists()
    assert ahead.give_back() == 0 and not Refund.objects.exists()
    assert (ahead.give_receipts(), ahead.give_receipts()) == (2, 0)
    assert set(Receipt.objects.values_list("agency", "amount_vnd", "content__dossier_code")) == {
        (found.here.pk, 8000, found.first.code),
        (found.there.pk, 5000, found.third.code),
    }, "each agency's own dossier, and nothing of what is still held"
    assert "Cổng giữ hộ 10.000 đ" in text(client.get("/thanh-toan/"))


def test_its_letters_do_not_say_that_nothing_was_paid(found: Costly) -> None:
    letter = found.first.letters.select_related("event").earliest("pk")

    def told() -> str:
        here = letters.context(letter, Dossier.objects.get(pk=found.first.pk))
        by_version = dict(letter_bodies._fees("00", here))
        page = render_to_string("dossiers/letters/00.html", {**here, "title": ""})
        assert all(words in page for words in by_version.values())
        return " ".join(by_version.values())

    assert letter_bodies.NOT_YET_OWED in told() and letter_bodies.PAID_AHEAD not in told()
    pay_all(found.bundle)
    assert letter_bodies.PAID_AHEAD in told() and letter_bodies.NOT_YET_OWED not in told()


def test_the_part_that_waited_takes_its_money_when_it_asks(found: Costly) -> None:
    both_ask(found)
    pay_all(found.bundle)
    dossier = second_filed(found)
    ask(dossier, found.here)
    assert Dossier.objects.get(pk=dossier.pk).state == DossierState.ACCEPTED
    assert PaidAhead.objects.get(part__node="second").obligation == dossier.obligations.get()
    assert ahead.give_back() == 0 and not Refund.objects.exists() and ahead.give_receipts() == 1
    client = signed_in(found.bundle.filer)
    for code in (found.first.code, dossier.code):
        receipt = Receipt.objects.get(agency=found.here, content__dossier_code=code)
        assert [line["about"] for line in receipt.content["lines"]] == [f"Thủ tục thử nghiệm, hồ sơ {code}"]
        receipts.write(receipt)
        receipt.refresh_from_db()
        assert client.get(f"/thanh-toan/{code}/bien-lai/").url.endswith(f"/{receipt.document_id}/tep/")
    receipt.pk, receipt.number, receipt.document = None, 99, None
    with pytest.raises(IntegrityError), transaction.atomic():
        receipt.save()


def test_what_is_asked_beyond_it_still_waits(found: Costly) -> None:
    pay_all(found.bundle)
    desk = factories.official_actor(found.here)
    code = found.first.code or ""
    services.accept(code, actor=desk)
    published = charging.Charge.of(charging.not_asked_for(Dossier.objects.get(code=code))[0], 8000)
    more = charging.Charge("phi", "Phí khác", 3000)
    obligations.require_payment(code, actor=desk, charges=[published, more])
    fresh = Dossier.objects.get(code=code)
    assert fresh.state == DossierState.AWAITING_PAYMENT
    assert list(fresh.obligations.order_by("pk").values_list("amount_vnd", "state")) == [(8000, "paid"), (3000, "due")]
    tell_vnpay(vnpay_fields(open_order(fresh)))
    assert Dossier.objects.get(code=code).state == DossierState.ACCEPTED and not Refund.objects.exists()


def test_another_amount_is_asked_and_what_was_paid_goes_back(found: Costly) -> None:
    pay_all(found.bundle)
    desk = factories.official_actor(found.here)
    services.accept(found.first.code or "", actor=desk)
    charge = charging.Charge("le_phi", "Lệ phí thử", 9000, charge="charge_1.000001")
    obligations.require_payment(found.first.code or "", actor=desk, charges=[charge])
    assert Dossier.objects.get(pk=found.first.pk).state == DossierState.AWAITING_PAYMENT
    assert ahead.give_back() == 1 and refunds_due() == [(8000, RefundReason.NOT_ASKED)]
    assert ahead.give_back() == 0
    assert ahead.give_receipts() == 0 and not Receipt.objects.exists(), "no receipt stands for what went back"


def test_a_part_that_never_comes_gives_its_money_back(found: Costly) -> None:
    pay_all(found.bundle)
    services.refuse_intake(found.first.code or "", actor=factories.official_actor(found.here), reason="Sai nơi nộp")
    assert ahead.give_back() == 2, "the refused one, and the one that waited for it"
    assert refunds_due() == [(8000, RefundReason.NOT_ASKED), (10000, RefundReason.NOT_ASKED)]
    refund = Refund.objects.get(amount_vnd=10000)
    assert refund.agency == found.here and refund.dossier == found.first and refund.notice.verdict == "paid"
    leader = signed_in_leader(found)
    page = text(leader.get(f"/quan-tri/hoan-tien/{refund.pk}/"))
    assert "Lệ phí thử" in page and "Khoản nộp trước này không được thu" in page
    assert "10.000" in text(signed_in(found.bundle.filer).get("/thanh-toan/"))
    told = Message.objects.filter(recipient=found.bundle.filer, kind="payment.refund_due")
    assert told.values("dedupe_key").distinct().count() == 2


def signed_in_leader(found: Costly) -> Client:
    user = factories.official_actor(found.here, ActorKind.LEADER).user
    return signed_in(with_second_factor(user))


def test_a_decision_without_the_charge_gives_it_back(found: Costly) -> None:
    order = pay_all(found.bundle)
    second_filed(found, not_charged="Miễn theo diện")
    assert ahead.give_back() == 1 and refunds_due() == [(8000, RefundReason.NOT_ASKED)]
    assert order.lines.get(charge="charge_1.000001").paid_ahead.returned_at is not None


def test_money_for_a_part_that_ended_on_the_way_is_not_held(found: Costly) -> None:
    order = order_for(found.bundle, with_later=True)
    services.refuse_intake(found.first.code or "", actor=factories.official_actor(found.here), reason="Sai nơi nộp")
    tell_vnpay(vnpay_fields(order))
    assert refunds_due() == [(8000, RefundReason.NOT_OWED), (10000, RefundReason.NOT_OWED)]
    assert PaidAhead.objects.get().amount_vnd == 5000 and not Receipt.objects.exists()


def test_what_was_asked_on_the_way_is_settled_as_due(found: Costly) -> None:
    order = order_for(found.bundle, with_later=True)
    ask(found.first, found.here)
    tell_vnpay(vnpay_fields(order))
    assert Dossier.objects.get(pk=found.first.pk).state == DossierState.ACCEPTED
    assert found.first.events.filter(name="dossier.paid").count() == 1
    assert PaidAhead.objects.filter(part__node="first").count() == 0 and not Refund.objects.exists()


def test_what_is_paid_ahead_is_offered_no_more_and_named_so(found: Costly) -> None:
    pay_all(found.bundle)
    client = signed_in(found.bundle.filer)
    page = text(client.get(f"/lien-thong/{found.bundle.public_id}/"))
    assert "đã nộp trước" in page and "Nộp tất cả" not in page
    pay = client.get(f"/thanh-toan/lien-thong/{found.bundle.public_id}/")
    assert "Hiện không phải nộp gì" in text(pay)
    assert client.post(f"/thanh-toan/lien-thong/{found.bundle.public_id}/", {"what": "tat-ca-0"}).status_code == 409
    assert "Đã nộp trước" in text(client.get(f"/ho-so/{found.first.code}/"))


def test_only_known_charges_of_offices_here_are_foreseen(found: Costly) -> None:
    FeeRule.objects.filter(charge=f"charge_{SECOND}").update(amount_vnd=None)
    Dossier.objects.filter(pk=found.third.pk).update(handled_by=factories.make_client(found.there))
    assert order_for(found.bundle, with_later=True).amount_vnd == 8000


def test_the_database_holds_one_payment_ahead_a_charge(found: Costly) -> None:
    pay_all(found.bundle)
    row = PaidAhead.objects.first()
    assert row is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        PaidAhead.objects.create(part=row.part, charge=row.charge, amount_vnd=1, collector=row.collector, reference="x")
    ask(found.first, found.here)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaidAhead.objects.exclude(obligation=None).update(returned_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_asking_and_giving_back_in_the_same_moment_do_one_of_both() -> None:
    found = costly()
    pay_all(found.bundle)
    desk = factories.official_actor(found.here)
    services.accept(found.first.code or "", actor=desk)
    lines = charging.not_asked_for(Dossier.objects.get(pk=found.first.pk))
    charges = [charging.Charge.of(line, line.amount_vnd or 0) for line in lines]
    require = partial(obligations.require_payment, found.first.code or "", actor=desk, charges=charges)

    def end_others() -> None:
        BundlePart.objects.filter(node="third").update(problem="Không nộp được")
        ahead.give_back()

    at_once([require, end_others, ahead.give_back, ahead.give_back])
    assert refunds_due() == [(5000, RefundReason.NOT_ASKED)]
    assert PaidAhead.objects.get(part=part(found.bundle, "first")).obligation is not None
