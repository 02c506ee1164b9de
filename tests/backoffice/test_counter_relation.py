"""A desk confirms who acts by law for a child or a ward: by which paper, how long, and who hears of it."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from dossiers import confirmed_relations, drafts, family
from portal.accounts import people, representations, vneid
from portal.accounts.models import CitizenProfile, EndReason, Representation, RepresentationKind, RepresentationProof
from portal.accounts.vneid import Claims
from portal.agencies.actors import Actor
from portal.agencies.models import Agency
from portal.backoffice import views_counter_relation
from portal.core.errors import NotFoundError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.desks import Counter
from tests.dossiers.filing_pages import text
from tests.dossiers.representation_situations import certificate

pytestmark = pytest.mark.django_db
PROOF = "Trích lục đăng ký giám hộ 03/2026, UBND phường Cửa Nam"
BORN = date(2019, 5, 4)
FORM = {
    "kind": "ward",
    "personal_id": "001219000077",
    "full_name": "Nguyễn Thử Bé",
    "date_of_birth": f"{BORN:%d/%m/%Y}",
    "gender": "2",
    "proof": PROOF,
    "until": "",
    "has_seen_proof": "on",
    "seen_warnings": "1",
}
GROWN = {"personal_id": "001180000077", "date_of_birth": "04/05/1980"}


@pytest.fixture
def counter(office: Office) -> Counter:
    return Counter(office, person=factories.make_citizen("Trần Thị Khách"))


def send(counter: Counter, **changes: str) -> Any:
    return counter.browser.post(f"{counter.visit_url}dai-dien/", {**FORM, **changes})


def test_a_guardian_is_confirmed_once_and_files_from_home(counter: Counter) -> None:
    link = f'href="{counter.visit_url}dai-dien/"'
    assert link in counter.browser.get(counter.visit_url).content.decode()
    for _twice in range(2):
        assert send(counter)["Location"] == counter.visit_url
    held = Representation.objects.get()
    assert (held.representative, held.kind) == (counter.person, RepresentationKind.WARD)
    assert (held.proof, held.proof_words, held.confirmed_by) == (
        RepresentationProof.OFFICIAL,
        PROOF,
        counter.office.desk,
    )
    assert held.valid_to == representations.childhood_ends_on(BORN)
    assert "Đã ghi nhận: từ nay Trần Thị Khách nộp hồ sơ thay Nguyễn Thử Bé" in text(
        counter.browser.get(counter.visit_url)
    )
    counter.person.refresh_from_db()
    mine = text(signed_in(counter.person).get("/dai-dien/"))
    assert "Nguyễn Thử Bé" in mine and "Người giám hộ" in mine and PROOF in mine
    draft = drafts.start(counter.version, actor=Actor.citizen(counter.person), representation=held)
    assert (draft.owner, draft.filer) == (held.principal, counter.person)


def test_a_parents_last_day_follows_from_the_birth(counter: Counter) -> None:
    assert send(counter, kind="child", until="01/01/2030").status_code == 302
    held = Representation.objects.get()
    assert (held.kind, held.valid_to) == (RepresentationKind.CHILD, representations.childhood_ends_on(BORN))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"proof": " "}, "Hãy ghi giấy tờ đã xem"),
        ({"has_seen_proof": ""}, "Hãy xem giấy tờ và xác nhận"),
        ({"kind": "mandate"}, "Hãy chọn người này đại diện"),
        ({"kind": "child", **GROWN}, "Người này đã đủ 18 tuổi"),
        (GROWN, "quầy không ghi nhận người đại diện"),
        ({"until": "01/01/2020"}, "Ngày này đã qua"),
        ({"date_of_birth": "04/05/2099"}, "Ngày sinh không thể sau hôm nay"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nobody_is_made(
    counter: Counter, changes: dict[str, str], told: str
) -> None:
    people_before = CitizenProfile.objects.count()
    refused = send(counter, **changes)
    assert refused.status_code == 422 and told in text(refused)
    assert not Representation.objects.exists() and CitizenProfile.objects.count() == people_before


def test_who_stands_there_and_who_is_another_here_is_not_confirmed(counter: Counter) -> None:
    own = counter.person.citizen
    her = {"personal_id": own.personal_id, "full_name": own.full_name, "date_of_birth": f"{own.date_of_birth:%d/%m/%Y}"}
    assert "chính người đang ở quầy" in text(send(counter, **her))
    other = factories.make_citizen("Người Khác").citizen
    refused = send(counter, personal_id=other.personal_id, full_name="Tên Gõ Sai", date_of_birth="04/05/2019")
    assert refused.status_code == 422 and "họ tên hoặc ngày sinh khác" in text(refused)
    assert not Representation.objects.exists()


def test_a_wards_later_last_day_takes_the_place_of_an_earlier_one(counter: Counter) -> None:
    assert send(counter, until=f"{timezone.localdate() + timedelta(days=30):%d/%m/%Y}").status_code == 302
    assert Representation.objects.get().valid_to == timezone.localdate() + timedelta(days=30)
    assert send(counter).status_code == 302, "seen again, it goes on"
    assert set(Representation.objects.values_list("end_reason", flat=True)) == {EndReason.RENEWED, ""}


def test_who_is_under_age_becomes_no_guardian(counter: Counter) -> None:
    profile = counter.person.citizen
    profile.date_of_birth = timezone.localdate() - timedelta(days=17 * 365)
    profile.save()
    refused = send(counter)
    assert refused.status_code == 422 and "không làm người giám hộ được" in text(refused)
    assert not Representation.objects.exists() and people.find(FORM["personal_id"]) is None


def test_a_desks_word_ends_where_vneid_says_that_she_is_of_age(counter: Counter) -> None:
    """The desk was told a child's day of birth with a grown person's number."""
    assert send(counter).status_code == 302
    child = people.find(FORM["personal_id"])
    assert child is not None and representations.by_law(child.pk) == [counter.person]
    young = timezone.localdate() - timedelta(days=17 * 365)
    words = dict.fromkeys([each.name for each in fields(Claims)], "")
    who = {name: FORM[name] for name in ("personal_id", "full_name")}
    claims = Claims(**{**words, **who, "identity_level": 2, "date_of_birth": young, "is_digital_citizen": False})
    vneid.refresh_profile(child, claims)
    assert representations.by_law(child.pk) == [counter.person], "still under age"
    vneid.refresh_profile(child, replace(claims, date_of_birth=date(1980, 5, 4)))
    assert representations.by_law(child.pk) == []
    assert Representation.objects.get().end_reason == EndReason.OF_AGE
    assert representations.held_by(counter.person) == []


def test_who_represents_already_hears_of_it_and_the_desk_is_read_in_the_log(counter: Counter) -> None:
    mother = factories.make_citizen("Nguyễn Thị Mẹ", phone="0900000123")
    family.add(mother, certificate(mother, mother=mother).pk)
    Message.objects.all().delete()
    assert send(counter).status_code == 302
    told = Message.objects.filter(kind="representation.began", channel="inbox")
    assert [message.recipient for message in told] == [mother]
    child = people.find(FORM["personal_id"])
    assert child is not None and child.accesses_to_mine.filter(purpose=confirmed_relations.AT_COUNTER).exists()


def test_a_contradiction_is_shown_once_and_then_believed(counter: Counter) -> None:
    asked = send(counter, seen_warnings="")  # the number is a boy's
    assert asked.status_code == 200 and 'name="seen_warnings"' in asked.content.decode()
    assert not Representation.objects.exists()
    assert send(counter).status_code == 302
    Representation.objects.all().delete()
    assert send(counter, gender="1", seen_warnings="").status_code == 302, "nothing contradicts"


def confirmed(counter: Counter, **changes: str) -> Representation:
    assert send(counter, **changes).status_code == 302
    return Representation.objects.get(ended_at=None, proof=RepresentationProof.OFFICIAL)


def end_url(counter: Counter, held: Representation) -> str:
    return f"{counter.visit_url}dai-dien/{held.public_id}/cham-dut/"


ENDED = {"reason": "Trích lục chấm dứt giám hộ 02/2026", "has_seen_proof": "on"}


def test_the_desk_that_confirmed_it_ends_it_for_a_reason_that_both_read(counter: Counter) -> None:
    held = confirmed(counter)
    mother = factories.make_citizen("Nguyễn Thị Mẹ")
    family.add(mother, certificate(mother, mother=mother).pk)
    CitizenProfile.objects.filter(user=held.principal).update(is_from_counter=False)  # she signed in herself
    draft = drafts.start(counter.version, actor=Actor.citizen(counter.person), representation=held)
    assert end_url(counter, held) in text(counter.browser.get(f"{counter.visit_url}dai-dien/"))
    assert "Trần Thị Khách thôi đại diện cho Nguyễn Thử Bé" in text(counter.browser.get(end_url(counter, held)))
    Message.objects.all().delete()
    done = counter.browser.post(end_url(counter, held), ENDED)
    assert done["Location"] == counter.visit_url
    held.refresh_from_db()
    assert (held.end_reason, held.end_words) == (EndReason.BY_DESK, ENDED["reason"])
    assert "Phạm Thị Quầy" in held.ended_by_name
    told = Message.objects.filter(kind="representation.ended", channel="inbox")
    assert {message.recipient for message in told} == {counter.person, held.principal, mother}
    counter.person.refresh_from_db()
    mine = text(signed_in(counter.person).get("/dai-dien/"))
    assert "Bộ phận một cửa đã chấm dứt" in mine and ENDED["reason"] in mine
    assert ENDED["reason"] in text(signed_in(held.principal).get("/dai-dien/"))
    assert representations.held_by(counter.person) == []
    assert signed_in(counter.person).get(
        f"/nop-ho-so/{draft.procedure_code}/{draft.public_id}/noi-nop/"
    ).status_code in {
        403,
        404,
    }
    assert held.principal.accesses_to_mine.filter(purpose=confirmed_relations.END_AT_COUNTER).exists()
    hers = Message.objects.get(recipient=mother, kind="representation.ended", channel="inbox")
    assert hers.link == "" and "Nguyễn Thử Bé" in hers.body and ENDED["reason"] in hers.body, "no page of hers has it"
    again = counter.browser.post(end_url(counter, held), ENDED, follow=True)
    assert again.status_code == 200 and "Việc đại diện này đã chấm dứt." in text(again), "it is over"
    assert confirmed(counter).pk != held.pk, "and may be confirmed again"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": " "}, "Hãy ghi lý do"),
        ({"has_seen_proof": ""}, "xác nhận trước khi chấm dứt"),
        ({"reason": "x" * 301}, ""),
    ],
)
def test_without_a_reason_nothing_ends(counter: Counter, changes: dict[str, str], told: str) -> None:
    held = confirmed(counter)
    refused = counter.browser.post(end_url(counter, held), {**ENDED, **changes})
    assert refused.status_code == 422 and told in text(refused)
    assert confirmed_relations.confirmed_here(counter.visit) == [held]


def test_a_new_guardian_at_the_counter_ends_the_earlier_ones(counter: Counter, office: Office) -> None:
    held = confirmed(counter)
    new = Counter(office, counter.version, person=factories.make_citizen("Lê Thị Mới"))
    assert confirmed_relations.confirmed_here(new.visit) == [], "nobody to the child yet"
    assert new.browser.post(end_url(new, held), ENDED).status_code == 404
    assert send(new, proof="Trích lục đăng ký giám hộ 09/2026").status_code == 302
    assert new.browser.post(end_url(new, held), ENDED).status_code == 302
    assert representations.by_law(held.principal_id) == [new.person]


def test_what_a_paper_or_another_desk_confirmed_is_not_ended_here(counter: Counter, office: Office) -> None:
    held = confirmed(counter)
    mother = factories.make_citizen("Nguyễn Thị Mẹ")
    by_paper = family.add(mother, certificate(mother, mother=mother).pk)
    assert counter.browser.get(end_url(counter, by_paper)).status_code == 404
    Representation.objects.filter(pk=held.pk).update(confirming_agency="H17.20194")
    for method in ("get", "post"):
        assert getattr(counter.browser, method)(end_url(counter, held), ENDED).status_code == 404
    with pytest.raises(NotFoundError):
        representations.end_by_official(by_paper.public_id, words="x", official_name="y")
    assert office.browser("leader").get(end_url(counter, held)).status_code == 404
    held.refresh_from_db()
    assert held.ended_at is None


def test_a_row_of_before_gets_its_desk_when_the_paper_is_seen_again(counter: Counter) -> None:
    held = confirmed(counter)
    Representation.objects.filter(pk=held.pk).update(confirming_agency="")
    CitizenProfile.objects.update(commune_code="", province_code="")  # and nobody knows where they live
    assert confirmed_relations.confirmed_here(counter.visit) == []
    assert confirmed(counter) == held
    assert confirmed_relations.confirmed_here(counter.visit) == [held]


def test_who_has_the_tasks_of_the_agency_that_confirmed_ends_it(counter: Counter, office: Office) -> None:
    held, day = confirmed(counter), timezone.localdate() - timedelta(days=1)
    before = factories.make_agency("H26.00099", parent=office.agency.parent)
    Representation.objects.filter(pk=held.pk).update(confirming_agency=before.code)
    assert counter.browser.get(end_url(counter, held)).status_code == 404, "it is open, and the end its own"
    Agency.objects.filter(pk=before.pk).update(successor=office.agency, valid_to=day)
    assert counter.browser.post(end_url(counter, held), ENDED).status_code == 302
    held.refresh_from_db()
    assert held.end_reason == EndReason.BY_DESK


@pytest.mark.parametrize("where", ["ward", "guardian"])
def test_what_was_confirmed_before_the_agency_was_kept_is_ended_where_she_lives(counter: Counter, where: str) -> None:
    held = confirmed(counter)
    Representation.objects.filter(pk=held.pk).update(confirming_agency="")
    profiles = CitizenProfile.objects.filter(user__in=[held.principal, counter.person])
    profiles.update(commune_code="", province_code="")
    assert counter.browser.get(end_url(counter, held)).status_code == 404, "nobody knows where"
    hers = profiles.filter(user=held.principal if where == "ward" else counter.person)
    hers.update(commune_code="20194", province_code="48")
    assert counter.browser.get(end_url(counter, held)).status_code == 404, "elsewhere"
    hers.update(commune_code="00073", province_code="01")
    Agency.objects.filter(pk=counter.visit.agency_id).update(branch="police")
    assert counter.browser.get(end_url(counter, held)).status_code == 404, "that is no business of the police"
    Agency.objects.filter(pk=counter.visit.agency_id).update(branch="peoples_committee")
    assert counter.browser.post(end_url(counter, held), ENDED).status_code == 302
    held.refresh_from_db()
    assert held.end_reason == EndReason.BY_DESK


def test_another_desks_visit_is_nobodys_and_a_script_is_stopped(
    counter: Counter, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office.browser("leader").post(f"{counter.visit_url}dai-dien/", FORM).status_code == 404
    monkeypatch.setattr(views_counter_relation, "ENTRIES", 1)
    assert send(counter, proof=" ").status_code == 422
    assert send(counter).status_code == 429 and not Representation.objects.exists()
