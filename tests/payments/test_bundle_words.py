"""What pages and desk say of a bundle's money: all of it before filing, what is paid with its receipt, what is held."""

import pytest

from dossiers import services
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.models import MembershipRole
from procedures.models import FeeRule, Procedure
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.dossiers import bundle_situations
from tests.dossiers.bundle_situations import FIRST, WHOLE
from tests.dossiers.filing_pages import signed_in, text
from tests.payments.bundle_situations import COSTS, Costly, both_ask, pay_all

pytestmark = pytest.mark.django_db


def test_the_cost_of_the_whole_and_its_time_are_told_before_the_last_button() -> None:
    version = bundle_situations.linked()
    version.procedure.bundle.definition = {**bundle_situations.PLAN, "due": [{"working_days": 3}]}
    version.procedure.bundle.save()
    for code, amount_vnd in COSTS.items():
        payable_on = "filing" if code == FIRST else "acceptance"
        fee = {**factories.fee_fields(amount_vnd), "payable_on": payable_on, "charge": f"charge_{code}"}
        FeeRule.objects.create(version=Procedure.objects.get(code=code).current, position=0, **fee)
    draft, actor = bundle_situations.declare(version)
    page = text(signed_in(actor.user).get(f"/nop-ho-so/{WHOLE}/{draft.public_id}/kiem-tra/"))
    assert "Nộp ngay sau khi gửi hồ sơ: 8.000 đ" in page and "Tất cả các hồ sơ: 23.000 đ" in page
    assert "Thời hạn chung 3 ngày làm việc: nộp bây giờ thì xong trước hết" in page
    assert page.count("nộp khi cơ quan tiếp nhận và gửi yêu cầu") == 2


def test_what_was_paid_stays_on_the_page_with_its_receipt(found: Costly) -> None:
    both_ask(found)
    pay_all(found.bundle)
    page = signed_in(found.bundle.filer).get(f"/lien-thong/{found.bundle.public_id}/").content.decode()
    assert "8.000" in page and "đã nộp" in page
    for dossier in (found.first, found.third):
        assert f'href="/thanh-toan/{dossier.code}/bien-lai/"' in page


def test_the_desk_is_not_told_to_ask_for_what_was_paid_ahead(found: Costly) -> None:
    desk = signed_in(with_second_factor(factories.make_official(found.here, MembershipRole.DESK)))
    address = f"/quan-tri/ho-so/{found.first.code}/"
    before = text(desk.get(address))
    assert "Chưa yêu cầu nộp:" in before and "Hãy yêu cầu trước khi trình" in before and "chờ ghi thu" not in before
    pay_all(found.bundle)
    after = text(desk.get(address))
    assert "Đã nộp trước, chờ ghi thu:" in after and "Chưa yêu cầu" not in after
    assert "Hãy yêu cầu trước khi trình" not in after and "Người nộp không phải trả lần nữa" in after


def test_one_press_writes_it_down_and_says_that_nothing_waits(found: Costly) -> None:
    pay_all(found.bundle)
    user = factories.make_official(found.here, MembershipRole.DESK)
    services.accept(found.first.code or "", actor=factories.official_actor(found.here))
    desk = signed_in(with_second_factor(user))
    address = f"/quan-tri/ho-so/{found.first.code}/buoc/require-payment/"
    assert "Ghi thu khoản người nộp đã nộp trước" in text(desk.get(f"/quan-tri/ho-so/{found.first.code}/"))
    form = desk.get(address).context["form"]
    assert form["check_0"].value() is True and form["amount_0"].value() == "8.000"
    sequence = Dossier.objects.get(pk=found.first.pk).last_sequence
    sent = desk.post(address, {"sequence": sequence, "check_0": "on", "amount_0": "8000"}, follow=True)
    assert "Đã ghi thu khoản người nộp đã nộp trước." in text(sent) and "Thời hạn tạm dừng." not in text(sent)
    assert Dossier.objects.get(pk=found.first.pk).state == DossierState.ACCEPTED
