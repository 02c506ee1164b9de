"""The e-receipt: numbers without gaps, and a PDF that says what the law asks."""

from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from datastore.models import Document
from datastore.results import signing
from payments import receipts
from payments.models import Receipt, ReceiptCounter
from payments.tasks import write_receipts
from tests import annex
from tests.archives import archive_file
from tests.at_once import at_once
from tests.payments.situations import open_order, owing_dossier, pdf_bytes, pdf_text, tell_vnpay, vnpay_fields

pytestmark = pytest.mark.django_db


def paid_receipt(fee_vnd: int = 8000) -> Receipt:
    order = open_order(owing_dossier(fee_vnd))
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    return Receipt.objects.get(order=order)


def test_pdf_says_what_the_law_asks() -> None:
    receipt = paid_receipt(1_005_021)
    agency = receipt.agency
    agency.tax_code = "0100109106"
    agency.save()
    write_receipts()
    text = pdf_text(receipt)
    year = f"{receipt.issued_at:%y}"
    for words in (
        "BIÊN LAI THU PHÍ, LỆ PHÍ",
        "Mẫu số: EBL01",
        f"Ký hiệu: {year}TAA",
        "Số: 00000001",
        agency.name,
        str(receipt.order.payer),
        str(receipt.order.dossier.code),
        "Lệ phí thử",
        "Lệ phí",
        "1.005.021 đ",
        "Một triệu không trăm linh năm nghìn không trăm hai mươi mốt đồng",
        receipt.order.gateway_transaction,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        f"Đã ký số bởi {agency.name}",
        "/xm/tep/",
    ):
        assert words in text, words
    assert "Chưa có" in text, "what the collecting body was called and coded when the money came stays"


def test_pdf_is_signed_over_the_whole_file_and_made_for_archives() -> None:
    receipt = paid_receipt()
    write_receipts()
    check = signing.check_pdf(pdf_bytes(receipt))
    assert check.is_valid
    archive_file(pdf_bytes(receipt))


def test_pdf_has_the_sheet_of_administrative_papers() -> None:
    receipt = paid_receipt()
    write_receipts()
    pdf, agency = pdf_bytes(receipt), receipt.agency
    above = agency.parent.name if agency.parent else ""
    day = f"{timezone.localtime(receipt.issued_at):ngày %d tháng %m năm %Y}"
    place = agency.unit.name if agency.unit else ""
    annex.holds(pdf, agency=agency.name, parent=above, place=place, day=day, title="Biên lai thu phí, lệ phí")


def test_receipt_lies_in_the_payers_store_and_is_hers_alone(client: Client) -> None:
    receipt = paid_receipt()
    write_receipts()
    receipt.refresh_from_db()
    document = receipt.document
    assert document is not None
    assert (document.owner, document.trust, document.is_listed) == (receipt.order.payer, "A", False)
    assert document.dossier_code == receipt.order.dossier.code and document.number == str(receipt)


def test_receipt_is_drawn_once_however_often_the_worker_wakes() -> None:
    receipt = paid_receipt()
    write_receipts()
    Receipt.objects.update(work_state="pending", next_try_at=timezone.now())
    write_receipts()
    receipt.refresh_from_db()
    assert receipt.work_state == "done"
    assert Document.objects.filter(type__code=receipts.DOCUMENT_TYPE).count() == 1


def test_receipt_that_cannot_be_drawn_says_why_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = paid_receipt()

    def broken(*_args: Any, **_more: Any) -> bytes:
        raise FileNotFoundError("font is missing")

    monkeypatch.setattr(receipts.rendering, "render_pdf", broken)
    write_receipts()
    receipt.refresh_from_db()
    assert receipt.work_state == "pending" and "FileNotFoundError" in receipt.last_error
    assert "font is missing" not in receipt.last_error, "an error's own text may hold anything"


def test_numbers_count_up_per_collecting_body() -> None:
    assert [paid_receipt().number for _turn in range(3)] == [1, 2, 3]
    assert ReceiptCounter.objects.get().last_number == 3


@pytest.mark.parametrize(
    ("moment", "symbol"),
    [("2026-12-31T16:59:00Z", "26TAA"), ("2026-12-31T17:01:00Z", "27TAA")],
)
def test_symbol_changes_with_the_year_in_vietnam(moment: str, symbol: str) -> None:
    with time_machine.travel(moment, tick=False):
        assert str(paid_receipt()) == f"{symbol} 00000001"


def test_number_given_in_a_payment_that_fails_is_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    paid_receipt()
    order = open_order(owing_dossier())
    with monkeypatch.context() as patch:
        patch.setattr(receipts, "ring", lambda _task: 1 / 0)
        assert tell_vnpay(vnpay_fields(order))["RspCode"] == "99"
    assert tell_vnpay(vnpay_fields(order))["RspCode"] == "00"
    assert Receipt.objects.get(order=order).number == 2


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_many_pay_at_once() -> None:
    orders = [open_order(owing_dossier()) for _turn in range(6)]
    at_once([partial(tell_vnpay, vnpay_fields(order)) for order in orders])
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_database_refuses_the_same_number_twice() -> None:
    first, second = paid_receipt(), paid_receipt()
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=second.pk).update(number=first.number)


@pytest.mark.parametrize("change", [{"number": 0}, {"number": 100_000_000}, {"amount_vnd": 0}])
def test_database_refuses_impossible_receipts(change: dict[str, int]) -> None:
    receipt = paid_receipt()
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(**change)


def test_database_refuses_to_settle_an_obligation_twice() -> None:
    dossier = owing_dossier()
    first, second = open_order(dossier), open_order(dossier, is_fresh=True)
    first.lines.update(has_settled=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.lines.update(has_settled=True)
