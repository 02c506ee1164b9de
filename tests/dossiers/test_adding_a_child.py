"""A child whom a parent represents (con mà cha, mẹ đại diện): of which certificate, and whose number it may be."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from datastore.models import Document, DocumentStatus
from dossiers import family, filing
from dossiers.errors import IdentityLevelError
from portal.accounts import people, representations, vneid
from portal.accounts.models import CitizenProfile, Representation
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.filing_pages import signed_in
from tests.dossiers.representation_situations import BORN, CHILDS_NUMBER, certificate, draft_for, held_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(mother, held, version):
    return filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))


def test_a_child_is_made_of_the_certificate_and_nothing_typed(mother, held, child):
    profile = CitizenProfile.objects.get(user=child)
    assert (profile.personal_id, profile.full_name, profile.date_of_birth) == (CHILDS_NUMBER, "Nguyễn Thử Bé", BORN)
    assert profile.is_from_counter and not child.has_usable_password()
    assert (held.kind, held.proof_words, held.valid_to) == ("child", "Giấy khai sinh 12/2026", date(2037, 5, 3))
    assert family.to_add(mother) == [], "what was added is not offered again"


def test_adding_again_is_idle(mother, held):
    again = family.add(mother, held.proof_document_id)
    assert again == held and Representation.objects.count() == 1


def test_the_page_offers_and_adds(version):
    parent = factories.make_citizen("Lê Thị Mẹ")
    paper = certificate(parent, mother=parent)
    client = signed_in(parent)
    page = client.get("/dai-dien/").content.decode()
    assert "Nguyễn Thử Bé" in page and "số 12/2026" in page
    added = client.post("/dai-dien/con/", {"giay-to": str(paper.pk)}, follow=True).content.decode()
    assert "Từ nay bạn nộp hồ sơ thay Nguyễn Thử Bé được." in added and "Đang có hiệu lực" in added
    assert "bản nháp đang viết và kho của con không còn mở với bạn" in added, "what ends is said before the press"
    ended = client.post(f"/dai-dien/{held_of(parent).public_id}/thoi/", follow=True).content.decode()
    assert "Người đại diện tự thôi" in ended and "Nguyễn Thử Bé" in ended, "what is over stays as history"
    assert f"đã thôi ngày {timezone.localdate():%d/%m/%Y}" in ended and "đến hết ngày" not in ended


def test_who_was_confirmed_at_a_desk_is_led_back_there(mother, held):
    Representation.objects.filter(pk=held.pk).update(kind="ward", proof="official", proof_document_id=None)
    page = signed_in(mother).get("/dai-dien/").content.decode()
    assert "mang giấy tờ đến bộ phận một cửa" in page and "thêm con lại từ giấy khai sinh" not in page


def test_anothers_child_is_nobodys_to_add(version, mother):
    stranger = factories.make_citizen("Người Lạ")
    assert (
        signed_in(stranger).post("/dai-dien/con/", {"giay-to": str(held_of(mother).proof_document_id)}).status_code
        == 404
    )
    for typed in ("", "x", "0", str(2**70)):
        assert signed_in(stranger).post("/dai-dien/con/", {"giay-to": typed}).status_code == 404
    grandmother = factories.make_citizen("Nguyễn Thị Bà")
    paper = certificate(grandmother, mother=mother)  # who filed for the certificate is no parent for that
    assert family.to_add(grandmother) == []
    with pytest.raises(NotFoundError):
        family.add(grandmother, paper.pk)
    with pytest.raises(NotFoundError):
        representations.end(held_of(mother).public_id, user=stranger)


@pytest.mark.parametrize("standing", [DocumentStatus.REVOKED, DocumentStatus.REPLACED, DocumentStatus.DELETED])
def test_a_certificate_that_counts_no_more_makes_no_child(version, standing):
    parent = factories.make_citizen("Lê Thị Mẹ")
    paper = certificate(parent, mother=parent)
    Document.objects.filter(pk=paper.pk).update(status=standing)
    with pytest.raises(NotFoundError):
        family.add(parent, paper.pk)


def test_what_somebody_uploaded_herself_makes_no_child(version):
    parent = factories.make_citizen("Lê Thị Mẹ")
    paper = certificate(parent, mother=parent)
    Document.objects.filter(pk=paper.pk).update(trust="D")
    assert family.to_add(parent) == []


def test_who_is_of_age_or_of_level_one_is_refused(version):
    parent = factories.make_citizen("Lê Thị Mẹ")
    grown = certificate(parent, mother=parent, born=timezone.localdate().replace(day=1) - timedelta(days=18 * 366))
    with pytest.raises(NotFoundError):
        family.add(parent, grown.pk)
    low = factories.make_citizen("Mức Một", level=1)
    CitizenProfile.objects.filter(user=low).update(identity_level=2)
    paper = certificate(low, mother=low)
    CitizenProfile.objects.filter(user=low).update(identity_level=1)
    with pytest.raises(IdentityLevelError):
        family.add(low, paper.pk)


def test_a_number_that_is_somebody_elses_is_refused(version):
    other = factories.make_citizen("Người Khác")
    number = CitizenProfile.objects.get(user=other).personal_id
    parent = factories.make_citizen("Lê Thị Mẹ")
    with pytest.raises(InvalidInputError):
        family.add(parent, certificate(parent, mother=parent, number=number).pk)
    assert not Representation.objects.exists()


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2010, 6, 15), date(2028, 6, 14)),
        (date(2012, 2, 29), date(2030, 2, 28)),
        (date(2014, 1, 1), date(2031, 12, 31)),
    ],
)
def test_childhood_ends_before_the_eighteenth_birthday(born, last):
    assert representations.childhood_ends_on(born) == last


def test_the_database_refuses_what_cannot_be(mother, held, child):
    row = Representation.objects.values().get(pk=held.pk)
    fresh = {**row, "id": None, "public_id": "00000000-0000-4000-8000-000000000001"}
    wrong = [
        {},  # a second open one of this pair and kind
        {"principal_id": mother.pk},
        {"kind": "ward", "valid_to": timezone.localdate() - timedelta(days=1)},
        {"kind": "ward", "ended_at": timezone.now()},
        {"kind": "ward", "end_reason": "given_up"},
        {"kind": "ward", "proof_document_id": None},
        {"kind": "ward", "representative_id": None},
        {"ended_at": timezone.now(), "end_reason": "given_up", "valid_to": None},
    ]
    for changes in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Representation.objects.create(**{**fresh, **changes})


def test_a_child_who_signs_in_owns_the_record(held, child, dossier, mother):
    """The same number with VNeID: the account nobody signed in to becomes hers, with what was filed for her."""
    claims = vneid.parse_claims(
        {"SoDinhDanh": CHILDS_NUMBER, "HoVaTen": "Nguyễn Thử Bé", "birthdate": BORN.isoformat(), "acr": "2"}
    )
    found = vneid.find_user(claims)
    assert found == child
    profile = vneid.refresh_profile(child, claims)
    assert not profile.is_from_counter and not profile.from_paper
    page = signed_in(child).get(f"/ho-so/{dossier.code}/").content.decode()
    assert "Người nộp thay" in page and "Nguyễn Thị Mẹ" in page
    assert "Nguyễn Thị Mẹ" in signed_in(child).get("/dai-dien/").content.decode()
    with pytest.raises(NotAllowedError):  # a minor does not end what the law says
        representations.end(held.public_id, user=child)
    assert people.find(CHILDS_NUMBER) == child


def test_who_has_an_account_hears_that_somebody_acts_for_her(version):
    parent, teenager = factories.make_citizen("Lê Thị Mẹ"), factories.make_citizen("Lê Thử Con")
    CitizenProfile.objects.filter(user=teenager).update(date_of_birth=BORN)
    number = CitizenProfile.objects.get(user=teenager).personal_id
    held = family.add(parent, certificate(parent, mother=parent, number=number, name="Lê Thử Con").pk)
    assert held.principal == teenager
    assert Message.objects.filter(recipient=teenager, kind="representation.began", channel="inbox").count() == 1


@pytest.mark.parametrize(("name", "born"), [("Nguyễn Thử Bé", None), ("Hoàng Văn Lạ", BORN)])
def test_a_number_that_is_known_under_another_name_or_without_a_day_is_no_child(
    version: ProcedureVersion, name: str, born: date | None
) -> None:
    people.enter(people.Person(personal_id=CHILDS_NUMBER, full_name=name, date_of_birth=born))
    parent = factories.make_citizen("Lê Thị Mẹ")
    with pytest.raises(InvalidInputError) as refused:
        family.add(parent, certificate(parent, mother=parent).pk)
    assert "bộ phận một cửa" in str(refused.value.fields["child"][0])
    assert not Representation.objects.exists()


def test_the_same_name_in_other_letters_is_the_same_child(version: ProcedureVersion) -> None:
    known = people.enter(people.Person(personal_id=CHILDS_NUMBER, full_name="NGUYỄN THỬ BÉ", date_of_birth=BORN))
    parent = factories.make_citizen("Lê Thị Mẹ")
    assert family.add(parent, certificate(parent, mother=parent).pk).principal == known
