"""A paper that its owner deletes in another tab while a form takes it in: the dossier never refers to an empty one."""

from typing import Any

import pytest

from datastore import reuse
from datastore import services as store
from datastore.models import Document, TrustLevel
from dossiers import drafts, services
from dossiers.models import DossierComponent
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError
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
    monkeypatch.setattr(drafts.datastore, "deposit", deleted_at_once(draft.filer, store.deposit))
    component = draft.procedure_version.components.get()
    with pytest.raises(InvalidInputError) as caught:
        drafts.attach_upload(
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
    monkeypatch.setattr(drafts.reuse, "fitting_documents", fitting)
    with pytest.raises(InvalidInputError):
        drafts.attach_from_store(
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
