"""A signature is given and taken back: by whom, to whom, for how long, and what is refused in words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.agencies import signing
from portal.agencies.models import Membership, MembershipRole, SigningDelegation
from portal.core.errors import InvalidInputError, NotFoundError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.backoffice.signers import PAGE, give, titled, typed

pytestmark = pytest.mark.django_db


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
