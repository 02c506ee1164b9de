"""The head has somebody sign: by a paper, for days and procedures, what others proposed, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dossiers import lifecycle, results, services, timeline
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, ResultIssue
from portal.accounts.models import User
from portal.agencies import signing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, Membership, MembershipRole, SigningDelegation
from portal.backoffice import bulk, tasks
from portal.backoffice.models import BulkItem, ItemState
from portal.backoffice.officials import Official, posts_of
from portal.core.errors import NotFoundError, TransitionError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.signers import PAGE, give, titled, typed
from tests.backoffice.situations import WHAT_IS_TYPED, in_state
from tests.queries import count_queries

pytestmark = pytest.mark.django_db


def proposed(office: Office, by: User | None = None) -> Dossier:
    """It lies before whoever decides, proposed by this specialist."""
    dossier = in_state(S.PROCESSING)
    actor = Actor(ActorKind.AGENCY, user=by or office.specialist, agency=office.agency, name="Đỗ Văn Chuyên")
    return services.propose(dossier.code or "", actor=actor, reason="Đủ điều kiện.")


def acting(user: User, agency: Agency) -> Actor:
    return Actor(ActorKind.DELEGATE, user=user, agency=agency, name="Trần Thị Ký, Trưởng phòng")


def approve(browser: Client, dossier: Dossier) -> Any:
    dossier.refresh_from_db()
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/approve/"
    return browser.post(address, {"sequence": dossier.last_sequence})


def test_a_signature_for_the_head_stands_on_paper_and_in_the_history(office: Office, signer: User) -> None:
    give(office, signer)
    dossier, browser = proposed(office), signed_in(signer)
    page = browser.get(f"/quan-tri/ho-so/{dossier.code}/buoc/approve/").content.decode()
    assert "TL. CHỦ TỊCH<br>TRƯỞNG PHÒNG<br>Trần Thị Ký" in page
    assert approve(browser, dossier).status_code == 302
    dossier.refresh_from_db()
    event = dossier.events.get(name="dossier.decided")
    assert (dossier.state, event.actor_kind, event.actor_user) == (S.DECIDED, ActorKind.DELEGATE, signer)
    work = ResultIssue.objects.get(dossier=dossier)
    assert (work.signs_for, work.signer_name, work.signer_title) == ("TL. Chủ tịch", "Trần Thị Ký", "Trưởng phòng")
    day = f"{timezone.localdate() - timedelta(days=1):%d/%m/%Y}"
    words = f"Hình thức ký: TL. Chủ tịch, theo văn bản số 12/QĐ-UBND ngày {day}."
    page = browser.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert words in page and "Trần Thị Ký (TL. Chủ tịch)" in page
    (row,) = [row for row in timeline.items(dossier) if row["title"] == "Đã duyệt kết quả"]
    assert words in row["text"] and "Trần Thị Ký" in row["actor"], "the applicant reads it, too"
    results.issue(work)
    work.refresh_from_db()
    assert work.document is not None
    content = work.document.credential.content
    assert "TL. Chủ tịch" in (content if isinstance(content, str) else bytes(content).decode())


@pytest.mark.parametrize(
    ("manner", "title", "first"),
    [
        ("KT", "Phó Chủ tịch", "KT. Chủ tịch"),
        ("TL", "Trưởng phòng", "TL. Chủ tịch"),
        ("TUQ", "Công chức", "TUQ. Chủ tịch"),
    ],
)
def test_each_manner_has_its_form(office: Office, signer: User, manner: str, title: str, first: str) -> None:
    titled(signer, title)
    dossier = proposed(office)
    give(office, signer, manner=manner, procedures=[dossier.procedure_code])
    approve(signed_in(signer), dossier)
    assert ResultIssue.objects.get(dossier=dossier).signs_for == first


def test_nobody_signs_without_it(office: Office, signer: User) -> None:
    dossier = proposed(office)
    assert approve(signed_in(signer), dossier).status_code == 403
    with pytest.raises(TransitionError):
        services.approve(dossier.code or "", actor=acting(signer, office.agency))
    dossier.refresh_from_db()
    assert dossier.state == S.PROCESSING


def _revoked(office: Office, signer: User, row: SigningDelegation) -> None:
    signing.revoke(row.pk, by=office.leader, reason="Đổi phân công")


def _run_out(office: Office, signer: User, row: SigningDelegation) -> None:
    day = timezone.localdate() - timedelta(days=3)
    SigningDelegation.objects.filter(pk=row.pk).update(document_date=day, valid_from=day, valid_to=day)


def _not_begun(office: Office, signer: User, row: SigningDelegation) -> None:
    SigningDelegation.objects.filter(pk=row.pk).update(valid_from=timezone.localdate() + timedelta(days=2))


def _head_left(office: Office, signer: User, row: SigningDelegation) -> None:
    Membership.objects.filter(user=office.leader).update(valid_to=timezone.localdate() - timedelta(days=1))


def _another_procedure(office: Office, signer: User, row: SigningDelegation) -> None:
    SigningDelegation.objects.filter(pk=row.pk).update(procedures=["9.999999"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_revoked, "đã bị thu hồi lúc"),
        (_run_out, "đã hết hạn ngày"),
        (_not_begun, "có giá trị từ ngày"),
        (_head_left, "không còn giữ chức vụ"),
        (_another_procedure, "không được giao ký thủ tục này"),
    ],
)
def test_what_no_longer_holds_is_refused_in_words(
    office: Office, signer: User, change: Callable[[Office, User, SigningDelegation], None], words: str
) -> None:
    """On a page that was open, and by the guard itself, whoever calls the service."""
    row = give(office, signer)
    dossier = proposed(office)
    change(office, signer, row)
    answer = signed_in(signer).post(
        f"/quan-tri/ho-so/{dossier.code}/buoc/approve/", {"sequence": dossier.last_sequence}, follow=True
    )
    assert words in answer.content.decode()
    with pytest.raises(TransitionError) as refused:
        services.approve(dossier.code or "", actor=acting(signer, office.agency))
    assert words in str(refused.value.message)
    dossier.refresh_from_db()
    assert dossier.state == S.PROCESSING
    assert "/buoc/approve/" not in signed_in(signer).get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()


def test_only_what_somebody_else_proposed(office: Office, signer: User) -> None:
    give(office, signer)
    bare, own = in_state(S.PROCESSING), proposed(office, by=signer)
    for dossier, words in ((bare, "chưa được trình"), (own, "do chính bạn trình")):
        page = signed_in(signer).get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
        assert "/buoc/approve/" not in page
        assert words in approve(signed_in(signer), dossier).content.decode()
        with pytest.raises(TransitionError, match=words):
            services.approve(dossier.code or "", actor=acting(signer, office.agency))
    assert "/buoc/propose/" in signed_in(signer).get(f"/quan-tri/ho-so/{own.code}/").content.decode(), "hers to mend"


def test_it_opens_signing_and_sending_back_and_nothing_else(office: Office, signer: User) -> None:
    give(office, signer)
    dossier = proposed(office)
    allowed = {name for name, row in lifecycle.TRANSITIONS.items() if ActorKind.DELEGATE in row.by}
    assert allowed == {"approve", "send_back"}
    browser = signed_in(signer)
    page = browser.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert "/buoc/send-back/" in page and "/buoc/rebase/" not in page and "/buoc/forward/" not in page
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/send-back/"
    assert browser.post(address, {"sequence": dossier.last_sequence, "reason": "Sửa căn cứ."}).status_code == 302
    event = dossier.events.get(name="dossier.sent_back")
    assert (event.actor_user, event.actor_kind) == (signer, ActorKind.DELEGATE)
    assert browser.get("/quan-tri/dieu-hanh/").status_code == 404, "no leader's board"
    assert browser.post(PAGE, typed(office, office.desk)).status_code == 404, "and passes nothing on"


def test_another_agencys_dossier_does_not_exist_for_her(office: Office, signer: User) -> None:
    give(office, signer)
    dossier = proposed(office)
    Dossier.objects.filter(pk=dossier.pk).update(agency=factories.make_other_agency())
    assert approve(signed_in(signer), dossier).status_code == 404
    with pytest.raises(NotFoundError):
        services.approve(dossier.code or "", actor=acting(signer, office.agency))


def test_an_agency_below_is_not_signed_for(office: Office, head: User) -> None:
    """A head above has somebody sign for that agency; the communes below are their own heads' to sign for."""
    above = office.agency.parent
    assert above is not None
    chief = titled(factories.make_official(above, MembershipRole.LEADER, "Chủ Tịch Tỉnh"), "Chủ tịch")
    there = titled(
        with_second_factor(factories.make_official(above, MembershipRole.SPECIALIST, "Người Tỉnh")), "Trưởng phòng"
    )
    give(office, there, agency=above, principal=chief, by=chief)
    assert approve(signed_in(there), proposed(office)).status_code == 403


def test_who_may_sign_finds_it_first(office: Office, signer: User) -> None:
    give(office, signer)
    hers, own, other = proposed(office), proposed(office, by=signer), in_state(S.PROCESSING)
    Dossier.objects.filter(pk=own.pk).update(assignee=signer)
    told = Message.objects.filter(kind="dossier.proposed.official", channel="inbox", reference=hers.code)
    assert {office.leader.pk, signer.pk} <= set(told.values_list("recipient", flat=True))
    assert not Message.objects.filter(kind="dossier.proposed.official", recipient=signer, reference=own.code).exists()
    page = signed_in(signer).get("/quan-tri/")
    assert page.context["first"].name == "cho-duyet"
    assert [row["dossier"].code for row in page.context["rows"]] == [hers.code]
    assert any(tile["label"] == "Chờ duyệt" and tile["value"] == 2 for tile in page.context["tiles"])
    specialist = office.browser("specialist").get("/quan-tri/")
    assert all(tile["label"] != "Chờ duyệt" for tile in specialist.context["tiles"])
    assert other.code not in {row["dossier"].code for row in page.context["rows"]}


def test_her_own_work_is_not_hers_to_sign_whoever_proposed_it(office: Office, signer: User) -> None:
    """Neither what she proposed nor what she handles is offered, and either is refused."""
    give(office, signer)
    hers, made, handled = proposed(office), proposed(office, by=signer), proposed(office)
    Dossier.objects.filter(pk=handled.pk).update(assignee=signer)
    page = signed_in(signer).get("/quan-tri/")
    assert [row["dossier"].code for row in page.context["rows"]] == [hers.code]
    for dossier, words in ((made, "do chính bạn trình"), (handled, "Bạn là người thụ lý")):
        assert words in approve(signed_in(signer), dossier).content.decode()
        with pytest.raises(TransitionError, match=words):
            services.approve(dossier.code or "", actor=acting(signer, office.agency))


def test_who_leads_elsewhere_signs_here_only_what_was_given(office: Office, signer: User) -> None:
    give(office, signer)
    elsewhere = factories.make_other_agency()
    post = {"role": MembershipRole.LEADER, "title": "Chủ tịch", "valid_from": timezone.localdate()}
    Membership.objects.create(user=signer, agency=elsewhere, **post)
    hers, own, there = proposed(office), proposed(office, by=signer), proposed(office)
    Dossier.objects.filter(pk=there.pk).update(agency=elsewhere)
    page = signed_in(signer).get("/quan-tri/")
    assert {row["dossier"].code for row in page.context["rows"]} == {hers.code, there.code}
    assert own.code not in {row["dossier"].code for row in page.context["rows"]}


def test_many_at_once(office: Office, signer: User) -> None:
    assert "approve" not in {kind.value for kind in _kinds(signer)}
    row = give(office, signer)
    assert "approve" in {kind.value for kind in _kinds(signer)}
    hers, own = proposed(office), proposed(office, by=signer)
    form = {"kind": "approve", "queue": "cho-duyet", "confirm": "1", "token": "t", "is_understood": "on"}
    chosen = [f"{dossier.code}~{dossier.last_sequence}" for dossier in (hers, own)]
    signed_in(signer).post("/quan-tri/hang-loat/moi/", {**form, "chosen": chosen})
    tasks.run_bulk_jobs()
    found = {item.dossier_code: (item.state, item.words) for item in BulkItem.objects.all()}
    assert found[hers.code or ""] == (ItemState.DONE, "")
    assert found[own.code or ""][0] == ItemState.REFUSED
    assert ResultIssue.objects.get(dossier=hers).signs_for == "TL. Chủ tịch"
    later = proposed(office)
    signed_in(signer).post(
        "/quan-tri/hang-loat/moi/", {**form, "token": "u", "chosen": [f"{later.code}~{later.last_sequence}"]}
    )
    signing.revoke(row.pk, by=office.leader, reason="Đổi phân công")
    tasks.run_bulk_jobs()
    item = BulkItem.objects.get(dossier_code=later.code)
    assert item.state == ItemState.REFUSED and "đã bị thu hồi" in item.words, "looked at again when it is done"


def _kinds(user: User) -> Any:
    return bulk.kinds_for(Official(user, posts_of(user)), [S.PROCESSING])


def test_the_workbench_costs_no_more_queries(office: Office, signer: User, settings: Any) -> None:
    settings.CALENDAR_KEPT_SECONDS = 60.0
    address = f"/quan-tri/ho-so/{proposed(office).code}/"
    before = count_queries(office.browser("leader"), address)
    give(office, signer)
    assert count_queries(signed_in(signer), address) <= before


def test_a_day_later_it_is_over_by_itself(office: Office, signer: User) -> None:
    give(office, signer, last_day=timezone.localdate())
    assert Official(signer, posts_of(signer)).signing
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert not Official(signer, posts_of(signer)).signing
        assert not signing.signers(office.agency, "1.004873")


@pytest.mark.parametrize("named", [("Vũ Minh Lãnh", "Chủ tịch"), ("Trần Thị Ký", "Trưởng phòng")])
def test_a_result_replaced_by_the_leader_is_signed_by_whom_she_names(
    office: Office, signer: User, named: tuple[str, str]
) -> None:
    """The form of the first signature is not printed over another name, nor over the same one on a later day."""
    give(office, signer)
    dossier = proposed(office)
    approve(signed_in(signer), dossier)
    work = ResultIssue.objects.get(dossier=dossier)
    results.issue(work)
    dossier.refresh_from_db()
    said = dict(zip(("signer_name", "signer_title"), named, strict=True))
    form = {**WHAT_IS_TYPED["replace_result"], "sequence": dossier.last_sequence, **said}
    answer = office.browser("leader").post(f"/quan-tri/ho-so/{dossier.code}/buoc/replace-result/", form)
    assert answer.status_code == 302
    work.refresh_from_db()
    assert (work.edition, work.signer_name, work.signer_title, work.signs_for) == (2, *named, "")
