"""Fees that the sheet names and nobody asked for yet: told on the workbench, offered where payment is asked for."""

import html
import re

import pytest

from dossiers import services
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError
from procedures.models import FeeRule
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import filed_with_a_fee, put_to_work
from tests.dossiers.dossier_pages import page_of
from tests.dossiers.filing_pages import signed_in

pytestmark = pytest.mark.django_db


def test_a_fee_without_an_amount_that_nobody_asked_for_is_not_called_waived(office: Office) -> None:
    dossier = filed_with_a_fee(None)
    Dossier.objects.filter(pk=dossier.pk).update(state="decided", finished_at=dossier.submitted_at)
    page = html.unescape(office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode())
    assert "Chưa rõ mức, không yêu cầu nộp qua Cổng" in page and "Không thu<" not in page


@pytest.mark.parametrize(("fees", "ticked"), [(1, True), (2, False)])
def test_the_only_fee_to_ask_for_is_ticked(office: Office, fees: int, ticked: bool) -> None:
    version = factories.make_version()
    for position in range(fees):
        told = {"key": f"f{position}", "charge": f"f{position}", "name": f"Phí {position}", "payable_on": "acceptance"}
        FeeRule.objects.create(version=version, position=position, **factories.fee_fields(8000) | told)
    dossier = factories.file_dossier(version=version)
    page = office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/buoc/require-payment/").content.decode()
    boxes = re.findall(r'<input[^>]*name="check_[0-9]"[^>]*>', page)
    assert ["checked" in box for box in boxes] == [ticked] * fees


def test_a_fee_that_nobody_asked_for_stands_on_the_workbench_until_somebody_does(office: Office) -> None:
    dossier = filed_with_a_fee()
    desk, bench = office.browser("desk"), f"/quan-tri/ho-so/{dossier.code}/"
    page = desk.get(bench).content.decode()
    assert "khoản phí, lệ phí chưa yêu cầu nộp" in page and "Lệ phí đăng ký" in page and "8.000" in page
    asked = desk.get(f"{bench}buoc/require-payment/").content.decode()
    sequence = re.search(r'name="sequence" value="([0-9]+)"', asked)
    assert sequence is not None
    sent = {"sequence": sequence[1], "check_0": "on", "amount_0": "8000"}
    assert desk.post(f"{bench}buoc/require-payment/", sent).status_code == 302
    assert "chưa yêu cầu nộp" not in desk.get(bench).content.decode()


@pytest.mark.parametrize(
    ("amount", "payable_on", "is_ours", "is_told"),
    [(8000, "acceptance", True, True), (0, "acceptance", True, False), (8000, "result", True, False)]
    + [(8000, "acceptance", False, False)],
    ids=["open", "free", "paid with the result", "another system decides"],
)
def test_only_a_fee_that_the_desk_has_to_ask_for_is_told_as_open(
    office: Office, amount: int, payable_on: str, is_ours: bool, is_told: bool
) -> None:
    dossier = filed_with_a_fee(amount, payable_on)
    if not is_ours:
        Dossier.objects.filter(pk=dossier.pk).update(handled_by=factories.make_client(office.agency))
    page = office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert ("khoản phí, lệ phí chưa yêu cầu nộp" in page) == is_told


def test_whoever_accepts_or_proposes_reads_which_fee_is_open(office: Office) -> None:
    dossier = filed_with_a_fee()
    bench = f"/quan-tri/ho-so/{dossier.code}/"
    words = "Chưa yêu cầu nộp: Lệ phí đăng ký, 8.000"
    assert words in office.browser("desk").get(bench).content.decode()
    put_to_work(office, dossier)
    assert words in office.browser("specialist").get(f"{bench}buoc/propose/").content.decode()


def test_a_decision_without_a_foretold_fee_says_why_and_it_stays_readable(office: Office) -> None:
    dossier = filed_with_a_fee()
    code, bench = put_to_work(office, dossier), f"/quan-tri/ho-so/{dossier.code}/"
    why = "Hộ nghèo, được miễn."
    services.propose(code, actor=Actor(ActorKind.AGENCY, office.specialist, office.agency), not_charged=why)
    leader, step = office.browser("leader"), f"{bench}buoc/approve/"
    form = leader.get(step).content.decode()
    assert why in form, "what the specialist said is there to be taken over"
    sequence = re.search(r'name="sequence" value="([0-9]+)"', form)
    assert sequence is not None
    refused = leader.post(step, {"sequence": sequence[1], "not_charged": ""})
    assert refused.status_code == 422 and "Hãy ghi vì sao không thu" in refused.content.decode()
    with pytest.raises(InvalidInputError):
        services.approve(code, actor=Actor(ActorKind.LEADER, office.leader, office.agency))
    assert leader.post(step, {"sequence": sequence[1], "not_charged": why}).status_code == 302
    for page in (leader.get(bench).content.decode(), page_of(dossier).content.decode()):
        assert "Lệ phí đăng ký" in page and f"Lý do không thu: {why}" in page
    english = signed_in(dossier.filer).get(f"/en/ho-so/{code}/").content.decode()
    assert f'<span lang="vi">{why}</span>' in english


def test_a_fee_that_is_paid_with_the_result_needs_no_reason(office: Office) -> None:
    dossier = filed_with_a_fee(payable_on="result")
    code = put_to_work(office, dossier)
    page = office.browser("leader").get(f"/quan-tri/ho-so/{code}/buoc/approve/").content.decode()
    assert 'name="not_charged"' not in page
