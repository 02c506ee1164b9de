"""Who may read what: owner, agency with and without a grant, partner, stranger; and the row each reading leaves."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from datastore import access, grants, reuse, services, storage
from datastore.models import AccessAction, AccessLog, Grant
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import ApiClient
from portal.core.errors import ConflictError, NotAllowedError, NotFoundError

pytestmark = pytest.mark.django_db
CODE = "H29.126-261120-0001"
PURPOSE = "Giải quyết hồ sơ"


@pytest.fixture
def paper(deposit):
    return deposit()


def read(document, actor):
    """Open the document's file and return its first bytes."""
    file, stream = access.open_file(document.files.get().pk, actor=actor, purpose="")
    with stream:
        assert file.document == document
        return stream.read(5)


def test_the_owner_reads_without_leaving_a_row(paper, citizen):
    assert access.get_document(paper.pk, actor=Actor.citizen(citizen), purpose="") == paper
    assert read(paper, Actor.citizen(citizen)) == b"%PDF-"
    assert not AccessLog.objects.exists()


def test_an_agency_with_a_grant_reads_and_leaves_a_row_for_the_owner(paper, citizen, ward, official_of):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    official = official_of(ward)
    assert read(paper, official) == b"%PDF-"
    row = AccessLog.objects.get()
    assert (row.owner, row.document, row.agency, row.reader) == (citizen, paper, ward, official.user)
    assert row.dossier_code == CODE
    assert (row.action, row.reader_role, row.purpose) == (AccessAction.OPENED, ActorKind.DESK, PURPOSE)
    assert row.reader_name == "Trần Văn Bình, công chức tư pháp"


def test_the_agency_above_reads_by_the_same_grant(paper, ward, province, official_of):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    assert read(paper, official_of(province, ActorKind.LEADER))


def test_a_partner_system_reads_for_its_agency_and_those_below(paper, ward, province):
    client = ApiClient.objects.create(name="Hệ thống một cửa", agency=province, kind="rest")
    with pytest.raises(NotFoundError):
        read(paper, Actor.partner(client))
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    assert read(paper, Actor.partner(client))
    assert AccessLog.objects.get().client == client


@pytest.mark.parametrize("who", ["stranger", "nobody", "official_without_post", "neighbour", "payment"])
def test_everybody_else_finds_nothing(who, paper, stranger, citizen, ward, other_ward, official_of):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    actor = {
        "stranger": Actor.citizen(stranger),
        "nobody": Actor(kind=ActorKind.CITIZEN),
        "official_without_post": Actor(kind=ActorKind.DESK, user=citizen),
        "neighbour": official_of(other_ward),
        "payment": Actor.payment("vnpay"),
    }[who]
    finds_nothing(paper, actor)


def test_an_agency_below_does_not_read_what_was_granted_above(paper, ward, province, official_of):
    grants.grant([paper], agency=province, dossier_code=CODE, purpose=PURPOSE)
    finds_nothing(paper, official_of(ward))


def finds_nothing(paper, actor):
    """Neither document nor file is there for this actor, and no row is left."""
    with pytest.raises(NotFoundError):
        access.get_document(paper.pk, actor=actor, purpose="")
    with pytest.raises(NotFoundError):
        read(paper, actor)
    assert not AccessLog.objects.exists()


def test_a_right_ends_with_the_dossier(paper, ward, official_of):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    grants.end(CODE, timezone.now() + timedelta(hours=1))
    assert read(paper, official_of(ward))
    grants.end(CODE, timezone.now())
    with pytest.raises(NotFoundError):
        read(paper, official_of(ward))


def test_ending_again_keeps_the_earlier_end(paper, ward):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    early = timezone.now() - timedelta(days=2)
    grants.end(CODE, early)
    grants.end(CODE, timezone.now())
    assert Grant.objects.get().expires_at == early


def test_a_revoked_right_does_not_hold(paper, ward, official_of):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    Grant.objects.update(revoked_at=timezone.now())
    with pytest.raises(NotFoundError):
        read(paper, official_of(ward))


def test_granting_twice_is_one_right_and_revives_an_ended_one(paper, ward, official_of):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    grants.end(CODE, timezone.now())
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    assert Grant.objects.count() == 1
    assert read(paper, official_of(ward))


def test_the_portal_itself_leaves_a_row_too(paper):
    access.get_document(paper.pk, actor=Actor.system(), purpose="Gửi hồ sơ sang cơ quan")
    assert AccessLog.objects.get().reader_role == ActorKind.SYSTEM


def test_a_missing_file_is_not_found(paper, citizen):
    storage.remove(paper.files.get().blob.storage_key)
    with pytest.raises(NotFoundError):
        read(paper, Actor.citizen(citizen))


# --- deletion ---------------------------------------------------------------------------------


def test_the_owner_deletes_a_paper_with_its_bytes(paper, citizen, django_capture_on_commit_callbacks):
    key = paper.files.get().blob.storage_key
    with django_capture_on_commit_callbacks(execute=True):
        services.delete(paper.pk, Actor.citizen(citizen))
    assert not default_storage.exists(key)
    with pytest.raises(NotFoundError):
        access.get_document(paper.pk, actor=Actor.citizen(citizen), purpose="")
    with pytest.raises(NotFoundError):
        services.delete(paper.pk, Actor.citizen(citizen))


def test_bytes_that_another_document_uses_stay(deposit, citizen, pdf, django_capture_on_commit_callbacks):
    content = pdf()
    first, second = deposit(content=content), deposit(content=content)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete(first.pk, Actor.citizen(citizen))
    assert read(second, Actor.citizen(citizen))


def test_the_record_of_who_looked_outlives_the_paper(paper, citizen, ward, official_of):
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    read(paper, official_of(ward))
    Grant.objects.all().delete()
    services.delete(paper.pk, Actor.citizen(citizen))
    assert AccessLog.objects.get().document == paper


@pytest.mark.parametrize("use", ["grant", "reuse"])
def test_a_paper_in_use_is_not_deleted(use, paper, citizen, ward):
    if use == "grant":
        grants.grant([paper], agency=ward, dossier_code=CODE, purpose=PURPOSE)
    else:
        reuse.record_reuse(paper, CODE, "GIAY-CHUNG-SINH", ["0" * 64])
    with pytest.raises(ConflictError) as caught:
        services.delete(paper.pk, Actor.citizen(citizen))
    assert "hồ sơ" in str(caught.value.message)


def test_a_result_of_an_agency_is_not_deleted(deposit, citizen, ward):
    result = deposit(trust="A", issuer=ward)
    with pytest.raises(NotAllowedError):
        services.delete(result.pk, Actor.citizen(citizen))


@pytest.mark.parametrize("kind", [ActorKind.CITIZEN, ActorKind.DESK, ActorKind.SYSTEM])
def test_nobody_else_deletes(kind, paper, stranger, ward):
    with pytest.raises(NotFoundError):
        services.delete(paper.pk, Actor(kind=kind, user=stranger, agency=ward))
