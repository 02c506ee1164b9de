"""An organisation's members: its representative appoints and dismisses, each hears of it, and it can be taken back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from datastore import members, views_members
from datastore.models import Document
from portal.accounts import representing
from portal.accounts.models import (
    CitizenProfile,
    MembershipChange,
    OrganisationMember,
    OrganisationRole,
)
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.notifications.models import Message
from tests import factories
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    return factories.make_company()


@pytest.fixture
def boss(company):
    return factories.make_member(company, "Trần Thị Giám Đốc", OrganisationRole.REPRESENTATIVE)


@pytest.fixture
def clerk(db):
    return factories.make_citizen("Lê Thị Văn Thư")


@pytest.fixture
def appoint(company, boss):
    def make(user, role=OrganisationRole.FILER, **changed):
        facts = {"personal_id": user.citizen.personal_id, "full_name": user.display_name, **changed}
        return members.appoint(company.pk, actor=boss, role=role, **facts)

    return make


def told(user) -> list[str]:
    return list(Message.objects.filter(recipient=user, channel="inbox").order_by("id").values_list("kind", flat=True))


def test_appointed_dismissed_and_taken_back_by_the_pages(company, boss, clerk, signed_in):
    browser, page = signed_in(boss), reverse("datastore:members", args=[company.pk])
    sent = {"personal_id": clerk.citizen.personal_id, "full_name": "le thi van thu", "role": "filer"}
    assert browser.post(reverse("datastore:member_appoint", args=[company.pk]), sent).status_code == 302
    assert representing.may_file(clerk, company.pk)
    assert clerk.display_name in browser.get(page).content.decode()
    post = OrganisationMember.objects.get(user=clerk)
    ask = reverse("datastore:member_dismiss", args=[company.pk, post.pk])
    assert "Cho Lê Thị Văn Thư thôi làm thành viên?" in browser.get(ask).content.decode()
    assert representing.is_member(clerk, company.pk), "asking is not doing"
    for _press in range(2):
        assert browser.post(ask).status_code == 302
    assert not representing.is_member(clerk, company.pk)
    assert "Chỉ định lại" in browser.get(page).content.decode()
    back = reverse("datastore:member_restore", args=[company.pk, MembershipChange.objects.get(action="dismissed").pk])
    assert browser.post(back).status_code == 302
    assert representing.may_file(clerk, company.pk)
    assert browser.post(back).status_code == 404, "there is nothing left to take back"
    assert list(MembershipChange.objects.order_by("id").values_list("action", "changed_by_name")) == [
        (action, boss.display_name) for action in ("appointed", "dismissed", "restored")
    ]
    assert told(clerk) == [f"organisation.member_{action}" for action in ("appointed", "dismissed", "restored")]
    mails = Message.objects.filter(recipient=clerk, channel="email")
    assert mails.count() == 3 and clerk.citizen.personal_id not in str(list(mails.values("subject", "body")))


def test_only_the_representative_manages(company, boss, clerk, stranger, appoint, signed_in):
    post = OrganisationMember.objects.get(user=boss)
    appoint(clerk)
    mine = OrganisationMember.objects.get(user=clerk)
    page, add = (reverse(f"datastore:{name}", args=[company.pk]) for name in ("members", "member_appoint"))
    ask = reverse("datastore:member_dismiss", args=[company.pk, mine.pk])
    member, other = signed_in(clerk), signed_in(stranger)
    shown = member.get(page).content.decode()
    assert boss.display_name in shown and add not in shown and ask not in shown
    assert "0011" not in shown, "whose number is whose is for the representative"
    for where in (add, ask):
        assert (member.get(where).status_code, member.post(where).status_code) == (403, 403)
    for where in (page, add, ask, reverse("datastore:member_leave", args=[company.pk])):
        assert other.get(where).status_code == 404
    newcomer = {"personal_id": boss.citizen.personal_id, "full_name": boss.display_name, "role": "reader"}
    for manage in (  # whatever page leads there, now or one day
        lambda: members.appoint(company.pk, actor=clerk, **newcomer),
        lambda: members.dismiss(company.pk, mine.pk, actor=clerk),
        lambda: members.restore(company.pk, 1, actor=clerk),
    ):
        with pytest.raises(NotAllowedError):
            manage()
    with pytest.raises(NotAllowedError):  # who represents is what the identity account says
        members.dismiss(company.pk, post.pk, actor=boss)
    with pytest.raises(NotAllowedError):
        members.leave(company.pk, actor=boss)
    with pytest.raises(NotFoundError):
        members.dismiss(factories.make_company("Khác", tax_code="1").pk, mine.pk, actor=boss)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"full_name": "Người Khác"}, "personal_id"),
        ({"personal_id": "001199999999"}, "personal_id"),
        ({"personal_id": "12x"}, "personal_id"),
        ({"role": "representative"}, "role"),
        ({"role": "x"}, "role"),
    ],
)
def test_number_name_and_role_have_to_fit(changed, field, clerk, appoint):
    with pytest.raises(InvalidInputError) as caught:
        appoint(clerk, **changed)
    assert list(caught.value.fields) == [field] and not MembershipChange.objects.exists()


def test_a_card_read_at_a_counter_is_no_account(clerk, appoint):
    CitizenProfile.objects.filter(user=clerk).update(is_from_counter=True)
    with pytest.raises(InvalidInputError):
        appoint(clerk)


def test_guessing_numbers_is_stopped(company, boss, clerk, signed_in, monkeypatch):
    monkeypatch.setattr(views_members, "TRIES", 2)
    browser, address = signed_in(boss), reverse("datastore:member_appoint", args=[company.pk])
    sent = {"personal_id": clerk.citizen.personal_id, "full_name": "Ai Đó", "role": "reader"}
    assert [browser.post(address, sent).status_code for _try in range(3)] == [422, 422, 429]


def test_another_role_takes_the_place_of_the_first(company, clerk, appoint):
    appoint(clerk)
    with pytest.raises(InvalidInputError):
        appoint(clerk)
    appoint(clerk, OrganisationRole.READER)
    assert representing.is_member(clerk, company.pk) and not representing.may_file(clerk, company.pk)
    assert [post.role for post in members.members(company)] == ["representative", "reader"]


def test_a_reader_sees_the_store_and_adds_nothing(company, clerk, appoint, signed_in, upload_type, deposit, boss):
    paper = deposit(owner=boss, organisation=company, title="Giấy phép của công ty")
    appoint(clerk, OrganisationRole.READER)
    browser = signed_in(clerk)
    store = browser.get(f"{reverse('datastore:list')}?to-chuc={company.pk}").content.decode()
    assert paper.title in store and "Thêm giấy tờ" not in store
    sent = {"file": SimpleUploadedFile("a.pdf", make_pdf()), "type": upload_type.code, "to-chuc": str(company.pk)}
    assert browser.post(reverse("datastore:upload"), sent).status_code == 403
    assert not Document.objects.usable_by(clerk, on=timezone.localdate()).exists()
    mine = deposit(owner=clerk)
    assert browser.get(reverse("datastore:hand_over", args=[mine.pk])).status_code == 404


def test_a_member_steps_down_and_the_representative_hears(company, boss, clerk, appoint, signed_in):
    appoint(clerk)
    browser, address = signed_in(clerk), reverse("datastore:member_leave", args=[company.pk])
    assert "Tự thôi làm thành viên?" in browser.get(address).content.decode()
    assert browser.post(address).status_code == 302
    assert browser.post(address).status_code == 404
    assert told(boss) == ["organisation.member_left"]
    assert members.restorable(company, timezone.now()) == set(), "who went by herself is not fetched back by a button"
    assert company.name not in browser.get(reverse("datastore:organisations")).content.decode()


def test_a_dismissal_long_ago_is_not_one_press(company, clerk, appoint, boss):
    appoint(clerk)
    change = members.dismiss(company.pk, OrganisationMember.objects.get(user=clerk).pk, actor=boss)
    MembershipChange.objects.update(changed_at=timezone.now() - members.RESTORED_WITHIN - timedelta(hours=1))
    with pytest.raises(NotFoundError):
        members.restore(company.pk, change.pk, actor=boss)
