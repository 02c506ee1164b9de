"""Dossiers as far as a test of the back office needs them, results that cost nothing to draw, and steps pressed."""

import html
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from datastore import services as store
from datastore.models import Credential, Document, TrustLevel
from datastore.results import keys
from dossiers import charging, consultation, handing_over, obligations, results, services, withdrawal
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ResultIssue
from payments.models import Refund
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, MembershipRole
from portal.core.calendar import WorkCalendar
from procedures.models import FeeRule
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.payments import situations

S = DossierState
OPENS = {"mo-lai": "1"}
"""The button by which a procedure takes dossiers again."""


def next_day(days: int = 10) -> str:
    """A working day some days from now, as the date field sends it."""
    return WorkCalendar.national().this_or_next_working_day(timezone.localdate() + timedelta(days=days)).isoformat()


WHAT_IS_TYPED: dict[str, dict[str, str]] = {
    "refuse_intake": {"reason": "Không thuộc thẩm quyền."},
    "request_supplement": {"check_0": "on", "text_0": "Chụp lại cho rõ.", "reason": "Ảnh mờ."},
    "require_payment": {"own_description": "Lệ phí", "own_kind": "le_phi", "own_amount": "8000"},
    "refuse_withdrawal": {"reason": "Đã có kết quả."},
    "stop": {"reason": "Quá hạn bổ sung."},
    "propose": {"reason": "Đủ điều kiện."},
    "send_back": {"reason": "Viết lại căn cứ."},
    "return_stage": {"reason": "Kiểm tra lại."},
    "request_consultation": {"agency": "H17.20194", "question": "Có vướng mắc gì không?", "answer_due_on": next_day()},
    "cancel_consultation": {"reason": "Không cần nữa."},
    "extend": {"reason": "Chờ xác minh.", "new_due_on": next_day(40)},
    "forward": {"agency": "H17.20194", "reason": "Nơi cư trú thuộc phường khác."},
    "rebase": {"reason": "Luật mới có lợi hơn.", "legal_basis": "Điều 9 NĐ thử"},
    "revert": {"reason": "Bấm nhầm."},
    "reopen": {"reason": "Dừng nhầm hồ sơ."},
    "revoke_result": {"reason": "Cấp sai.", "legal_basis": "Luật Hộ tịch 2014, Điều 69", "is_understood": "on"},
    "replace_result": {
        "reason": "Ghi sai tên.",
        "legal_basis": "NĐ 30/2020/NĐ-CP, Điều 18",
        "signer_name": "Vũ Minh Lãnh",
        "content": "Ghi chú: bản đúng",
        "is_understood": "on",
    },
    "confirm_draft": {"is_seen": "on"},
    "dispute_draft": {"reason": "Sai nơi sinh."},
    "correct_draft": {"reason": "Theo lời người nộp.", "text_0": "Tên Đúng"},
    "return_result": {"is_printed": "on", "receiver": "self", "checked": "card"},
}


def in_state(state: DossierState) -> Dossier:
    """A dossier brought to a state by the services."""
    dossier = factories.file_dossier()
    code = dossier.code or ""
    agency = dossier.agency
    assert agency is not None
    citizen = Actor.citizen(dossier.filer)  # type: ignore[arg-type] # a citizen filed it
    desk = factories.official_actor(agency)
    specialist = factories.official_actor(agency, ActorKind.AGENCY)
    leader = factories.official_actor(agency, ActorKind.LEADER)
    path: dict[DossierState, list[Any]] = {
        S.SUBMITTED: [],
        S.ACCEPTED: [lambda: services.accept(code, actor=desk)],
    }
    path[S.PROCESSING] = [*path[S.ACCEPTED], lambda: services.start_processing(code, actor=specialist)]
    path[S.AWAITING_SUPPLEMENT] = [
        lambda: services.request_supplement(code, actor=desk, reason="x", defects=[services.Defect("a", "b", "c")])
    ]
    path[S.AWAITING_PAYMENT] = [
        lambda: obligations.require_payment(code, actor=desk, charges=[charging.Charge("phi", "Phí", 1000)])
    ]
    path[S.WITHDRAWAL_REQUESTED] = [
        *path[S.ACCEPTED],
        lambda: withdrawal.request(code, actor=citizen, reason="Nhầm."),
    ]
    path[S.CONSULTING] = [
        *path[S.PROCESSING],
        lambda: consultation.request_consultation(
            code,
            actor=specialist,
            agency=Agency.objects.get(code="H17.20194"),
            question="Hỏi",
            answer_due_on=date.fromisoformat(next_day()),
        ),
    ]
    path[S.DECIDED] = [*path[S.PROCESSING], lambda: services.approve(code, actor=leader)]
    path[S.RETURNED] = [*path[S.DECIDED], lambda: results.issue(ResultIssue.objects.get(dossier=dossier))]
    path[S.REFUSED] = [lambda: services.refuse_intake(code, actor=desk, reason="x")]
    path[S.STOPPED] = [*path[S.ACCEPTED], lambda: services.stop(code, actor=desk, reason="x")]
    for take in path[state]:
        take()
    dossier.refresh_from_db()
    assert dossier.state == state
    return dossier


def drawn(owner: User) -> Document:
    """A result as it lies in the store, for less than drawing one costs."""
    return store.deposit(
        owner=owner, content=factories.png(), name="ket-qua.png", type_code="KQ.TEST", trust=TrustLevel.ISSUED
    )


def proven(document: Document, reference: str) -> Document:
    """Give a drawn result what makes it one of ours, for less than signing costs."""
    digests = {"token": reference, "content_sha256": reference, "pdf_sha256": reference}
    Credential.objects.create(reference=reference, document=document, key=keys.register(), **digests)
    return document


def with_paper(dossier: Dossier, **ordered: Any) -> Dossier:
    """Lay a result into the store of a decided dossier whose applicant ordered paper: as issued, without drawing it."""
    assert dossier.owner is not None
    document = drawn(dossier.owner)
    answers = {**dossier.answers, "result_method": "desk", **ordered}
    Dossier.objects.filter(pk=dossier.pk).update(answers=answers, result_document=document)
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert handing_over.lay_ready(dossier, document)
    return dossier


def press(client: Client, dossier: Dossier, name: str, /, **typed: str) -> Any:
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/{name.replace('_', '-')}/"
    data = {"sequence": str(dossier.last_sequence), **WHAT_IS_TYPED.get(name, {}), **typed}
    return client.post(address, data)


def owed_back() -> Refund:
    """The same dossier paid by two orders: the second one's money goes back."""
    dossier = situations.owing_dossier()
    first = situations.open_order(dossier)
    second = situations.open_order(dossier, is_fresh=True)
    for order in (first, second):
        assert situations.tell_vnpay(situations.vnpay_fields(order))["RspCode"] == "00"
    return Refund.objects.select_related("order__dossier__agency").get(order=second)


def text(response: Any) -> str:
    return response.content.decode().replace("<wbr>", "")


def filed_with_a_fee(amount_vnd: int | None = 8000, payable_on: str = "acceptance") -> Dossier:
    """One whose sheet names a fee that is not paid on filing."""
    version = factories.make_version()
    told = {"key": "f", "charge": "f", "name": "Lệ phí đăng ký", "payable_on": payable_on}
    FeeRule.objects.create(
        version=version, position=0, **factories.fee_fields(8000) | told | {"amount_vnd": amount_vnd}
    )
    return factories.file_dossier(version=version)


def put_to_work(office: Office, dossier: Dossier) -> str:
    """The desk accepts it and the specialist takes it on; its code."""
    code = dossier.code or ""
    services.accept(code, actor=Actor(ActorKind.DESK, office.desk, office.agency))
    services.start_processing(code, actor=Actor(ActorKind.AGENCY, office.specialist, office.agency))
    return code


def shown(page: Any) -> str:
    return html.unescape(page.content.decode())


def browser_at(agency: Agency, role: str = MembershipRole.SPECIALIST) -> Client:
    return signed_in(with_second_factor(factories.make_official(agency, role, f"Người {agency.code} {role}")))
