"""Money of a dossier that is filed for another: who pays at the counter, whose receipt it is, who sees it."""

import pytest
from django.utils import timezone

from dossiers import filing, mandates
from dossiers.models import Dossier
from payments import cash, receipts
from payments import services as payments
from payments.models import PaymentOrder, Receipt
from portal.accounts import representations
from portal.accounts.models import Representation, User
from portal.agencies.actors import Actor
from portal.agencies.models import Membership
from tests import factories
from tests.dossiers.filing_pages import signed_in
from tests.dossiers.representation_situations import draft_for, mandate, other_parent

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(mother, held, version):
    return filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))


def paying(clerk: User, held: Representation) -> Dossier:
    version = factories.make_version("1.000009", fee_vnd=8000, needs_paper=False, audience=["citizen"])
    return filing.submit(draft_for(clerk, held, version).public_id, actor=Actor.citizen(clerk))


def take_cash(dossier: Dossier) -> PaymentOrder:
    desk = factories.official_actor(dossier.agency)
    Membership.objects.filter(user=desk.user).update(takes_cash=True)
    key = payments.new_reference(timezone.now())
    order = cash.take(dossier.code or "", actor=desk, key=key, amount_vnd=8000)
    receipts.write(Receipt.objects.get(order=order))
    return order


def test_cash_is_the_principals_once_the_mandate_is_over(principal: User, clerk: User) -> None:
    held = mandate(principal, clerk, may_use_store=False)
    dossier = paying(clerk, held)
    mandates.end(held.public_id, user=principal)
    order = take_cash(dossier)
    receipt = Receipt.objects.select_related("document").get(order=order)
    assert order.payer == principal
    assert (receipt.content["payer_name"], receipt.content["paid_by"]) == ("Lê Văn Chủ", "")
    assert receipt.document is not None and receipt.document.owner == principal
    assert not PaymentOrder.objects.of(clerk).exists()


def test_cash_for_a_child_is_of_the_parent_who_still_represents(mother: User, held: Representation) -> None:
    dossier, father = paying(mother, held), other_parent(held)
    assert payments.payer_of(dossier, factories.official_actor(dossier.agency)) == mother
    representations.end(held.public_id, user=mother)
    assert take_cash(dossier).payer == father


def test_who_paid_sees_her_money_after_the_mandate(principal: User, clerk: User) -> None:
    held = mandate(principal, clerk, may_use_store=False)
    dossier = paying(clerk, held)
    order = PaymentOrder.objects.create(
        reference="X" * 18,
        dossier=dossier,
        payer=clerk,
        agency=dossier.agency,
        gateway="vnpay",
        amount_vnd=8000,
        expires_at=timezone.now(),
    )
    mandates.end(held.public_id, user=principal)
    assert list(PaymentOrder.objects.of(clerk)) == [order]
    assert signed_in(clerk).get("/thanh-toan/").status_code == 200
    assert signed_in(clerk).get(f"/ho-so/{dossier.code}/").status_code == 404, "the dossier stays closed"


def test_payments_follow_the_dossier(dossier, mother, held, child):
    order = PaymentOrder.objects.create(
        reference="X" * 18,
        dossier=dossier,
        payer=mother,
        agency=dossier.agency,
        gateway="demo",
        amount_vnd=8000,
        expires_at=timezone.now(),
    )
    assert list(PaymentOrder.objects.of(mother)) == list(PaymentOrder.objects.of(child)) == [order]
    representations.end(held.public_id, user=mother)
    assert list(PaymentOrder.objects.of(child)) == [order]
    assert list(PaymentOrder.objects.of(mother)) == [order], "it was her money, and may come back to her"
    PaymentOrder.objects.update(payer=child)
    assert not PaymentOrder.objects.of(mother).exists(), "what others pay there is not hers to see any more"
