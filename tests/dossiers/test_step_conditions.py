"""What the page for jurists says of a step is what its function asks for: without the condition it refuses."""

import pytest

from dossiers import lifecycle, services, step_grounds, withdrawal
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import TransitionError
from tests import factories

pytestmark = pytest.mark.django_db


def by(dossier: Dossier, kind: ActorKind) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, kind)


def test_nothing_is_sent_back_that_does_not_lie_before_the_leader() -> None:
    """Neither before a proposal nor a second time, and she is offered it only while one lies there."""
    dossier = factories.processing_dossier()
    code, leader, specialist = dossier.code or "", by(dossier, ActorKind.LEADER), by(dossier, ActorKind.AGENCY)
    with pytest.raises(TransitionError, match="không có gì để trả lại"):
        services.send_back(code, actor=leader, reason="Sửa lại.")
    services.propose(code, actor=specialist, reason="Đủ.")
    assert services.send_back(code, actor=leader, reason="Sửa lại.").proposed_at is None
    with pytest.raises(TransitionError, match="không có gì để trả lại"):
        services.send_back(code, actor=leader, reason="Sửa lần nữa.")
    assert dossier.events.filter(name="dossier.sent_back").count() == 1


def test_who_begins_takes_a_dossier_from_nobody() -> None:
    given, free = (factories.file_dossier() for _each in range(2))
    colleague, presser = by(given, ActorKind.AGENCY), by(given, ActorKind.AGENCY)
    leader = by(given, ActorKind.LEADER)
    for dossier in (given, free):
        services.accept(dossier.code or "", actor=by(dossier, ActorKind.DESK))
    services.assign(given.code or "", actor=leader, official=colleague.user)
    assert services.start_processing(given.code or "", actor=presser).assignee == colleague.user
    assert services.start_processing(free.code or "", actor=presser).assignee == presser.user


def test_a_withdrawal_is_refused_with_words_and_asked_for_before_a_decision_only() -> None:
    dossier = factories.processing_dossier()
    code, filer = dossier.code or "", Actor.citizen(dossier.filer)
    withdrawal.request(code, actor=filer, reason="Đổi ý.")
    with pytest.raises(TransitionError, match="lý do"):
        withdrawal.refuse(code, actor=by(dossier, ActorKind.DESK), reason=" ")
    withdrawal.refuse(code, actor=by(dossier, ActorKind.DESK), reason="Giấy đã ký sáng nay.")
    services.approve(code, actor=by(dossier, ActorKind.LEADER))
    with pytest.raises(TransitionError, match="trạng thái"):
        withdrawal.request(code, actor=filer, reason="Đổi ý.")


def test_a_filing_is_refused_with_words_before_it_is_accepted_only() -> None:
    dossier = factories.file_dossier()
    code, desk = dossier.code or "", by(dossier, ActorKind.DESK)
    with pytest.raises(TransitionError, match="lý do"):
        services.refuse_intake(code, actor=desk, reason="")
    services.accept(code, actor=desk)
    with pytest.raises(TransitionError, match="trạng thái"):
        services.refuse_intake(code, actor=desk, reason="Sai nơi.")


def test_what_only_people_can_know_is_said_to_be_theirs() -> None:
    """No function can see a paper that was signed and not told here, nor whether a reason names the right place."""
    for name in ("refuse_withdrawal", "refuse_intake"):
        assert step_grounds.BY_OFFICIAL in step_grounds.GROUNDS[name].condition
    decided = {lifecycle.DossierState.DECIDED, lifecycle.DossierState.RETURNED}
    assert not lifecycle.TRANSITIONS["request_withdrawal"].sources & decided, "else the portal could look for a result"
