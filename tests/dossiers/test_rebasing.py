"""Another version: a draft is moved with the differences shown, an open dossier by a leader who names the clause."""

from copy import deepcopy
from datetime import datetime

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from dossiers import rebasing, services
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from portal.agencies.models import MembershipRole
from portal.core.errors import TransitionError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.dossiers.filing_pages import Filing, text
from tests.dossiers.versions import publish_anew

pytestmark = pytest.mark.django_db


def test_a_draft_that_outlived_its_version_is_moved_with_what_was_typed() -> None:
    filing = Filing().fill()
    newer = publish_anew(filing.version)
    refused = filing.submit()
    assert refused.status_code == 422 and "ban-moi/" in text(refused)
    page = text(filing.client.get(f"{filing.base}ban-moi/"))
    assert "Thủ tục thử nghiệm, bản mới" in page and "Mục đích" in page, "what changed, and what is left out"
    for _press in range(2):
        assert filing.client.post(f"{filing.base}ban-moi/").status_code == 302
    moved = filing.fresh()
    assert moved.procedure_version == newer and moved.answers == {"full_name": "Nguyễn Thị Thử"}
    assert moved.components.count() == 1 and moved.agency is not None
    logged = moved.events.get()
    assert (logged.name, logged.data["from"], logged.data["to"]) == ("dossier.rebased", 1, 2)
    assert logged.data["left_out"] == ["Mục đích"]
    assert filing.post("noi-dung", {"full_name": "Nguyễn Thị Thử", "use": "Đi học"}).status_code == 302
    assert filing.submit().status_code == 302
    assert filing.fresh().state == "submitted"


def test_the_start_page_and_the_list_know_a_draft_of_the_version_before() -> None:
    filing = Filing()
    old_words = "Theo bản công bố trước"
    assert old_words not in text(filing.client.get("/ho-so/"))
    filing.place()
    publish_anew(filing.version)
    start = f"/nop-ho-so/{filing.version.procedure.code}/"
    shown = text(filing.client.get(start))
    assert "Tiếp tục bản nháp" in shown and "Bản nháp này theo bản công bố trước" in shown
    assert filing.client.post(start)["Location"] == f"{filing.base}noi-dung/"
    assert Dossier.objects.filter(filer=filing.citizen).count() == 1, "no second draft"
    assert "Thủ tục có bản công bố mới" in text(filing.get("noi-dung"))
    assert old_words in text(filing.client.get("/ho-so/"))


def test_what_the_newer_version_locks_to_an_earlier_answer_is_that_answer_whatever_was_typed() -> None:
    filing = Filing().fill()
    form = deepcopy(factories.SHORT_FORM)
    form["pages"][0]["groups"][0]["fields"][1] |= {"prefill": "answer.full_name", "locked": True}
    publish_anew(filing.version, form=form)
    assert filing.draft.answers["full_name"] != "Đi học" and "purpose" not in filing.fresh().answer_sources
    filing.client.cookies["django_language"] = "en"
    assert filing.client.post(f"{filing.base}ban-moi/").status_code == 302
    assert filing.fresh().answers["purpose"] == "Nguyễn Thị Thử"
    assert filing.draft.answer_sources["purpose"] == "Bạn đã khai ở bước trước"
    assert 'name="purpose"' not in text(filing.get("noi-dung")), "locked"


def test_a_draft_of_the_version_in_force_has_nothing_to_move_to() -> None:
    filing = Filing()
    assert filing.client.get(f"{filing.base}ban-moi/")["Location"].startswith(filing.base)
    assert filing.client.post(f"{filing.base}ban-moi/").status_code == 302
    assert not filing.fresh().events.exists()


def test_a_leader_decides_under_the_newer_version_and_says_by_which_clause() -> None:
    dossier = factories.processing_dossier()
    assert dossier.agency is not None and dossier.procedure_version is not None
    newer = publish_anew(dossier.procedure_version)
    leader = signed_in(with_second_factor(factories.make_official(dossier.agency, MembershipRole.LEADER)))
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/rebase/"
    shown = text(leader.get(address))
    assert "Thủ tục thử nghiệm, bản mới" in shown and "bản lần 2" in shown
    sequence = {"sequence": str(dossier.last_sequence)}
    assert leader.post(address, {**sequence, "reason": "Có lợi cho dân."}).status_code == 422
    told = {**sequence, "reason": "Có lợi cho dân.", "legal_basis": "Điều 9 NĐ thử"}
    assert leader.post(address, told).status_code == 302
    moved = Dossier.objects.get()
    assert (moved.rebased_to, moved.procedure_version) == (newer, dossier.procedure_version)
    assert moved.answers == dossier.answers and moved.state == "processing"
    assert moved.due_at and dossier.due_at and moved.due_at < dossier.due_at, "one working day instead of three"
    event = moved.events.get(name="dossier.rebased")
    assert event.data["legal_basis"] == "Điều 9 NĐ thử" and datetime.fromisoformat(event.data["due_at"]) == moved.due_at
    message = Message.objects.filter(recipient=dossier.filer, kind="dossier.rebased").first()
    assert message is not None and "Điều 9 NĐ thử" in message.body
    assert "buoc/rebase/" not in text(leader.get(f"/quan-tri/ho-so/{dossier.code}/"))


def test_a_longer_limit_makes_nobody_wait_longer() -> None:
    dossier = factories.processing_dossier()
    assert dossier.procedure_version is not None and dossier.agency is not None
    publish_anew(dossier.procedure_version, processing_value=30)
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    moved = rebasing.rebase(dossier.code or "", actor=leader, reason="Theo luật mới.", legal_basis="Điều 9")
    assert moved.due_at == dossier.due_at


def test_accepted_after_the_move_the_limit_is_the_new_one() -> None:
    dossier = factories.file_dossier()
    other = factories.file_dossier(version=dossier.procedure_version)
    assert dossier.procedure_version is not None and dossier.agency is not None
    publish_anew(dossier.procedure_version, processing_value=1)
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    rebasing.rebase(dossier.code or "", actor=leader, reason="Theo luật mới.", legal_basis="Điều 9")
    quick = services.accept(dossier.code or "", actor=leader)
    slow = services.accept(other.code or "", actor=leader)
    assert quick.due_at and slow.due_at and quick.due_at < slow.due_at


def test_without_a_newer_version_there_is_nothing_to_apply() -> None:
    dossier = factories.processing_dossier()
    assert dossier.agency is not None
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    assert rebasing.differences(dossier) is None
    with pytest.raises(TransitionError):
        rebasing.rebase(dossier.code or "", actor=leader, reason="Không rõ.", legal_basis="Điều 9")


def test_the_database_refuses_a_move_to_the_same_version() -> None:
    dossier = factories.file_dossier()
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.update(rebased_to=dossier.procedure_version)
    with pytest.raises(ObjectDoesNotExist):
        Dossier.objects.get(rebased_to__isnull=False)
