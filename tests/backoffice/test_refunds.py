"""Money that has to go back: the agency lists it, its leader records the transfer once, the payer hears of it."""

import threading
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from dossiers import forwarding
from payments import refunds
from payments.models import PaymentOrder, Refund
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import owed_back
from tests.payments import situations

LIST = "/quan-tri/hoan-tien/"


def listed(browser: Client) -> str:
    """The list as it is read: codes may break after their dashes."""
    return browser.get(LIST).content.decode().replace("<wbr>", "")


@pytest.mark.django_db
def test_a_leader_records_the_transfer(office: Office) -> None:
    refund = owed_back()
    leader = office.browser("leader")
    listed = leader.get(LIST).content.decode()
    assert "Khoản này đã được nộp bằng giao dịch khác" in listed and "8.000" in listed
    sheet = leader.get(f"{LIST}{refund.pk}/").content.decode()
    assert refund.order.reference in sheet and "Tám nghìn đồng" in sheet and "data-print" in sheet
    response = leader.post(f"{LIST}{refund.pk}/", {"voucher_number": "  FT26332\u200b00012 "})
    assert response.status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.voucher_number, refund.done_by) == ("done", "FT2633200012", office.leader)
    event = refund.order.dossier.events.latest()
    assert (event.name, event.actor_user, event.data["amount_vnd"]) == ("dossier.refunded", office.leader, 8000)
    assert Message.objects.filter(recipient=refund.order.payer, kind="payment.refunded", channel="inbox").count() == 1
    assert "FT2633200012" in leader.get(f"{LIST}?da-hoan=1").content.decode()
    assert "FT2633200012" in leader.get(f"{LIST}{refund.pk}/").content.decode()
    again = leader.post(f"{LIST}{refund.pk}/", {"voucher_number": "KHAC"}, follow=True)
    assert "Khoản này đã được hoàn" in again.content.decode()
    refund.refresh_from_db()
    assert refund.voucher_number == "FT2633200012"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["desk", "specialist"])
def test_others_of_the_agency_read_and_do_not_record(office: Office, who: str) -> None:
    refund = owed_back()
    browser = office.browser(who)
    assert "voucher_number" not in browser.get(f"{LIST}{refund.pk}/").content.decode()
    assert browser.post(f"{LIST}{refund.pk}/", {"voucher_number": "FT1"}).status_code == 403
    refund.refresh_from_db()
    assert refund.state == "due"


@pytest.mark.django_db
def test_another_agency_sees_nothing_of_it(office: Office) -> None:
    refund = owed_back()
    stranger = office.browser("foreign_desk")
    assert str(refund.order.dossier.code) not in listed(stranger)
    assert stranger.get(f"{LIST}{refund.pk}/").status_code == 404
    assert stranger.post(f"{LIST}{refund.pk}/", {"voucher_number": "FT1"}).status_code == 404
    assert stranger.get(f"{LIST}{10**25}/").status_code == 404
    leader = factories.official_actor(office.foreign_desk.memberships.get().agency, ActorKind.LEADER)
    with pytest.raises(NotFoundError):
        refunds.mark_done(refund.pk, actor=leader, voucher_number="FT1")
    with pytest.raises(NotFoundError):
        refunds.mark_done(0, actor=leader, voucher_number="FT1")
    with pytest.raises(NotAllowedError):
        refunds.mark_done(refund.pk, actor=Actor.citizen(refund.order.payer), voucher_number="FT1")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "   ", "x" * 101, "\u200b", "\x00"])
def test_without_a_usable_reference_nothing_is_recorded(office: Office, typed: str) -> None:
    refund = owed_back()
    response = office.browser("leader").post(f"{LIST}{refund.pk}/", {"voucher_number": typed})
    assert response.status_code == 422
    assert 'href="#id_voucher_number"' in response.content.decode()
    refund.refresh_from_db()
    assert refund.state == "due"


@pytest.mark.django_db
def test_one_transfer_pays_one_refund(office: Office) -> None:
    leader = factories.official_actor(office.agency, ActorKind.LEADER)
    first, second = owed_back(), owed_back()
    refunds.mark_done(first.pk, actor=leader, voucher_number="FT1")
    with pytest.raises(InvalidInputError):
        refunds.mark_done(second.pk, actor=leader, voucher_number="FT1")
    for wrong in ({"voucher_number": "FT1", "done_by": office.leader}, {"voucher_number": "FT2"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.filter(pk=second.pk).update(state="done", done_at=timezone.now(), **wrong)


@pytest.mark.django_db
def test_after_a_move_the_money_stays_with_who_collected_it(office: Office) -> None:
    refund = owed_back()
    code = refund.order.dossier.code or ""
    other = office.foreign_desk.memberships.get().agency
    forwarding.forward(code, actor=factories.official_actor(office.agency), agency=other, reason="Sai nơi.")
    leader, stranger = office.browser("leader"), office.browser("foreign_desk")
    assert code in listed(leader) and office.agency.name in listed(leader)
    sheet = leader.get(f"{LIST}{refund.pk}/").content.decode()
    assert office.agency.name in sheet and other.name in sheet and "Hồ sơ nay ở" in sheet
    assert code not in listed(stranger)
    assert stranger.get(f"{LIST}{refund.pk}/").status_code == 404
    with pytest.raises(NotFoundError):
        refunds.mark_done(refund.pk, actor=factories.official_actor(other, ActorKind.LEADER), voucher_number="FT1")
    assert leader.post(f"{LIST}{refund.pk}/", {"voucher_number": "FT1"}).status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.done_by, refund.agency) == ("done", office.leader, office.agency)


@pytest.mark.django_db
def test_money_that_comes_after_a_move_was_collected_by_who_made_the_order(office: Office) -> None:
    dossier = situations.owing_dossier()
    orders = [situations.open_order(dossier), situations.open_order(dossier, is_fresh=True)]
    situations.tell_vnpay(situations.vnpay_fields(orders[0]))
    other = office.foreign_desk.memberships.get().agency
    forwarding.forward(
        dossier.code or "", actor=factories.official_actor(office.agency), agency=other, reason="Sai nơi."
    )
    situations.tell_vnpay(situations.vnpay_fields(orders[1]))
    assert Refund.objects.get(order=orders[1]).agency == office.agency
    assert orders[0].receipt.agency == office.agency


@pytest.mark.django_db
def test_two_agencies_may_use_the_same_reference_one_may_not(office: Office) -> None:
    first, second, third = owed_back(), owed_back(), owed_back()
    other = office.foreign_desk.memberships.get().agency
    Refund.objects.filter(pk=second.pk).update(agency=other)
    here = factories.official_actor(office.agency, ActorKind.LEADER)
    refunds.mark_done(first.pk, actor=here, voucher_number="FT1")
    refunds.mark_done(second.pk, actor=factories.official_actor(other, ActorKind.LEADER), voucher_number="FT1")
    with pytest.raises(InvalidInputError):
        refunds.mark_done(third.pk, actor=here, voucher_number="FT1")


@pytest.mark.django_db
def test_a_refund_of_the_release_before_is_found_by_its_dossier(office: Office) -> None:
    refund = owed_back()
    Refund.objects.update(agency=None)
    PaymentOrder.objects.update(agency=None)
    assert str(refund.order.dossier.code) in listed(office.browser("leader"))
    assert office.browser("leader").post(f"{LIST}{refund.pk}/", {"voucher_number": "FT1"}).status_code == 302


@pytest.mark.django_db
def test_rows_of_before_are_given_who_collected(office: Office) -> None:
    refund = owed_back()
    other = office.foreign_desk.memberships.get().agency
    forwarding.forward(
        refund.order.dossier.code or "",
        actor=factories.official_actor(office.agency),
        agency=other,
        reason="Sai nơi.",
    )
    Refund.objects.update(agency=None)
    PaymentOrder.objects.update(agency=None)
    import_module("payments.migrations.0003_who_collected").name_collectors(apps, None)
    refund.refresh_from_db()
    assert refund.agency == office.agency
    assert set(PaymentOrder.objects.values_list("agency__code", flat=True)) == {office.agency.code}


@pytest.mark.django_db(transaction=True)
def test_two_leaders_at_once_record_it_once() -> None:
    refund = owed_back()
    leaders = [factories.official_actor(refund.order.dossier.agency, ActorKind.LEADER) for _number in range(2)]
    both_ready, outcomes = threading.Barrier(2), []

    def record(actor: Any, reference: str) -> None:
        both_ready.wait(10)
        try:
            refunds.mark_done(refund.pk, actor=actor, voucher_number=reference)
            outcomes.append("recorded")
        except ConflictError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=record, args=pair) for pair in zip(leaders, ("FT1", "FT2"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["recorded", "told"]
    assert refund.order.dossier.events.filter(name="dossier.refunded").count() == 1
