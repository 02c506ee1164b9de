"""The till at the end of the day: every cash receipt is counted once, a difference needs its reason."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from payments import cash, services
from payments.models import CashPayout, CashTaking, PaymentOrder, Refund, TillClosing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Membership, MembershipRole
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import owed_back
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
TILL = "/quan-tri/tai-quay/quy/"


@pytest.fixture
def cashier(office: Office) -> Actor:
    """The desk's official, who may take cash."""
    Membership.objects.filter(user=office.desk).update(takes_cash=True)
    return Actor(kind=ActorKind.DESK, user=office.desk, agency=office.agency, name="Phạm Thị Quầy")


def take(cashier: Actor) -> None:
    known = ProcedureVersion.objects.filter(procedure__code="1.000009").first()
    version = known or factories.make_version("1.000009", fee_vnd=8000, needs_paper=False)
    dossier = factories.file_dossier(version=version)
    key = services.new_reference(timezone.now())
    cash.take(dossier.code or "", actor=cashier, key=key, amount_vnd=8000)


def close(office: Office, **data: Any) -> Any:
    shown = {"agency": str(office.agency.pk), "shown": "8000", "counted_vnd": "8000", "reason": ""}
    return office.browser("desk").post(TILL, {**shown, **data})


def test_what_was_taken_is_counted_once(office: Office, cashier: Actor) -> None:
    take(cashier)
    page = text(office.browser("desk").get(TILL))
    assert "Theo biên lai phải có 8.000" in page
    assert close(office).status_code == 302
    closing = TillClosing.objects.get()
    assert (closing.expected_vnd, closing.counted_vnd, closing.receipts, closing.cashier) == (
        8000,
        8000,
        1,
        office.desk,
    )
    assert CashTaking.objects.get().closing == closing
    assert close(office).status_code == 409  # the second press, or the page of before
    assert TillClosing.objects.count() == 1
    assert text(office.browser("leader").get(TILL)).count("Phạm Thị Quầy") == 1


def test_a_difference_needs_its_reason_and_an_old_page_counts_nothing(office: Office, cashier: Actor) -> None:
    take(cashier)
    refused = close(office, counted_vnd="7000")
    assert refused.status_code == 422 and "Tiền đếm được khác biên lai." in text(refused)
    assert 'value="7000"' in refused.content.decode()  # what was typed stays
    changed = close(office, shown="4000")
    assert changed.status_code == 409 and "quỹ nay là 8.000" in text(changed)
    assert close(office, counted_vnd="bảy", shown="x").status_code == 422
    assert close(office, counted_vnd="7000", reason="Trả lại thừa 1.000 đồng.").status_code == 302
    closing = TillClosing.objects.get()
    assert (closing.difference_vnd, closing.reason) == (-1000, "Trả lại thừa 1.000 đồng.")
    with pytest.raises(IntegrityError), transaction.atomic():
        TillClosing.objects.filter(pk=closing.pk).update(reason="")


def test_what_was_counted_is_read_as_people_write_it(office: Office, cashier: Actor) -> None:
    take(cashier)
    assert close(office, counted_vnd="8.000").status_code == 302
    assert TillClosing.objects.get().counted_vnd == 8000


def test_each_agency_has_a_till_of_its_own(office: Office, cashier: Actor) -> None:
    other = factories.make_other_agency()
    take(cashier)
    PaymentOrder.objects.update(agency=other)
    take(cashier)
    assert other.name in text(office.browser("desk").get(TILL))
    assert close(office).status_code == 409  # this one's turn comes after
    elsewhere = str(other.pk)
    assert close(office, agency=elsewhere).status_code == 302
    assert close(office, agency=elsewhere).status_code == 409, "the same sum waits in the next till"
    assert close(office).status_code == 302
    closed = TillClosing.objects.order_by("pk").values_list("agency", "expected_vnd", "receipts")
    assert list(closed) == [(other.pk, 8000, 1), (office.agency.pk, 8000, 1)]


def test_who_takes_cash_by_a_post_above_hands_it_back_too(office: Office) -> None:
    above = office.agency.parent
    assert above is not None
    person = factories.make_official(above, MembershipRole.DESK, "Lê Thị Thu Ngân")
    Membership.objects.filter(user=person).update(takes_cash=True)
    take(Actor(kind=ActorKind.DESK, user=person, agency=above, name="Lê Thị Thu Ngân"))
    sheet = f"/quan-tri/hoan-tien/{owed_back().pk}/"
    leader = office.browser("leader")
    assert f'value="{person.pk}"' in leader.get(sheet).content.decode()
    assert leader.post(sheet, {"voucher_number": "PC 1", "paid_from": str(person.pk)}).status_code == 302
    assert CashPayout.objects.get().cashier == person


def test_a_refund_in_cash_leaves_the_till_with_a_line_of_its_own(office: Office, cashier: Actor) -> None:
    for _order in range(2):
        take(cashier)
    refund = owed_back()
    sheet = f"/quan-tri/hoan-tien/{refund.pk}/"
    leader = office.browser("leader")
    paid = {"voucher_number": "PC 12", "paid_from": str(office.desk.pk)}
    assert leader.post(sheet, {**paid, "paid_from": str(office.leader.pk)}).status_code == 422  # no till of hers
    Refund.objects.update(amount_vnd=16001)
    refused = leader.post(sheet, paid)
    assert refused.status_code == 422 and "chỉ có 16.000" in text(refused)
    Refund.objects.update(amount_vnd=8000)
    with CaptureQueriesContext(connection) as asked:
        assert leader.post(sheet, paid).status_code == 302
    locks = [sql for query in asked if " FOR " in (sql := query["sql"]) and 'FROM "accounts_user"' in sql]
    # the refund names the leader; where it is her own till, a stronger lock would wait for her other window
    assert locks and all(sql.endswith("FOR NO KEY UPDATE") for sql in locks)
    assert "quỹ của Phạm Thị Quầy" in text(leader.get(sheet))
    assert Message.objects.filter(kind="payment.refunded", subject__contains="tiền mặt").exists()
    page = text(office.browser("desk").get(TILL))
    assert "Theo biên lai phải có 8.000" in page and "phiếu chi PC 12" in page and "−8.000" in page
    assert close(office, shown="16000", counted_vnd="16000").status_code == 409
    assert close(office).status_code == 302
    closing = TillClosing.objects.get()
    assert (closing.expected_vnd, closing.paid_out_vnd, closing.receipts) == (8000, 8000, 2)
    assert CashPayout.objects.get().closing == closing
    lines = b"".join(leader.get("/quan-tri/tai-quay/quy.csv").streaming_content).decode("utf-8-sig")
    amounts = {row["Số chứng từ"]: int(row["Số tiền"]) for row in csv.DictReader(StringIO(lines))}
    assert amounts.pop("PC 12") == -8000 and list(amounts.values()) == [8000, 8000]
