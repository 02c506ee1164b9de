"""A letter is told of in the inbox when it lies in the store, and the store's list finds it by dossier and by words."""

import html
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dossiers import letter_notices, letters, reversal, services
from dossiers.models import Dossier, Letter, LetterKind
from portal.accounts.models import OrganisationMember, OrganisationRole, User
from portal.agencies.actors import ActorKind
from portal.notifications.models import Message
from tests import factories
from tests.dossiers.dossier_pages import desk
from tests.dossiers.filing_pages import signed_in

pytestmark = pytest.mark.django_db
STORE = "/kho-du-lieu/"


def write_all(dossier: Dossier) -> None:
    """As the worker does, twice over."""
    for letter in Letter.objects.filter(dossier=dossier):
        letters.write(letter)
        letters.write(letter)


def told(dossier: Dossier) -> list[Message]:
    return list(Message.objects.filter(reference=dossier.code, kind=letter_notices.KIND).order_by("pk"))


def store_of(user: User, query: str = "") -> str:
    return html.unescape(signed_in(user).get(STORE + query).content.decode())


def test_the_inbox_tells_once_that_a_letter_is_there_and_opens_it() -> None:
    dossier = factories.file_dossier()
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Bà Riêng Tư không có quyền.")
    assert not told(dossier), "the paper is not there yet"
    write_all(dossier)
    (notice,) = told(dossier)
    letter = Letter.objects.get(dossier=dossier, kind=LetterKind.REFUSAL)
    assert (notice.channel, notice.recipient) == ("inbox", dossier.owner), "the step itself went by every way"
    assert notice.subject.startswith(f"Văn bản “{letter.get_kind_display()}” của hồ sơ {dossier.code} đã có")
    assert "Riêng Tư" not in notice.subject + notice.body
    assert dossier.owner is not None
    page = signed_in(dossier.owner).get(notice.link, follow=True)
    assert page["Content-Type"] == "application/pdf" and b"".join(page.streaming_content).startswith(b"%PDF")
    assert signed_in(factories.make_citizen("Người Lạ")).get(notice.link).status_code == 404


def test_the_confirmation_of_a_filing_and_a_letter_taken_back_tell_nothing() -> None:
    dossier = factories.file_dossier()
    with time_machine.travel(timezone.now() - timedelta(minutes=2)):
        services.accept(dossier.code or "", actor=desk(dossier))
        assert dossier.agency is not None
        leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
        reversal.revert(dossier.code or "", actor=leader, reason="Nhầm.")
    write_all(dossier)
    assert Letter.objects.filter(dossier=dossier).count() == 2 and not told(dossier)


def test_the_notice_is_in_the_readers_language() -> None:
    dossier = factories.file_dossier()
    User.objects.filter(pk=dossier.owner_id).update(language="en")
    services.accept(dossier.code or "", actor=desk(dossier))
    write_all(dossier)
    (notice,) = told(dossier)
    assert "is there" in notice.subject and "PDF" in notice.body and "Văn bản" not in notice.subject + notice.body


def test_who_files_for_an_organisation_hears_and_after_her_who_represents_it() -> None:
    company = factories.make_company()
    clerk, boss = factories.make_member(company), factories.make_member(company, "Sếp", OrganisationRole.REPRESENTATIVE)
    for left, hears in ((False, clerk), (True, boss)):
        dossier = factories.file_dossier(clerk)
        Dossier.objects.filter(pk=dossier.pk).update(organisation=company)
        if left:
            OrganisationMember.objects.filter(user=clerk).update(role=OrganisationRole.READER)
        services.accept(dossier.code or "", actor=desk(dossier))
        write_all(dossier)
        assert [notice.recipient for notice in told(dossier)] == [hears]


def test_the_store_lists_letters_by_dossier_and_finds_them() -> None:
    citizen = factories.make_citizen("Nguyễn Thị Mẫu")
    first, second = (factories.file_dossier(citizen) for _n in range(2))
    for dossier in (first, second):
        services.accept(dossier.code or "", actor=desk(dossier))
        write_all(dossier)
    receipt, code = str(LetterKind.RECEIPT.label), str(first.code)
    plain = store_of(citizen)
    assert receipt not in plain and "?loai=van-ban-ho-so" in plain, "the list itself has papers and results"
    listed = store_of(citizen, "?loai=van-ban-ho-so")
    assert listed.index(f"Hồ sơ {second.code}") < listed.index(f"Hồ sơ {code}") and f"/ho-so/{code}/" in listed
    assert listed.count(f">{receipt} – ") == 2 == listed.count(f">{LetterKind.SUBMISSION.label} – ")
    below = listed[listed.index(f"Hồ sơ {code}") :]
    assert f"{receipt} – {code}" in below and f"– {second.code}" not in below
    for query in ("giay tiep nhan", code):
        assert f">{receipt} – {code}" in store_of(citizen, f"?q={query}"), "a search of words finds letters"
    narrowed = store_of(citizen, f"?loai=van-ban-ho-so&q=tiep nhan {code}")
    assert narrowed.count("– " + code) == 1 and f"Hồ sơ {second.code}" not in narrowed
    assert f"– {code}" not in store_of(factories.make_citizen("Người Lạ"), "?loai=van-ban-ho-so")
    assert "Chưa có văn bản nào" in store_of(factories.make_citizen("Người Mới"), "?loai=van-ban-ho-so")


def test_dossiers_with_letters_come_by_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datastore.letter_list.PAGE_SIZE", 2)
    citizen = factories.make_citizen()
    codes = []
    for _n in range(3):
        dossier = factories.file_dossier(citizen)
        write_all(dossier)
        codes.append(str(dossier.code))
    client = signed_in(citizen)
    first = client.get(f"{STORE}?loai=van-ban-ho-so")
    second = client.get(STORE + first.context["next_url"])
    for page, wanted in ((first, [codes[2], codes[1]]), (second, [codes[0]])):
        assert [each["of"].code for each in page.context["dossiers"]] == wanted
    assert not second.context["next_url"] and second.context["first_url"] == "?loai=van-ban-ho-so"
    assert client.get(f"{STORE}?loai=van-ban-ho-so&sau=x").context["dossiers"][0]["of"].code == codes[2]


def test_an_organisations_letters_are_listed_for_who_files_for_it_only() -> None:
    company = factories.make_company()
    clerk = factories.make_member(company)
    dossier = factories.file_dossier(clerk)
    Dossier.objects.filter(pk=dossier.pk).update(organisation=company)
    write_all(dossier)
    reader = factories.make_member(company, "Người Xem", OrganisationRole.READER)
    for query in ("loai=van-ban-ho-so", f"q={dossier.code}"):
        assert f"– {dossier.code}" in store_of(clerk, f"?to-chuc={company.pk}&{query}")
        assert f"– {dossier.code}" not in store_of(reader, f"?to-chuc={company.pk}&{query}")
    assert f"– {dossier.code}" not in store_of(clerk, "?loai=van-ban-ho-so"), "it lies in the organisation's store"
