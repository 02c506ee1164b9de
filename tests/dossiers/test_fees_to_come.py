"""A fee that the applicant was told of keeps its story: still to come, asked for, or not charged."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from dossiers import letters, reversal, services
from dossiers.charging import Charge
from dossiers.models import Dossier, ObligationState
from dossiers.obligations import require_payment
from portal.agencies.actors import Actor, ActorKind
from portal.backoffice.forms import FORMS
from portal.core.errors import InvalidInputError
from portal.notifications.models import Message
from procedures.models import FeeRule
from tests import factories
from tests.dossiers.dossier_pages import desk, page_of
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
TO_COME = "hi đến lúc nộp, cơ quan gửi yêu cầu"
"""With a capital or, beside what was asked for, without."""
File = Callable[[int | None], Dossier]


@pytest.fixture
def filed() -> File:
    """File a dossier whose procedure has one fee at acceptance, of an amount or told by the agency."""

    def file(amount: int | None) -> Dossier:
        version = factories.make_version()
        told = {"key": "f", "charge": "f", "name": "Lệ phí thử", "name_en": "Trial fee", "payable_on": "acceptance"}
        FeeRule.objects.create(
            version=version, position=0, **factories.fee_fields(8000) | told | {"amount_vnd": amount}
        )
        return factories.file_dossier(version=version)

    return file


@pytest.mark.parametrize(("amount", "words"), [(8000, "8.000"), (None, "cơ quan thông báo")])
def test_a_fee_still_to_come_stands_on_the_confirmation_and_on_the_dossiers_page(
    filed: File, amount: int | None, words: str
) -> None:
    dossier = filed(amount)
    for suffix in ("", "da-nop/"):
        page = text(page_of(dossier, suffix))
        assert "Lệ phí thử" in page and words in page and TO_COME in page, suffix
    assert "Trial fee" in text(page_of(dossier, prefix="/en"))
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Mấy bản?")
    assert "Lệ phí thử" in text(page_of(dossier)), "it is still to come while she answers"


def test_once_asked_for_it_is_not_foretold_in_any_language(filed: File) -> None:
    dossier = filed(8000)
    require_payment(dossier.code or "", actor=desk(dossier), charges=[Charge("le_phi", "Lệ phí thử", 8000)])
    assert text(page_of(dossier)).count("Lệ phí thử") == 1 and TO_COME not in text(page_of(dossier))
    assert text(page_of(dossier, prefix="/en")).count("Trial fee") == 1


def test_a_fee_with_a_longer_name_than_is_kept_is_not_foretold_once_asked_for() -> None:
    name, version = "Lệ phí thử " + "rất dài " * 50, factories.make_version(fee_vnd=8000)
    version.fees.update(name=name)
    dossier = factories.file_dossier(version=version)
    assert dossier.obligations.get().description == name[:300]
    assert text(page_of(dossier)).count("Lệ phí thử") == 1


def test_a_fee_that_the_official_words_herself_is_the_foretold_one(filed: File) -> None:
    dossier = filed(8000)
    page = {"sequence": dossier.last_sequence, "own_description": "Thu theo biên bản", "own_amount": "8000"}
    both = page | {"own_charge": "f", "check_0": "on", "amount_0": "8000"}
    assert "own_charge" in FORMS["require_payment"](both, dossier=dossier, actor=desk(dossier)).errors
    form = FORMS["require_payment"](page | {"own_charge": "f"}, dossier=dossier, actor=desk(dossier))
    assert form.is_valid(), form.errors
    require_payment(dossier.code or "", actor=desk(dossier), **form.arguments())
    shown = text(page_of(dossier))
    assert "Thu theo biên bản" in shown and "Lệ phí thử" not in shown and TO_COME not in shown


def test_a_request_that_was_taken_back_leaves_the_fee_to_be_asked_for(filed: File) -> None:
    dossier = filed(8000)
    code, asker = dossier.code or "", desk(dossier)
    require_payment(code, actor=asker, charges=[Charge("le_phi", "Lệ phí thử", 8, charge="f")])
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    reversal.revert(code, actor=leader, reason="Ghi thiếu ba số không.")
    dossier.refresh_from_db()
    form = FORMS["require_payment"](dossier=dossier, actor=asker)
    assert [line.charge for line in form.lines] == ["f"] and "Lệ phí thử" in text(page_of(dossier))
    require_payment(code, actor=asker, charges=[Charge("le_phi", "Lệ phí thử", 8000, charge="f")])
    assert dossier.obligations.get(state=ObligationState.DUE).amount_vnd == 8000


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("8000", 8000), ("8.000", 8000), ("8,000 đ", 8000), ("1.250.000", 1_250_000), ("12.500", 12_500)],
)
def test_an_amount_is_read_as_people_write_it(filed: File, typed: str, amount: int) -> None:
    dossier = filed(8000)
    page = {"sequence": dossier.last_sequence, "check_0": "on", "amount_0": typed}
    form = FORMS["require_payment"](page, dossier=dossier, actor=desk(dossier))
    assert form.is_valid() and [charge.amount_vnd for charge in form.charges] == [amount]


@pytest.mark.parametrize("typed", ["8.00", "8.0", "0", "-8.000", "8,5", "tám nghìn", "1e6", "٨٠٠٠", "9" * 40])
def test_what_is_no_amount_is_asked_for_again(filed: File, typed: str) -> None:
    dossier = filed(8000)
    page = {"sequence": dossier.last_sequence, "check_0": "on", "amount_0": typed}
    form = FORMS["require_payment"](page, dossier=dossier, actor=desk(dossier))
    assert not form.is_valid() and "amount_0" in form.errors


def test_a_published_charge_is_asked_for_once(filed: File) -> None:
    dossier, charge = filed(8000), Charge("le_phi", "Lệ phí thử", 8000, charge="f")
    with pytest.raises(InvalidInputError):
        require_payment(dossier.code or "", actor=desk(dossier), charges=[charge, charge])
    require_payment(dossier.code or "", actor=desk(dossier), charges=[charge])
    for again in (charge, replace(charge, description="Khác")):
        with pytest.raises(InvalidInputError):
            require_payment(dossier.code or "", actor=desk(dossier), charges=[again])
    owed = dossier.obligations.get()
    owed.pk = None
    with pytest.raises(IntegrityError, match="one_request_per_charge"), transaction.atomic():
        owed.save(force_insert=True)
    dossier.obligations.update(state=ObligationState.CANCELLED)
    owed.save(force_insert=True)


@pytest.mark.parametrize(("amount", "words"), [(8000, "8.000 đ"), (None, "mức thu do cơ quan thông báo")])
def test_letters_and_the_mail_of_acceptance_name_a_fee_still_to_come(
    filed: File, amount: int | None, words: str
) -> None:
    dossier = filed(amount)
    services.accept(dossier.code or "", actor=desk(dossier))
    for letter in dossier.letters.select_related("event"):
        told = render_to_string(
            f"dossiers/letters/{letter.kind}.html", {**letters.context(letter, dossier), "title": ""}
        )
        assert "Lệ phí thử" in told and "; chưa phải nộp" in told, letter.kind
    for kind in ("dossier.submitted", "dossier.accepted"):
        mail = Message.objects.get(kind=kind, channel="inbox")
        assert f"Lệ phí thử, {words}. Cơ quan gửi yêu cầu" in mail.body, kind


def test_the_mail_of_receipt_does_not_call_what_is_paid_at_filing_still_to_come() -> None:
    dossier = factories.file_dossier(version=factories.make_version(fee_vnd=8000))
    assert dossier.obligations.get().amount_vnd == 8000
    assert "chưa phải nộp" not in Message.objects.get(kind="dossier.submitted", channel="inbox").body


@pytest.mark.parametrize(("amount", "why"), [(8000, "Hộ nghèo, miễn theo NQ 1/2026."), (None, "")])
def test_the_mail_of_the_result_says_that_a_fee_told_before_is_not_charged(
    filed: File, amount: int | None, why: str
) -> None:
    dossier = filed(amount)
    code, leader = dossier.code or "", factories.official_actor(dossier.agency, ActorKind.LEADER)
    services.accept(code, actor=desk(dossier))
    services.start_processing(code, actor=factories.official_actor(dossier.agency, ActorKind.AGENCY))
    services.approve(code, actor=leader, not_charged=why)
    assert not Message.objects.filter(body__contains="nay không thu").exists()
    services.return_result(code, actor=Actor.system())
    mail = Message.objects.get(kind="dossier.returned", channel="inbox")
    assert "Phí, lệ phí đã báo, nay không thu: Lệ phí thử." in mail.body
    assert (f"Lý do: {why}" in mail.body) if why else ("Lý do" not in mail.body)
    outside = Message.objects.get(kind="dossier.returned", channel="email").body
    assert "nay không thu: Lệ phí thử." in outside and "Lý do" not in outside, "her words stay here"


def test_who_has_to_pay_reads_how_much_and_for_what(filed: File) -> None:
    dossier = filed(8000)
    require_payment(dossier.code or "", actor=desk(dossier), charges=[Charge("le_phi", "Lệ phí thử", 8000, charge="f")])
    told = Message.objects.get(kind="dossier.payment_required", channel="inbox")
    assert "8.000 đ" in told.subject and "Lệ phí thử: 8.000 đ" in told.body
    page = text(page_of(dossier, "da-nop/"))
    assert "Còn một bước: nộp 8.000 đ" in page and "Lệ phí thử. Cơ quan bắt đầu" in page


def test_with_the_result_a_fee_that_nobody_asked_for_ends_as_not_charged(filed: File) -> None:
    dossier = filed(None)
    Dossier.objects.filter(pk=dossier.pk).update(state="decided", finished_at=dossier.submitted_at)
    page = text(page_of(dossier))
    assert "không yêu cầu nộp qua Cổng" in page and TO_COME not in page
    Dossier.objects.filter(pk=dossier.pk).update(state="refused")
    assert "Lệ phí thử" not in text(page_of(dossier))
