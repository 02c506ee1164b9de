"""A certificate issued anew takes the place of the earlier one, and one that says otherwise is told before it is."""

from collections.abc import Callable
from typing import Any

import pytest

from datastore.models import Document, DocumentStatus, DocumentType
from datastore.results import service
from dossiers import drafts, filing, results, revocation, services, steps, superseding
from dossiers.models import Dossier, ResultIssue
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db
NAMED = {"vi": "Nội dung", "en": "Content"}
FORM: dict[str, Any] = {
    "pages": [
        {
            "key": "content",
            "title": NAMED,
            "groups": [
                {
                    "key": "main",
                    "title": NAMED,
                    "fields": [
                        {"key": "status", "label": {"vi": "Tình trạng", "en": "Status"}, "type": "text"},
                        {"key": "subject_full_name", "label": {"vi": "Của ai", "en": "Whose"}, "type": "text"},
                        {"key": "has_one", "label": {"vi": "Đã được cấp", "en": "Had one"}, "type": "boolean"},
                        {"key": "from_day", "label": {"vi": "Từ", "en": "From"}, "type": "text"},
                    ],
                }
            ],
        }
    ]
}
RULE = {"legal": "Nghị định 1/2026/NĐ-CP, Điều 2", "unless": ["from_day"], "compare": ["status"]}
WHY = "Đã tra sổ hộ tịch: ly hôn ngày 01/10/2026."
File = Callable[..., Dossier]


@pytest.fixture
def filed() -> File:
    """File one more for the same person."""
    version, owner = factories.make_version(form=FORM, needs_paper=False), factories.make_citizen()
    DocumentType.objects.filter(code="KQ.TEST").update(replaces_earlier=RULE)

    def file(status: str, **answers: str) -> Dossier:
        factories.make_agency()
        actor = Actor.citizen(owner)
        draft = drafts.start(version, actor=actor)
        drafts.choose_place(draft.public_id, actor=actor, province_code="01", commune_code="00073")
        drafts.save_answers(draft.public_id, actor=actor, answers={"status": status, **answers}, step="content")
        return filing.submit(draft.public_id, actor=actor)

    return file


def decide(dossier: Dossier) -> ResultIssue:
    code, agency = dossier.code or "", dossier.agency
    assert agency is not None
    services.accept(code, actor=factories.official_actor(agency))
    services.start_processing(code, actor=factories.official_actor(agency, ActorKind.AGENCY))
    services.approve(code, actor=factories.official_actor(agency, ActorKind.LEADER), set_aside=WHY)
    return ResultIssue.objects.get(dossier=dossier)


def issued(dossier: Dossier) -> Document:
    results.issue(decide(dossier))
    dossier.refresh_from_db()
    assert dossier.result_document is not None
    return dossier.result_document


def test_the_new_one_takes_the_place_of_the_earlier_one_and_says_by_which_law(filed: File) -> None:
    first, second = issued(filed("Chưa kết hôn")), issued(filed("Đã ly hôn"))
    first.refresh_from_db()
    assert (first.status, first.replaced_by) == (DocumentStatus.REPLACED, second)
    assert second.number in first.status_reason and RULE["legal"] in first.status_reason
    assert second.status == DocumentStatus.VALID


def test_where_the_newer_one_is_revoked_the_older_one_does_not_come_back_and_both_sides_read_it(
    office: Office, filed: File
) -> None:
    first, second = issued(filed("Chưa kết hôn")), issued(filed("Đã ly hôn"))
    dossier = second.result_of.get()
    step = f"/quan-tri/ho-so/{dossier.code}/buoc/revoke-result/"
    assert f"Giấy số {first.number} mà giấy này đã thay vẫn mang dấu “Đã được thay thế”" in text(
        office.browser("leader").get(step)
    )
    assert dossier.agency is not None and dossier.filer is not None
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    revocation.revoke_result(dossier.code or "", actor=leader, reason="Cấp sai.", legal_basis="Luật thử, Điều 1")
    first.refresh_from_db()
    assert first.status == DocumentStatus.REPLACED
    client, stays = (
        signed_in(dossier.filer),
        "Giấy trước mà giấy này đã thay vẫn mang dấu “Đã được thay thế” trên Cổng.",
    )
    for address in (f"/ho-so/{dossier.code}/", f"/kho-du-lieu/{second.pk}/"):
        assert stays in text(client.get(address)), address
    told = Message.objects.get(kind="dossier.result_revoked", channel="inbox")
    assert stays in told.body and "90 ngày kể từ ngày biết" in told.body


@pytest.mark.parametrize("other", [{"subject_full_name": "Lê Văn Khác"}, {"from_day": "01/01/2020"}])
def test_one_about_another_person_or_another_time_leaves_it_in_force(filed: File, other: dict[str, str]) -> None:
    first = issued(filed("Chưa kết hôn"))
    second = filed("Đã ly hôn", **other)
    assert superseding.standing(second) == []
    issued(second)
    first.refresh_from_db()
    assert first.status == DocumentStatus.VALID


def test_a_kind_that_says_nothing_of_it_keeps_all(filed: File) -> None:
    DocumentType.objects.update(replaces_earlier={})
    first, second = issued(filed("Chưa kết hôn")), filed("Đã ly hôn")
    assert superseding.standing(second) == []
    issued(second)
    first.refresh_from_db()
    assert first.status == DocumentStatus.VALID


def test_a_worker_that_comes_late_does_not_bring_the_older_one_back(filed: File) -> None:
    slow, quick = decide(filed("Chưa kết hôn")), decide(filed("Đã ly hôn"))
    assert slow.dossier.owner is not None and slow.dossier.agency is not None
    older = service.issue(
        owner=slow.dossier.owner,
        reference=slow.reference,
        result=results.content(slow.dossier, slow.dossier.agency, slow),
    )
    results.issue(quick)
    results.issue(slow)
    older.refresh_from_db()
    newest = ResultIssue.objects.get(pk=quick.pk).document
    assert newest is not None and newest.status == DocumentStatus.VALID
    assert (older.status, older.replaced_by) == (DocumentStatus.REPLACED, newest)


def test_who_declares_otherwise_and_who_decides_read_it(office: Office, filed: File) -> None:
    first = issued(filed("Chưa kết hôn"))
    owner: User = first.owner
    version = Dossier.objects.get(result_document=first).procedure_version
    assert version is not None
    draft = drafts.start(version, actor=Actor.citizen(owner))
    for status, words in (
        ("Đã ly hôn", "ghi: Chưa kết hôn. Hồ sơ này khai: Đã ly hôn."),
        ("Chưa kết hôn", f"giấy này không còn giá trị ({RULE['legal']})"),
    ):
        Dossier.objects.filter(pk=draft.pk).update(answers={"status": status})
        page = text(signed_in(owner).get(steps.address(draft, steps.CHECK)))
        assert first.number in page and words in page
    again = filed("Đã ly hôn")
    bench = f"/quan-tri/ho-so/{again.code}/"
    told = "Khai khác với giấy còn hiệu lực"
    assert told in text(office.browser("desk").get(bench))
    services.accept(again.code or "", actor=Actor(ActorKind.DESK, office.desk, office.agency))
    services.start_processing(again.code or "", actor=Actor(ActorKind.AGENCY, office.specialist, office.agency))
    for role, step in (("specialist", "propose"), ("leader", "approve")):
        assert told in text(office.browser(role).get(f"{bench}buoc/{step}/"))
    agreeing = text(office.browser("desk").get(f"/quan-tri/ho-so/{filed('Chưa kết hôn').code}/"))
    assert told not in agreeing and f"số {first.number}" in agreeing and "Đang có giấy cùng loại" in agreeing


def test_who_says_that_there_was_none_is_told_of_the_one_in_force(office: Office, filed: File) -> None:
    first = issued(filed("Chưa kết hôn"))
    DocumentType.objects.filter(code="KQ.TEST").update(replaces_earlier=RULE | {"asked": "has_one"})
    version = Dossier.objects.get(result_document=first).procedure_version
    assert version is not None
    draft = drafts.start(version, actor=Actor.citizen(first.owner))
    for answers, is_told in (({"has_one": True}, False), ({}, True), ({"has_one": False}, True)):
        Dossier.objects.filter(pk=draft.pk).update(answers={"status": "Chưa kết hôn", **answers})
        page = text(signed_in(first.owner).get(steps.address(draft, steps.CHECK)))
        assert first.number in page and ("Bạn chưa đánh dấu “Đã được cấp”" in page) is is_told, answers
    code = filed("Chưa kết hôn").code or ""
    services.accept(code, actor=Actor(ActorKind.DESK, office.desk, office.agency))
    services.start_processing(code, actor=Actor(ActorKind.AGENCY, office.specialist, office.agency))
    for role, place in (("desk", ""), ("specialist", "buoc/propose/"), ("leader", "buoc/approve/")):
        page = text(office.browser(role).get(f"/quan-tri/ho-so/{code}/{place}"))
        assert "Hồ sơ lại khai “Đã được cấp”: không." in page, role
    services.propose(code, actor=Actor(ActorKind.AGENCY, office.specialist, office.agency))


def test_who_goes_past_what_contradicts_says_why_and_it_stays_readable(office: Office, filed: File) -> None:
    first, again = issued(filed("Chưa kết hôn")), filed("Đã ly hôn")
    code, bench = again.code or "", f"/quan-tri/ho-so/{again.code}/"
    specialist = Actor(ActorKind.AGENCY, office.specialist, office.agency)
    services.accept(code, actor=Actor(ActorKind.DESK, office.desk, office.agency))
    services.start_processing(code, actor=specialist)
    with pytest.raises(InvalidInputError) as missing:
        services.propose(code, actor=specialist)
    assert list(missing.value.fields) == ["set_aside"]
    services.propose(code, actor=specialist, set_aside=WHY)
    leader, step = office.browser("leader"), f"{bench}buoc/approve/"
    assert WHY in text(leader.get(step)), "what the specialist said is there to be taken over"
    again.refresh_from_db()
    for said, status in (("  ", 422), (WHY, 302)):
        assert leader.post(step, {"sequence": again.last_sequence, "set_aside": said}).status_code == status
    event = again.events.get(name="dossier.decided")
    assert event.data["set_aside"] == {"reason": WHY, "papers": [first.number]}
    assert f"Không theo giấy còn hiệu lực {first.number}: {WHY}" in text(leader.get(bench))
    assert WHY not in text(signed_in(first.owner).get(f"/ho-so/{code}/")), "what officials tell each other"


def test_nothing_has_to_be_explained_where_nothing_contradicts(office: Office, filed: File) -> None:
    issued(filed("Chưa kết hôn"))
    again = filed("Chưa kết hôn")
    services.accept(again.code or "", actor=Actor(ActorKind.DESK, office.desk, office.agency))
    services.start_processing(again.code or "", actor=Actor(ActorKind.AGENCY, office.specialist, office.agency))
    page = text(office.browser("leader").get(f"/quan-tri/ho-so/{again.code}/buoc/approve/"))
    assert 'name="set_aside"' not in page
    services.approve(again.code or "", actor=Actor(ActorKind.LEADER, office.leader, office.agency))
