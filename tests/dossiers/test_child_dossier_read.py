"""A dossier filed by a parent for a child: who reads it and the child’s store, and for how long."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from datastore import services as store
from datastore.models import AccessLog
from dossiers import filing, letters, notices, reminders, services
from dossiers.models import Dossier, LetterKind, ResultIssue
from dossiers.results import content
from portal.accounts import representations
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError
from portal.notifications.models import Message
from tests import factories
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import signed_in, status_of
from tests.dossiers.representation_situations import (
    CHILDS_NUMBER,
    came_of_age,
    draft_for,
    held_of,
    other_parent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(mother, held, version):
    return filing.submit(draft_for(mother, held, version).public_id, actor=Actor.citizen(mother))


def test_the_parent_reads_and_acts_while_it_holds(dossier, mother, held, child):
    code, client = dossier.code, signed_in(mother)
    assert code in client.get("/ho-so/").content.decode()
    page = client.get(f"/ho-so/{code}/").content.decode()
    assert "Chủ hồ sơ" in page and "Nguyễn Thử Bé" in page and "Nội dung đã khai" in page
    services.request_supplement(code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    assert client.get(f"/ho-so/{code}/bo-sung/").status_code == 200
    came_of_age(held)
    for address in (f"/ho-so/{code}/", f"/ho-so/{code}/bo-sung/", f"/ho-so/{code}/rut/"):
        assert client.get(address).status_code == 404
    assert code not in client.get("/ho-so/").content.decode()
    with pytest.raises(NotFoundError):
        services.supplement(code, actor=Actor.citizen(mother), answer="Đây.")
    assert signed_in(child).get(f"/ho-so/{code}/").status_code == 200


def test_supplements_lie_in_the_childs_store(dossier, mother, child):
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    page = signed_in(mother).get(f"/ho-so/{dossier.code}/bo-sung/")
    (item,) = page.context["items"]
    sent = signed_in(mother).post(
        f"/ho-so/{dossier.code}/bo-sung/",
        {"answer": "Đây.", item["field"]: upload(), "asked": str(dossier.supplement_requests.get().pk)},
    )
    assert sent.status_code == 302
    brought = dossier.components.filter(supplement_round=1).get().document
    assert (brought.owner, brought.organisation) == (child, None)


def upload():
    return SimpleUploadedFile("bo-sung.png", factories.png("bổ sung"))


def test_two_parents_read_the_childs_store_and_not_each_others_filings(dossier, mother, held, child):
    father = other_parent(held)
    assert held_of(father).principal == child, "one child, whoever added her"
    assert signed_in(father).get(f"/ho-so/{dossier.code}/").status_code == 404
    (letter, listed) = _letter(dossier), _listed(child, dossier)
    for person, letters_open in ((mother, True), (father, False)):
        client = signed_in(person)
        assert (status_of(client, reverse("datastore:detail", args=[letter.pk])) == 200) is letters_open
        assert status_of(client, reverse("datastore:detail", args=[listed.pk])) == 200


def test_who_is_left_takes_over_what_the_other_parent_began(dossier, mother, held):
    father = other_parent(held)
    representations.end(held.public_id, user=mother)
    assert signed_in(mother).get(f"/ho-so/{dossier.code}/").status_code == 404
    assert signed_in(father).get(f"/ho-so/{dossier.code}/").status_code == 200
    assert status_of(signed_in(father), reverse("datastore:detail", args=[_letter(dossier).pk])) == 200
    Message.objects.all().delete()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    heard = Message.objects.filter(reference=dossier.code, channel="inbox")
    assert set(heard.values_list("recipient", flat=True)) == {father.pk}
    assert [person.pk for person in reminders._whose_turn(Dossier.objects.get(pk=dossier.pk))] == [father.pk]


def test_nobody_left_means_the_child_hears(dossier, mother, held, child):
    representations.end(held.public_id, user=mother)
    Message.objects.all().delete()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    heard = Message.objects.filter(reference=dossier.code, channel="inbox")
    assert "dossier.accepted" in notices.NOTICES
    assert set(heard.values_list("recipient", flat=True)) == {child.pk}


def _letter(dossier):
    for row in dossier.letters.all():
        letters.write(row)
    return dossier.letters.get(kind=LetterKind.SUBMISSION).document


def _listed(child, dossier):
    return store.deposit(
        owner=child,
        content=make_pdf(),
        name="ket-qua.pdf",
        type_code="KQ.TEST",
        title="Kết quả của con",
        trust="A",
        issuer=dossier.agency,
        dossier_code=dossier.code,
        procedure_code=dossier.procedure_code,
        representation=dossier.representation,
    )


def test_the_childs_store_opens_to_the_parent_and_closes_with_the_day(dossier, mother, held, child):
    result, client = _listed(child, dossier), signed_in(mother)
    store = f"/kho-du-lieu/?nguoi={held.public_id}"
    page = client.get(store).content.decode()
    assert "Kho dữ liệu của Nguyễn Thử Bé" in page and "Kết quả của con" in page
    file = reverse("datastore:file", args=[result.files.get().pk])
    assert status_of(client, file) == 200
    assert client.get(f"/kho-du-lieu/{result.pk}/chia-se/").status_code == 404
    assert client.get(f"/kho-du-lieu/{result.pk}/xoa/").status_code == 404
    assert client.post(f"/kho-du-lieu/{result.pk}/xoa/").status_code == 404
    seen = AccessLog.objects.filter(owner=child, document=result)
    assert {row.reader for row in seen} == {mother} and {row.reader_name for row in seen} == {"Nguyễn Thị Mẹ"}
    looked = seen.filter(purpose="Xem với tư cách người đại diện", action="looked").count()
    client.get(store)
    assert seen.filter(purpose="Xem với tư cách người đại diện", action="looked").count() == looked, "once a day"
    assert "Nguyễn Thị Mẹ" in signed_in(child).get("/kho-du-lieu/ai-da-xem/").content.decode()
    came_of_age(held)
    assert client.get(store).status_code == 404
    assert status_of(client, file) == 404 and client.get(f"/kho-du-lieu/{result.pk}/").status_code == 404
    assert str(held.public_id) not in client.get("/kho-du-lieu/").content.decode()


def test_a_strangers_key_opens_no_store(held):
    stranger = signed_in(factories.make_citizen("Người Lạ"))
    for typed in (str(held.public_id), "x", "1"):
        assert stranger.get(f"/kho-du-lieu/?nguoi={typed}").status_code == 404


def test_letters_and_results_name_both(dossier, mother, child, held):
    letter = dossier.letters.get(kind=LetterKind.SUBMISSION)
    html = render_to_string("dossiers/letters/_who.html", letters.context(letter, dossier))
    assert "<th>Chủ hồ sơ</th><td>Nguyễn Thử Bé</td>" in html
    assert "Nguyễn Thị Mẹ (cha, mẹ đại diện cho con, theo Giấy khai sinh 12/2026)" in html
    dossier.agency.refresh_from_db()
    work = ResultIssue(
        dossier=dossier, document_number="12/2026", signer_name="Vũ Minh Châu", approved_at=timezone.now()
    )
    said = content(dossier, dossier.agency, work)
    assert (said.holder_name, said.holder_id, said.receiver) == ("Nguyễn Thử Bé", CHILDS_NUMBER, "Nguyễn Thị Mẹ")
