"""A few dossiers in every state, made by the same services as real ones, with dates relative to today."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from dossiers import (
    attaching,
    bundle_filing,
    charging,
    correspondence,
    draft_checks,
    drafts,
    filing,
    obligations,
    results,
    revocation,
    services,
    withdrawal,
)
from dossiers.facts import facts_of
from dossiers.models import BundleFiling, Dossier, ResultIssue
from dossiers.passage import Occasion
from payments import services as payments
from payments.gateways import registry
from payments.gateways.base import Notice
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Branch
from portal.site.demo import days, lives
from portal.site.demo.answers import sample_answers
from portal.site.demo.files import sample_scan
from portal.site.demo.people import BACK_OFFICE_COMMUNE, back_office_agency
from procedures import access as catalogue
from procedures import eforms

BIRTH, MARITAL, RESIDENCE, BUSINESS = "1.001193", "1.004873", "1.004222", "1.001612"
LINKED_BIRTH = "3.000722"
BIRTH_NOTICE = "000.00.00.G15-KQ004389"
"""The paper of a birth registration whose photograph cannot be read."""
Step = Callable[[str, "Cast", datetime], object]


class Cast:
    """Who acts in the demo: officials of the demo commune by role."""

    def __init__(self, officials: dict[str, User], branch: str) -> None:
        agency = back_office_agency(branch)
        self.calendar = work_calendar(agency)
        police = branch == Branch.POLICE
        names = (
            ("demo.congan", "demo.congan.canbo", "demo.congan.chihuy")
            if police
            else ("demo.motcua", "demo.chuyenvien", "demo.lanhdao")
        )
        users = [officials[name] for name in names]
        self.desk, self.agency, self.leader = (
            Actor(kind=kind, user=user, agency=agency, name=user.display_name)
            for kind, user in zip((ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER), users, strict=True)
        )


def _accept(code: str, cast: Cast, at: datetime) -> object:
    return services.accept(code, actor=cast.desk, occasion=Occasion(at))


def _start(code: str, cast: Cast, at: datetime) -> object:
    return services.start_processing(code, actor=cast.agency, occasion=Occasion(at))


def _start_now(code: str, cast: Cast, at: datetime) -> object:
    """After what happens at its own time, such as a payment, and not days ago."""
    return _start(code, cast, timezone.now())


def _ask(code: str, cast: Cast, at: datetime) -> object:
    text = "Ảnh mờ, không đọc được ngày sinh. Hãy chụp lại cả trang."
    defect = services.Defect(BIRTH_NOTICE, "Giấy chứng sinh", text)
    reason = "Giấy chứng sinh chụp chưa rõ."
    return services.request_supplement(code, actor=cast.desk, reason=reason, defects=[defect], occasion=Occasion(at))


def _refuse(code: str, cast: Cast, at: datetime) -> object:
    reason = "Hồ sơ thuộc thẩm quyền của phường nơi mẹ đang cư trú. Mời nộp lại tại phường đó."
    return services.refuse_intake(code, actor=cast.desk, reason=reason, occasion=Occasion(at))


def _charge(code: str, cast: Cast, at: datetime) -> object:
    charge = charging.Charge("le_phi", "Lệ phí đăng ký hộ kinh doanh", 100_000, "TT 85/2019/TT-BTC")
    return obligations.require_payment(code, actor=cast.desk, charges=[charge], occasion=Occasion(at))


def _pay_twice(code: str, cast: Cast, at: datetime) -> object:
    """The money comes twice, as when somebody pressed again at the bank: the second sum has to go back."""
    dossier = Dossier.objects.select_related("filer").get(code=code)
    assert dossier.filer is not None  # noqa: S101 - a demo dossier is always filed by somebody
    actor, gateway = Actor.citizen(dossier.filer), registry.get("vnpay")
    order, _address = payments.create_order(code, actor=actor, gateway=gateway.name, client_ip="127.0.0.1")
    told = Notice(
        reference=order.reference,
        terminal=gateway.terminal,
        amount_vnd=order.amount_vnd,
        is_paid=True,
        transaction=f"{order.pk:08d}1",
        bank_code="NCB",
    )
    payments.record(gateway, told, {})
    return payments.record(gateway, replace(told, transaction=f"{order.pk:08d}2"), {})


def _withdraw(code: str, cast: Cast, at: datetime) -> object:
    dossier = Dossier.objects.select_related("filer").get(code=code)
    assert dossier.filer is not None  # noqa: S101 - a demo dossier is always filed by somebody
    return withdrawal.request(code, actor=Actor.citizen(dossier.filer), reason="Tôi nộp nhầm thủ tục.")


def _stop(code: str, cast: Cast, at: datetime) -> object:
    return services.stop(code, actor=cast.desk, reason="Người nộp đề nghị không tiếp tục.", occasion=Occasion(at))


def _send_draft(code: str, cast: Cast, at: datetime) -> object:
    return draft_checks.send_draft(code, actor=cast.agency, occasion=Occasion(at))


def _confirm_draft(code: str, cast: Cast, at: datetime) -> object:
    dossier = Dossier.objects.select_related("filer").get(code=code)
    assert dossier.filer is not None  # noqa: S101 - a demo dossier is always filed by somebody
    return draft_checks.confirm_draft(code, actor=Actor.citizen(dossier.filer), occasion=Occasion(at))


def _approve(code: str, cast: Cast, at: datetime) -> object:
    decision = services.Decision(signer_name=cast.leader.name, signer_title="Phó Chủ tịch")
    return services.approve(code, actor=cast.leader, decision=decision, occasion=Occasion(at))


def _issue(code: str, cast: Cast, at: datetime) -> None:
    results.issue(ResultIssue.objects.get(dossier__code=code))


def _revoke(code: str, cast: Cast, at: datetime) -> object:
    reason = (
        "Giấy ghi sai tình trạng hôn nhân do nhập nhầm sổ. Phường cấp lại ngay khi bạn nộp hồ sơ mới, không thu phí."
    )
    basis = "Luật Hộ tịch 2014, Điều 69; Quyết định 12/QĐ-UBND"
    return revocation.revoke_result(code, actor=cast.leader, reason=reason, legal_basis=basis)


def _talk(code: str, cast: Cast, at: datetime) -> object:
    """A question, its answer, and what the officials note for themselves."""
    dossier = Dossier.objects.select_related("filer").get(code=code)
    assert dossier.filer is not None  # noqa: S101 - a demo dossier is always filed by somebody
    citizen = Actor.citizen(dossier.filer)
    question = "Tôi nhận kết quả giúp vợ được không, cần mang theo giấy tờ gì?"
    answer = "Được. Mời ông mang theo thẻ căn cước của mình."
    note = "Đã gọi điện cho người nộp, hẹn trả sớm nếu xác minh xong."
    correspondence.write(code, actor=citizen, text=question, form_token=uuid4().hex)
    correspondence.write(code, actor=cast.agency, text=answer, form_token=uuid4().hex)
    return correspondence.note(code, actor=cast.agency, text=note, form_token=uuid4().hex)


class Story(NamedTuple):
    """Which citizen filed which procedure how many days ago, what happened since, and what she answered otherwise."""

    who: int
    procedure: str
    days_ago: float
    steps: tuple[Step, ...]
    answers: Mapping[str, Any] = MappingProxyType({})


STORIES = (
    Story(0, MARITAL, 0.05, (), lives.LOAN_OF_HOA),
    Story(1, BIRTH, 0.1, (), lives.NEPHEW_OF_MINH),
    Story(2, MARITAL, 2, (_accept,), lives.HEIR_OF_TU),
    Story(1, MARITAL, 3, (_accept, _start, _talk), lives.LAND_OF_MINH),
    Story(2, MARITAL, 16, (_accept, _start), lives.LOAN_OF_TU),
    Story(2, BUSINESS, 12, (_accept, _charge, _pay_twice, _start_now), lives.SHOP_OF_TU),
    Story(0, BIRTH, 4, (_ask,), lives.SON_OF_HOA),
    Story(1, BUSINESS, 5, (_charge,), lives.COFFEE_OF_MINH),
    Story(2, BIRTH, 6, (_refuse,), lives.GRANDCHILD_OF_TU),
    Story(3, MARITAL, 3, (_accept, _withdraw), lives.WEDDING_OF_HUY),
    Story(3, BUSINESS, 20, (_accept, _stop), lives.FISH_OF_HUY),
    Story(3, BIRTH, 9, (_accept, _start, _send_draft, _confirm_draft, _approve), lives.NIECE_OF_HUY),
    Story(0, BIRTH, 0.2, (_accept, _start, _send_draft), lives.DAUGHTER_OF_HOA),
    Story(1, MARITAL, 30, (_accept, _start, _approve), lives.LOAN_OF_MINH),
    Story(2, MARITAL, 6, (_accept, _start, _approve), lives.LAND_OF_TU | {"result_method": "desk"}),
    Story(2, MARITAL, 60, (_accept, _start, _approve, _issue, _revoke), lives.BENEFIT_OF_TU),
)


@transaction.atomic
def load_dossiers(citizens: list[User], officials: dict[str, User]) -> int:
    """Make the stories once; returns how many dossiers were made."""
    if Dossier.objects.exclude(state="draft").exists():
        return 0
    cast = Cast(officials, Branch.PEOPLES_COMMITTEE)
    now = timezone.now()
    for story in STORIES:
        filed_at, moments = days.moments(
            cast.calendar,
            filed_at=now - timedelta(days=story.days_ago),
            gap=timedelta(hours=min(6.0, story.days_ago * 3)),
            count=len(story.steps),
            now=now,
        )
        dossier = file_sample(citizens[story.who % len(citizens)], story.procedure, now=filed_at, **story.answers)
        for step, at in zip(story.steps, moments, strict=True):
            step(dossier.code or "", cast, at)
    _leave_draft(citizens[0])
    declare_birth(citizens[3 % len(citizens)], cast)
    return len(STORIES)


def file_sample(
    user: User,
    procedure: str,
    *,
    now: datetime | None = None,
    province: str = "01",
    commune: str = BACK_OFFICE_COMMUNE,
    **changes: Any,
) -> Dossier:
    """File one complete dossier for a demo citizen; `changes` are answers that differ from the sample's."""
    draft = fill(user, procedure, (province, commune), **changes)
    return filing.submit(draft.public_id, actor=Actor.citizen(user), now=now)


def declare_birth(user: User, cast: Cast) -> BundleFiling:
    """Send a declaration of linked procedures; its first dossier is decided, and the worker lets the others follow."""
    draft = fill(user, LINKED_BIRTH, ("01", BACK_OFFICE_COMMUNE), **lives.SON_OF_HUY)
    filed_at, (accepted, started, approved) = days.moments(
        cast.calendar, filed_at=timezone.now(), gap=timedelta(minutes=15), count=3, now=timezone.now()
    )
    citizen = Actor.citizen(user)
    bundle = bundle_filing.submit(draft.public_id, actor=citizen, procedure_code=LINKED_BIRTH, now=filed_at)
    first = bundle.parts.select_related("dossier").earliest("position").dossier
    assert first is not None  # noqa: S101 - it waits for nothing
    _accept(first.code or "", cast, accepted)
    _start(first.code or "", cast, started)
    decision = services.Decision(
        signer_name=cast.leader.name, signer_title="Phó Chủ tịch", fields=[("Số định danh cá nhân", "001226000019")]
    )
    services.approve(first.code or "", actor=cast.leader, decision=decision, occasion=Occasion(approved))
    return bundle


def fill(user: User, procedure: str, place: tuple[str, str], **changes: Any) -> Dossier:
    """A whole draft, before the last button; place: codes of province and commune."""
    actor = Actor.citizen(user)
    version = catalogue.get_open_version(procedure)
    draft = drafts.start(version, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code=place[0], commune_code=place[1])
    answers: dict[str, Any] = sample_answers(eforms.form_for(version), facts_of(user), changes) | changes
    for field in eforms.form_of(eforms.form_for(version)).fields():
        if field.in_place_of_filing and answers.get(field.key):
            answers[field.key] = answers[field.key] | {"province_code": place[0], "commune_code": place[1]}
    drafts.save_answers(draft.public_id, actor=actor, answers=answers, step="kiem-tra")
    asked = eforms.required_components(version, answers)
    # Where the state's own data replaces every paper, one that people attach anyway lets the workbench show a paper.
    for component in [component for component, is_required in asked if is_required] or [each[0] for each in asked[:1]]:
        attaching.attach_upload(
            draft.public_id,
            actor=actor,
            component=component,
            content=sample_scan(component.name, user.display_name),
            name="ban-chup.png",
        )
    return draft


def _leave_draft(user: User) -> None:
    actor = Actor.citizen(user)
    draft = drafts.start(catalogue.get_open_version(RESIDENCE), actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code=BACK_OFFICE_COMMUNE)
