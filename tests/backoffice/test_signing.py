"""The head has somebody sign: by a paper, for days and procedures, what others proposed, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from dossiers import lifecycle, results, services, timeline
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, ResultIssue
from portal.accounts.models import User
from portal.agencies import signing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, Membership, MembershipRole, SigningDelegation, SigningManner
from portal.backoffice import bulk, tasks
from portal.backoffice.models import BulkItem, ItemState
from portal.backoffice.officials import Official, posts_of
from portal.core.errors import InvalidInputError, NotFoundError, TransitionError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.situations import WHAT_IS_TYPED, in_state
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
PAGE = "/quan-tri/ky-thay/"


def titled(user: User, title: str) -> User:
    Membership.objects.filter(user=user).update(title=title)
    return user


@pytest.fixture
def head(office: Office) -> User:
    """Who leads the agency."""
    return titled(office.leader, "Chủ tịch")


@pytest.fixture
def signer(office: Office, head: User) -> User:
    """A head of a unit, whom the head of the agency may have sign."""
    official = factories.make_official(office.agency, MembershipRole.SPECIALIST, "Trần Thị Ký")
    return titled(with_second_factor(official), "Trưởng phòng")


def give(office: Office, signer: User, **changes: Any) -> SigningDelegation:
    today = timezone.localdate()
    said: dict[str, Any] = {
        "agency": office.agency,
        "principal": office.leader,
        "signer": signer,
        "manner": SigningManner.BY_ORDER,
        "procedures": [],
        "document_number": "12/QĐ-UBND",
        "document_date": today - timedelta(days=1),
        "first_day": today,
        "last_day": today + timedelta(days=30),
        "by": office.administrator,
    }
    return signing.write(**{**said, **changes})


def typed(office: Office, signer: User, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    form = {
        "principal": office.leader.pk,
        "signer": signer.pk,
        "manner": "TL",
        "procedures": "",
        "document_number": "12/QĐ-UBND",
        "document_date": (today - timedelta(days=1)).isoformat(),
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=30)).isoformat(),
    }
    return {**form, **changes}


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


def test_the_head_or_the_administrator_writes_it_and_both_are_told(office: Office, signer: User) -> None:
    assert office.browser("leader").post(PAGE, typed(office, signer)).status_code == 302
    row = SigningDelegation.objects.get()
    assert (row.principal, row.signer, row.manner, row.procedures) == (office.leader, signer, "TL", [])
    told = Message.objects.filter(kind="signing.given", channel="inbox")
    assert set(told.values_list("recipient", flat=True)) == {office.leader.pk, signer.pk}
    assert "TL. Chủ tịch" in told[0].subject and "12/QĐ-UBND" in told[0].body
    log = office.browser("administrator").get("/quan-tri/nhat-ky-cai-dat/").content.decode()
    assert "Trần Thị Ký" in log and "12/QĐ-UBND" in log
    page = signed_in(signer).get(PAGE).content.decode()
    assert "12/QĐ-UBND" in page and "Giao ký tại" not in page and "/thu-hoi/" not in page
    assert "12/QĐ-UBND" not in office.browser("specialist").get(PAGE).content.decode(), "not hers to read"
    User.objects.filter(pk=signer.pk).update(email="nguoi-ky@example.vn")
    answer = office.browser("administrator").post(f"{PAGE}{row.pk}/thu-hoi/", {"reason": "Nghỉ việc"})
    assert answer.status_code == 302
    again = office.browser("leader").post(f"{PAGE}{row.pk}/thu-hoi/", {"reason": "Lần nữa"})
    assert again.status_code == 302
    row.refresh_from_db()
    assert (row.revoked_by, row.revoked_for) == (office.administrator, "Nghỉ việc"), "the second press changes nothing"
    assert Message.objects.filter(kind="signing.revoked", channel="inbox").count() == 2
    outside = [message.body for message in Message.objects.filter(kind="signing.revoked", channel="email")]
    assert outside and not any("Nghỉ việc" in body for body in outside), "what somebody typed stays on the portal"
    assert LogEntry.objects.filter(object_id=str(row.pk), content_type__model="signingdelegation").count() == 2


def test_taking_back_needs_a_reason_and_somebody_who_may(office: Office, signer: User) -> None:
    row = give(office, signer)
    for who in ("desk", "specialist", "foreign_desk"):
        assert office.browser(who).post(f"{PAGE}{row.pk}/thu-hoi/", {"reason": "x"}).status_code == 404
    assert signed_in(signer).post(f"{PAGE}{row.pk}/thu-hoi/", {"reason": "x"}).status_code == 404
    deputy = with_second_factor(factories.make_official(office.agency, MembershipRole.LEADER, "Phó Của Bà"))
    titled(deputy, "Phó Chủ tịch")
    assert signed_in(deputy).post(f"{PAGE}{row.pk}/thu-hoi/", {"reason": "x"}).status_code == 404
    answer = office.browser("leader").post(f"{PAGE}{row.pk}/thu-hoi/", {"reason": "  "})
    assert answer.status_code == 422 and "Hãy nêu lý do thu hồi." in answer.content.decode()
    row.refresh_from_db()
    assert row.revoked_at is None


def _in(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: {"last_day": _in(-1), "first_day": _in(-1), "document_date": _in(-9)}, "Ngày cuối đã qua."),
        (lambda: {"first_day": _in(5), "last_day": _in(2)}, "bằng hoặc sau ngày đầu"),
        (lambda: {"last_day": _in(4000)}, "dài nhất năm năm"),
        (lambda: {"manner": "TUQ", "procedures": "1.004873", "last_day": _in(500)}, "dài nhất một năm"),
        (lambda: {"manner": "TUQ"}, "phải giới hạn nội dung"),
        (lambda: {"manner": "KT"}, "KT. chỉ dành cho cấp phó của người giao; người này là Trưởng phòng"),
        (lambda: {"manner": "XX"}, "Hình thức ký"),
        (lambda: {"document_number": " "}, "Hãy ghi số, ký hiệu văn bản giao ký."),
        (lambda: {"document_date": _in(1), "first_day": _in(2)}, "ngày này chưa đến"),
        (lambda: {"first_day": _in(-3)}, "không có giá trị trước ngày của văn bản"),
        (lambda: {"procedures": "1.004873, 7.777777"}, "Không có thủ tục mang mã 7.777777"),
        (lambda: {"procedures": " ".join(map(str, range(101)))}, "nhiều nhất 100 thủ tục"),
        (lambda: {"signer": "0"}, "Người được giao ký"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    office: Office, signer: User, change: Callable[[], dict[str, str]], words: str
) -> None:
    factories.make_version("1.004873")
    answer = office.browser("administrator").post(PAGE, typed(office, signer) | change())
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not SigningDelegation.objects.exists()


def test_nobody_gives_it_to_herself_or_for_another_head(office: Office, signer: User) -> None:
    Membership.objects.create(
        user=office.administrator,
        agency=office.agency,
        role=MembershipRole.SPECIALIST,
        title="Trưởng phòng",
        valid_from=timezone.localdate(),
    )
    with pytest.raises(InvalidInputError) as refused:
        give(office, office.administrator)
    assert set(refused.value.fields) == {"signer"}
    second = titled(factories.make_official(office.agency, MembershipRole.LEADER, "Người Kia"), "Giám đốc")
    with pytest.raises(NotFoundError):
        give(office, signer, principal=second, by=office.leader)
    for stranger in (office.desk, office.specialist, signer, office.foreign_desk):
        with pytest.raises(NotFoundError):
            give(office, signer, by=stranger)
    titled(office.leader, "Phó Chủ tịch")
    with pytest.raises(NotFoundError):
        give(office, signer, by=office.leader)
    with pytest.raises(InvalidInputError) as refused:
        give(office, signer)
    assert set(refused.value.fields) == {"principal"}, "a deputy has nobody sign, whoever writes it"


def test_an_administrator_above_writes_for_an_agency_below(office: Office, signer: User) -> None:
    above = office.agency.parent
    assert above is not None
    browser = signed_in(with_second_factor(factories.make_official(above, MembershipRole.ADMINISTRATOR, "Quản Tỉnh")))
    address = f"{PAGE}?co-quan={office.agency.code}"
    assert "Mã cơ quan" in browser.get(PAGE).content.decode()
    assert browser.post(address, typed(office, signer)).status_code == 302
    assert office.browser("administrator").get(f"{PAGE}?co-quan=H17.20194").status_code == 404
    assert office.browser("administrator").get(f"{PAGE}?co-quan={above.code}").status_code == 404


def test_two_do_not_overlap_for_the_same_procedure(office: Office, signer: User) -> None:
    give(office, signer, procedures=["1.004873"])
    give(office, signer, procedures=["2.000635"], document_number="13/QĐ-UBND")
    for codes in ([], ["1.004873"]):
        with pytest.raises(InvalidInputError) as refused:
            give(office, signer, procedures=codes, document_number="14/QĐ-UBND")
        assert set(refused.value.fields) == {"first_day"}
    signing.revoke(SigningDelegation.objects.first().pk, by=office.leader, reason="Viết lại")
    signing.revoke(SigningDelegation.objects.last().pk, by=office.leader, reason="Viết lại")
    give(office, signer)


def test_a_leader_by_post_needs_none(office: Office, head: User) -> None:
    deputy = titled(factories.make_official(office.agency, MembershipRole.LEADER, "Phó Của Bà"), "Phó Chủ tịch")
    with pytest.raises(InvalidInputError) as refused:
        give(office, deputy, manner="KT")
    assert set(refused.value.fields) == {"signer"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_to": -1},
        {"document_number": ""},
        {"document_date": 5},
        {"manner": "TUQ"},
        {"same": True},
        {"revoked_at": True},
    ],
    ids=str,
)
def test_the_database_refuses_what_cannot_be(office: Office, signer: User, wrong: dict[str, Any]) -> None:
    today = timezone.localdate()
    row = {
        "agency": office.agency,
        "principal": signer if "same" in wrong else office.leader,
        "signer": signer,
        "manner": wrong.get("manner", "TL"),
        "document_number": wrong.get("document_number", "1/QĐ"),
        "document_date": today + timedelta(days=wrong.get("document_date", 0)),
        "valid_from": today,
        "valid_to": today + timedelta(days=wrong.get("valid_to", 1)),
        "written_by": office.leader,
        "revoked_at": timezone.now() if "revoked_at" in wrong else None,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningDelegation.objects.create(**row)


def test_a_day_later_it_is_over_by_itself(office: Office, signer: User) -> None:
    give(office, signer, last_day=timezone.localdate())
    assert Official(signer, posts_of(signer)).signing
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert not Official(signer, posts_of(signer)).signing
        assert not signing.signers(office.agency, "1.004873")


def test_a_result_replaced_by_the_leader_is_signed_by_her(office: Office, signer: User) -> None:
    """The form of the first signature is not printed over another name."""
    give(office, signer)
    dossier = proposed(office)
    approve(signed_in(signer), dossier)
    work = ResultIssue.objects.get(dossier=dossier)
    results.issue(work)
    dossier.refresh_from_db()
    form = {**WHAT_IS_TYPED["replace_result"], "sequence": dossier.last_sequence, "signer_title": "Chủ tịch"}
    answer = office.browser("leader").post(f"/quan-tri/ho-so/{dossier.code}/buoc/replace-result/", form)
    assert answer.status_code == 302
    work.refresh_from_db()
    assert (work.edition, work.signer_name, work.signs_for) == (2, "Vũ Minh Lãnh", "")


@pytest.mark.parametrize(
    ("title", "head_is", "is_hers"),
    [
        ("Phó Chủ tịch", "Chủ tịch", True),
        ("Phó Chủ tịch", "Chủ tịch UBND phường", True),
        (" phó giám đốc Sở ", "Giám đốc", True),
        ("Phó Trưởng phòng", "Chủ tịch", False),
        ("Phó", "Chủ tịch", False),
        ("Chủ tịch", "Chủ tịch", False),
    ],
)
def test_a_deputy_is_the_heads_own(title: str, head_is: str, is_hers: bool) -> None:
    assert signing.is_deputy_of(title, head_is) is is_hers


def test_the_deputy_of_a_division_does_not_sign_as_the_heads(office: Office, signer: User) -> None:
    titled(signer, "Phó Trưởng phòng")
    with pytest.raises(InvalidInputError) as refused:
        give(office, signer, manner="KT")
    assert set(refused.value.fields) == {"manner"}


def test_it_ends_with_the_heads_office_and_with_the_signers_title(office: Office, signer: User) -> None:
    give(office, signer)
    standing = SigningDelegation.objects.in_force(timezone.localdate())
    assert standing.count() == 1
    titled(office.leader, "Phó Chủ tịch")
    assert standing.all().count() == 0
    titled(office.leader, "Chủ tịch")
    titled(signer, "")
    assert standing.all().count() == 0


def test_what_ends_soonest_stands_first_and_can_be_asked_for_by_agency(office: Office, signer: User) -> None:
    today = timezone.localdate()
    late, soon = (
        give(office, factory, last_day=today + timedelta(days=days), document_number=f"{days}/QĐ")
        for factory, days in ((signer, 300), (titled(office.specialist, "Trưởng ban"), 3))
    )
    over = give(office, titled(office.desk, "Trưởng quầy"), document_number="9/QĐ")
    signing.revoke(over.pk, by=office.leader, reason="Đổi phân công")
    assert [row.pk for row in signing.visible_to(office.administrator)] == [soon.pk, late.pk, over.pk]
