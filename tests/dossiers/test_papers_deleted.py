"""A paper that its owner deletes in another tab while a form takes it in: the dossier never refers to an empty one."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from datastore import reuse
from datastore import services as store
from datastore.models import Document, TrustLevel
from dossiers import attaching, drafts, services
from dossiers.models import DossierComponent
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, InvalidInputError
from tests import factories

pytestmark = pytest.mark.django_db


def deleted_at_once(citizen: User, call: Any) -> Any:
    """The same call, after which the other tab deletes every paper of this person."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        found = call(*args, **kwargs)
        for document in Document.objects.of(citizen):
            store.delete(document.pk, Actor.citizen(citizen))
        return found

    return wrapped


@pytest.fixture
def draft() -> Any:
    version = factories.make_version()
    factories.make_agency()
    return drafts.start(version, actor=Actor.citizen(factories.make_citizen()))


def paper(citizen: User) -> Document:
    return store.deposit(
        owner=citizen, content=factories.png("p"), name="p.png", type_code="GT.KHAC", trust=TrustLevel.UPLOADED
    )


def test_an_upload_deleted_meanwhile_is_not_attached(draft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching.datastore, "deposit", deleted_at_once(draft.filer, store.deposit))
    component = draft.procedure_version.components.get()
    with pytest.raises(InvalidInputError) as caught:
        attaching.attach_upload(
            draft.public_id,
            actor=Actor.citizen(draft.filer),
            component=component,
            content=factories.png("a"),
            name="a.png",
        )
    assert "xóa" in str(caught.value.fields["file"][0])
    assert not draft.components.exists()


def test_a_stored_paper_deleted_meanwhile_is_not_attached(draft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    document = paper(draft.filer)
    fitting = deleted_at_once(draft.filer, reuse.fitting_documents)
    monkeypatch.setattr(attaching.reuse, "fitting_documents", fitting)
    with pytest.raises(InvalidInputError):
        attaching.attach_from_store(
            draft.public_id,
            actor=Actor.citizen(draft.filer),
            component=draft.procedure_version.components.get(),
            document_id=document.pk,
        )
    assert not draft.components.exists()


def test_a_supplement_deleted_meanwhile_is_not_sent() -> None:
    dossier = factories.file_dossier()
    code, actor = dossier.code or "", Actor.citizen(dossier.filer)
    services.request_supplement(code, actor=factories.official_actor(dossier.agency), reason="Ảnh mờ.")
    document = paper(dossier.filer)
    added = DossierComponent(component_code="bo-sung", name="Giấy", document=document, files=[])
    store.delete(document.pk, actor)
    with pytest.raises(InvalidInputError):
        services.supplement(code, actor=actor, answer="Đây ạ.", components=[added])
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_supplement"
    assert dossier.components.count() == 1


def in_a_thread(work: Callable[[], Any]) -> Future[Any]:
    """Do it on a connection of its own."""

    def alone() -> Any:
        try:
            return work()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(alone)
    finally:
        pool.shutdown(wait=False)


def waits(work: Future[Any]) -> bool:
    """Whether a backend of ours stands before a lock of another, and the work with it."""
    for _time in range(200):
        with connection.cursor() as cursor:
            # a transaction keeps the list of backends that it read first, where the work's own may be missing yet
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
                " AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return not work.done()
        time.sleep(0.05)
    return False


@pytest.fixture
def kept() -> tuple[Any, Any]:
    """A draft with its actor, and a paper of the store that fits it."""
    factories.make_agency()
    citizen, version = factories.make_citizen(), factories.make_version()
    draft = drafts.start(version, actor=Actor.citizen(citizen))
    paper = store.deposit(
        owner=citizen, content=factories.png("p"), name="p.png", type_code="GT.KHAC", trust=TrustLevel.UPLOADED
    )
    return draft, paper


def attach(draft: Any, paper: Any) -> Any:
    actor, component = Actor.citizen(draft.filer), draft.procedure_version.components.get()
    return attaching.attach_from_store(draft.public_id, actor=actor, component=component, document_id=paper.pk)


@pytest.mark.django_db(transaction=True)
def test_who_attaches_first_keeps_the_paper_from_being_deleted(kept: tuple[Any, Any]) -> None:
    draft, paper = kept
    with transaction.atomic():
        attach(draft, paper)
        deleting = in_a_thread(lambda: store.delete(paper.pk, Actor.citizen(draft.filer)))
        assert waits(deleting)
    with pytest.raises(ConflictError, match="bản nháp"):
        deleting.result(20)
    assert paper.files.exists() and draft.components.get().document == paper


@pytest.mark.django_db(transaction=True)
def test_who_deletes_first_leaves_nothing_to_attach(kept: tuple[Any, Any]) -> None:
    draft, paper = kept
    with transaction.atomic():
        store.delete(paper.pk, Actor.citizen(draft.filer))
        attaching = in_a_thread(lambda: attach(draft, paper))
        assert waits(attaching)
    with pytest.raises(InvalidInputError):
        attaching.result(20)
    assert not draft.components.exists()
