"""A dossier filed by mandate: given by a code, within a scope and days, and over at once when it is taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from datastore import services as store
from datastore.models import AccessLog
from dossiers import drafts, facts, filing, mandates, services
from dossiers.errors import IdentityLevelError, ProcedureClosedError
from dossiers.models import Dossier
from portal.accounts import representations
from portal.accounts.models import EndReason, Representation, RepresentationKind
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from portal.notifications.models import Message
from procedures.eforms.prefilling import STORE
from tests import factories
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import signed_in, status_of
from tests.dossiers.representation_situations import draft_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db):
    factories.make_agency()
    return factories.make_version(audience=["citizen"])


@pytest.fixture
def principal(version):
    return factories.make_citizen("Lê Văn Chủ")


@pytest.fixture
def clerk(version):
    return factories.make_citizen("Trần Thị Thay", phone="0900000777")


@pytest.fixture
def held(principal, clerk, version):
    return mandate(principal, clerk, codes=[version.procedure.code])


def mandate(principal, clerk, *, codes=(), days=30, may_use_store=False):
    given = mandates.give(principal=principal, procedure_codes=list(codes), days=days, may_use_store=may_use_store)
    return mandates.claim(given.code, user=clerk)


@pytest.fixture
def dossier(clerk, held, version):
    return filing.submit(draft_for(clerk, held, version).public_id, actor=Actor.citizen(clerk))


def paper(owner, title="Giấy trong kho", **more):
    return store.deposit(
        owner=owner, content=make_pdf(), name="giay.pdf", type_code="KQ.TEST", title=title, trust="A", **more
    )


def test_it_is_given_and_taken_up_on_the_pages(principal, clerk, version):
    hers, other = signed_in(principal), signed_in(clerk)
    sent = {"scope": "some", "procedure_codes": version.procedure.code, "days": "30"}
    page = hers.post("/dai-dien/uy-quyen/", sent)
    assert page.status_code == 201
    code = page.context["code"]
    taken = other.post("/dai-dien/nhan/", {"code": code}, follow=True).content.decode()
    assert "Từ nay bạn nộp hồ sơ thay Lê Văn Chủ được." in taken and "Người được ủy quyền" in taken
    assert Message.objects.filter(recipient=principal, kind="representation.claimed", channel="inbox").count() == 1
    listed = hers.get("/dai-dien/").content.decode()
    assert "Trần Thị Thay" in listed and "Thu hồi" in listed
    assert "không nộp thay bạn được nữa, bản nháp đang viết cũng vậy" in listed, "what ends is said before the press"
    held = other.get("/dai-dien/").content.decode()
    assert "kho của người ấy không còn mở với bạn" in held and "Thôi đại diện ngay" in held
    again = other.post("/dai-dien/nhan/", {"code": code})
    assert again.status_code == 422 and "đã dùng hoặc đã hết hạn" in again.content.decode(), "a code serves once"


def test_a_code_that_nobody_used_is_taken_back_while_it_lasts(principal):
    given = mandates.give(principal=principal, procedure_codes=[], days=30)
    client = signed_in(principal)
    waiting = client.get("/dai-dien/").content.decode()
    assert "Mã bạn đã trao không còn dùng được." in waiting and "Thu hồi ngay" in waiting
    past = timezone.now() - timedelta(minutes=1)
    Representation.objects.filter(pk=given.mandate.pk).update(code_expires_at=past)
    over = client.get("/dai-dien/").content.decode()
    assert "Mã đã hết hạn, chưa ai dùng" in over and "Thu hồi ngay" not in over


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "scope"),
        ({"scope": "some", "days": "30"}, "procedure_codes"),
        ({"scope": "some", "procedure_codes": "9.999999", "days": "30"}, "procedure_codes"),
        ({"scope": "some", "procedure_codes": "x" * 301, "days": "30"}, "procedure_codes"),
        ({"scope": "all", "days": "9999"}, "days"),
    ],
)
def test_a_scope_or_term_that_is_none_is_refused_at_its_field(principal, sent, field):
    page = signed_in(principal).post("/dai-dien/uy-quyen/", sent)
    assert page.status_code == 422 and field in page.context["form"].errors
    assert not Representation.objects.exists()


def test_what_the_parties_do_themselves_is_given_to_nobody(principal):
    factories.make_version("1.000894", audience=["citizen"])
    with pytest.raises(InvalidInputError):
        mandates.give(principal=principal, procedure_codes=["1.000894"], days=7)


def test_both_sides_are_of_level_two(principal, clerk, version):
    low = factories.make_citizen("Mức Một", level=1)
    with pytest.raises(IdentityLevelError):
        mandates.give(principal=low, procedure_codes=[], days=7)
    given = mandates.give(principal=principal, procedure_codes=[], days=7)
    with pytest.raises(IdentityLevelError):
        mandates.claim(given.code, user=low)


def test_codes_are_not_guessed(principal, clerk, version):
    given = mandates.give(principal=principal, procedure_codes=[], days=7)
    wrong = f"{(int(given.code) + 1) % 10**8:08d}"
    client = signed_in(clerk)
    for typed in ("", "1", "9" * 200, wrong):
        assert client.post("/dai-dien/nhan/", {"code": typed}).status_code == 422
    with pytest.raises(InvalidInputError) as own:
        mandates.claim(given.code, user=principal)
    assert "của chính bạn" in str(own.value.fields["code"][0])
    answers = [client.post("/dai-dien/nhan/", {"code": wrong}).status_code for _try in range(12)]
    assert answers[-1] == 429, "ten wrong ones, then nobody tries on"
    Representation.objects.update(code_expires_at=timezone.now())
    with pytest.raises(InvalidInputError):
        mandates.claim(given.code, user=clerk)


def test_a_code_that_was_taken_back_opens_nothing(principal, clerk, version):
    given = mandates.give(principal=principal, procedure_codes=[], days=7)
    mandates.end(given.mandate.public_id, user=principal)
    with pytest.raises(InvalidInputError):
        mandates.claim(given.code, user=clerk)


def test_ten_at_a_time(principal):
    for _each in range(mandates.MOST_OPEN):
        mandates.give(principal=principal, procedure_codes=[], days=7)
    with pytest.raises(ConflictError):
        mandates.give(principal=principal, procedure_codes=[], days=7)
    Representation.objects.update(code_expires_at=timezone.now() - timedelta(minutes=1))
    assert mandates.give(principal=principal, procedure_codes=[], days=7)


def test_a_newer_one_takes_the_place_of_the_older(principal, clerk, held):
    newer = mandate(principal, clerk)
    held.refresh_from_db()
    assert held.end_reason == EndReason.RENEWED and representations.held_by(clerk) == [newer]


def test_the_database_refuses_what_cannot_be(held):
    row = Representation.objects.values().get(pk=held.pk) | {"id": None, "representative_id": None}
    taken = {"representative_id": factories.make_citizen("Người Khác").pk}
    wrong = [
        {"valid_to": None},  # a mandate has its last day
        {"kind": "ward"},  # the law gives no codes
        {**taken, "code_index": "x"},
        {**taken, "proof_document_id": 1},
    ]
    for at, changes in enumerate(wrong):
        fresh = {**row, "public_id": f"00000000-0000-4000-8000-00000000000{at}", **changes}
        with pytest.raises(IntegrityError), transaction.atomic():
            Representation.objects.create(**fresh)


def test_the_dossier_is_the_principals(dossier, principal, clerk):
    assert (dossier.owner, dossier.filer, dossier.applicant_name) == (principal, clerk, "Lê Văn Chủ")
    assert dossier.applicant_phone == "0900000777"
    heard = Message.objects.filter(reference=dossier.code, channel="inbox", kind="dossier.submitted")
    assert set(heard.values_list("recipient", flat=True)) == {principal.pk, clerk.pk}, "the principal hears at once"
    page = signed_in(principal).get(f"/ho-so/{dossier.code}/").content.decode()
    assert "Trần Thị Thay, người được ủy quyền" in page
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ")
    for person in (principal, clerk):
        assert signed_in(person).get(f"/ho-so/{dossier.code}/bo-sung/").status_code == 200


def test_out_of_scope(clerk, held, principal):
    other = factories.make_version("1.000002", audience=["citizen"])
    with pytest.raises(NotAllowedError):
        drafts.start(other, actor=Actor.citizen(clerk), representation=held)
    client, address = signed_in(clerk), "/nop-ho-so/1.000002/"
    assert str(held.public_id) not in client.get(address).content.decode()
    assert client.post(address, {"to-chuc": f"nguoi-{held.public_id}"}).status_code == 403
    assert not Dossier.objects.filter(owner=principal).exists()


def test_a_narrower_mandate_closes_what_it_does_not_cover(dossier, principal, clerk):
    factories.make_version("1.000002", audience=["citizen"])
    mandate(principal, clerk, codes=["1.000002"])
    assert signed_in(clerk).get(f"/ho-so/{dossier.code}/").status_code == 404


def test_taken_back_it_is_over_at_once(dossier, held, principal, clerk, version):
    draft = draft_for(clerk, held, version)
    client = signed_in(clerk)
    posted = signed_in(principal).post(f"/dai-dien/{held.public_id}/thoi/", follow=True).content.decode()
    assert "Đã thu hồi." in posted and "Người ủy quyền đã thu hồi" in posted
    assert Message.objects.filter(recipient=clerk, kind="representation.ended", channel="inbox").count() == 1
    signed_in(principal).post(f"/dai-dien/{held.public_id}/thoi/")
    assert Message.objects.filter(recipient=clerk, kind="representation.ended", channel="inbox").count() == 1
    assert client.get(f"/ho-so/{dossier.code}/").status_code == 404
    assert client.get(f"/nop-ho-so/{version.procedure.code}/{draft.public_id}/kiem-tra/").status_code == 403
    with pytest.raises(NotAllowedError):
        filing.submit(draft.public_id, actor=Actor.citizen(clerk))
    with pytest.raises(NotAllowedError):
        drafts.start(version, actor=Actor.citizen(clerk), representation=held)
    assert (
        client.post(f"/nop-ho-so/{version.procedure.code}/", {"to-chuc": f"nguoi-{held.public_id}"}).status_code == 404
    )
    Message.objects.all().delete()
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    heard = Message.objects.filter(reference=dossier.code, channel="inbox")
    assert set(heard.values_list("recipient", flat=True)) == {principal.pk}, "whose dossier it is goes on with it"
    assert signed_in(principal).get(f"/ho-so/{dossier.code}/").status_code == 200


def test_only_who_gave_or_holds_it_ends_it(held):
    with pytest.raises(NotFoundError):
        mandates.end(held.public_id, user=factories.make_citizen("Người Lạ"))


def test_the_store_opens_only_where_the_principal_said_so(principal, clerk, held, dossier):
    other = paper(principal)
    result = paper(
        principal,
        "Kết quả ủy quyền",
        dossier_code=dossier.code,
        procedure_code=dossier.procedure_code,
        representation=held,
    )
    client = signed_in(clerk)
    assert status_of(client, reverse("datastore:detail", args=[result.pk])) == 200, "what came of her filing"
    assert status_of(client, reverse("datastore:detail", args=[other.pk])) == 404
    assert client.get(f"/kho-du-lieu/?nguoi={held.public_id}").status_code == 404
    assert facts.facts_of_principal(principal, filer=clerk, with_store=False)[STORE] == {}
    seen = AccessLog.objects.filter(owner=principal, document=result)
    assert [row.reader for row in seen] == [clerk]
    wide = mandate(principal, clerk, may_use_store=True)
    assert client.get(f"/kho-du-lieu/?nguoi={wide.public_id}").status_code == 200
    assert status_of(client, reverse("datastore:file", args=[other.files.get().pk])) == 200
    assert AccessLog.objects.filter(owner=principal, document=other, reader=clerk, action="opened").exists()
    mandates.end(wide.public_id, user=principal)
    for document in (result, other):
        assert status_of(client, reverse("datastore:file", args=[document.files.get().pk])) == 404


def test_an_organisations_mandate_is_none_here(clerk, held):
    companies = factories.make_version("1.000003", audience=["organisation"])
    wide = mandate(held.principal, clerk)
    with pytest.raises(ProcedureClosedError):
        drafts.start(companies, actor=Actor.citizen(clerk), representation=wide)
    assert wide.kind == RepresentationKind.MANDATE
