"""What is paid for an organisation: the receipt names the payer and lies in the organisation's store, nowhere else."""

from importlib import import_module

import pytest
from django.apps import apps

from datastore.models import Document
from dossiers.models import Dossier
from payments.models import PaymentOrder, Receipt
from payments.tasks import write_receipts
from portal.accounts.models import Organisation, OrganisationRole, User
from portal.notifications.models import Message
from tests import factories
from tests.dossiers.filing_pages import signed_in, text
from tests.payments.situations import open_order, owing_dossier, pdf_text, tell_vnpay, vnpay_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    return factories.make_company()


def paid_by(clerk: User, company: Organisation) -> Receipt:
    dossier = owing_dossier(citizen=clerk)
    Dossier.objects.filter(pk=dossier.pk).update(organisation=company)
    order = open_order(Dossier.objects.get(pk=dossier.pk))
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    return Receipt.objects.get(order=order)


def test_it_names_the_organisation_and_who_paid(company: Organisation) -> None:
    receipt = paid_by(factories.make_member(company), company)
    write_receipts()
    told = pdf_text(receipt)
    for words in ("Người nộp Công ty TNHH Mai", "Mã số thuế người nộp 0100109106", "Người nộp thay Lê Thị Văn Thư"):
        assert words in told, words


def test_its_members_find_it_in_its_store_and_who_left_does_not(company: Organisation) -> None:
    clerk = factories.make_member(company)
    accountant = factories.make_member(company, "Kế Toán", OrganisationRole.READER)
    readers = [accountant, factories.make_member(company, "Đồng Nghiệp"), clerk]
    receipt = paid_by(clerk, company)
    write_receipts()
    receipt.refresh_from_db()
    document = receipt.document
    assert document is not None and (document.organisation, document.is_listed) == (company, True)
    store, file = f"/kho-du-lieu/?to-chuc={company.pk}&q=van+thu", f"/kho-du-lieu/{document.pk}/tep/"
    for member in readers:
        browser = signed_in(member)
        assert f"Biên lai thu phí, lệ phí {receipt}" in text(browser.get(store)), "found by who paid"
        sent = browser.get(file, follow=True)
        assert sent.status_code == 200 and b"".join(sent).startswith(b"%PDF")
        assert str(receipt) in text(browser.get("/thanh-toan/"))
        assert str(receipt) not in text(browser.get("/kho-du-lieu/")), "no paper of her own"
    factories.end_membership(clerk)
    browser = signed_in(clerk)
    for address in (
        store,
        file,
        f"/kho-du-lieu/{document.pk}/",
        f"/thanh-toan/ket-qua/vnpay/?vnp_TxnRef={receipt.order}",
    ):
        assert browser.get(address).status_code == 404, address
    assert str(receipt) not in text(browser.get("/thanh-toan/")) and not PaymentOrder.objects.of(clerk).exists()
    assert signed_in(factories.make_citizen("Người Lạ")).get(file).status_code == 404


def test_the_representatives_hear_of_the_receipt_beside_who_paid(company: Organisation) -> None:
    boss = factories.make_member(company, "Giám Đốc", OrganisationRole.REPRESENTATIVE)
    clerk = factories.make_member(company)
    paid_by(clerk, company)
    heard = Message.objects.filter(kind="dossier.paid", channel="inbox")
    assert sorted(heard.values_list("recipient", flat=True)) == sorted([boss.pk, clerk.pk])


def test_receipts_of_before_move_into_its_store(company: Organisation) -> None:
    own = Receipt.objects.get(order=_paid(owing_dossier(9000)))
    theirs = paid_by(factories.make_member(company), company)
    write_receipts()
    Document.objects.update(organisation=None, is_listed=False)
    import_module("payments.migrations.0006_receipts_of_organisations").hand_over(apps, None)
    for receipt, where in ((own, (None, False)), (theirs, (company.pk, True))):
        receipt.refresh_from_db()
        assert receipt.document is not None
        document = Document.objects.get(pk=receipt.document_id)
        assert (document.organisation_id, document.is_listed) == where


def _paid(dossier: Dossier) -> PaymentOrder:
    order = open_order(dossier)
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    return order
