"""Papers of a draft (giấy tờ của bản nháp): uploaded or taken from the store, attached to what they are for, taken off.

What is uploaded lies in the owner's store whatever becomes of the draft.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import reuse
from datastore import services as datastore
from datastore.models import Document, TrustLevel
from dossiers import acting, draft_access, papers
from dossiers.drafts import lock_draft
from dossiers.errors import IdentityLevelError
from dossiers.models import Dossier, DossierComponent
from portal.accounts.models import Organisation, User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError
from procedures import eforms
from procedures.models import Component

DELETED = _("Giấy tờ này vừa bị xóa khỏi kho. Hãy tải lên hoặc chọn lại.")


def answer_with_file(public_id: UUID, *, actor: Actor, field: eforms.Field, content: Any, name: str) -> dict[str, str]:
    """Keep a file that the form itself asks for, and return the answer that names it. Raises InvalidInputError.

    It is shared with the agency and listed in the receipt as any paper, under the key of its field.
    """
    label = field.label.vi
    with _uploaded(public_id, actor, content, name, types=[field.document_type]) as (dossier, keep):
        document = keep(title=label)
        if not papers.hold([document.pk]):
            raise InvalidInputError(fields={"file": [DELETED]})
        files = papers.digests(document)
        dossier.components.filter(component_code=field.key).delete()
        DossierComponent.objects.create(
            dossier=dossier, component_code=field.key, document=document, name=label, files=files, from_store=False
        )
        return {"name": files[0]["name"], "content_sha256": files[0]["content_sha256"]}


def attach_upload(public_id: UUID, *, actor: Actor, component: Component, content: Any, name: str) -> DossierComponent:
    """Deposit an uploaded file in the owner's store and attach it to a component. Raises InvalidInputError("file")."""
    with _uploaded(public_id, actor, content, name, types=component.document_types) as (dossier, keep):
        return _attach(dossier, component, keep(title=component.name), from_store=False)


@contextmanager
def _uploaded(
    public_id: UUID, actor: Actor, content: Any, name: str, *, types: Sequence[str]
) -> Iterator[tuple[Dossier, Callable[..., Document]]]:
    """A draft, locked, and what keeps a file for it that was read and scanned before the lock.

    A scanner takes seconds, in which the row would be held against every other write on the draft. The same file sent
    twice at once is scanned twice and kept once.
    """
    lock_draft(public_id, actor, lock=False)  # nobody else's file is scanned
    type_code, trust = next(iter(filter(None, types)), "GT.KHAC"), provenance(actor)
    asked = {"type_code": type_code, "may_be": types, "trust": trust["trust"]}
    with datastore.inspecting(content, name, **asked) as file, transaction.atomic():
        dossier = lock_draft(public_id, actor)
        yield (
            dossier,
            partial(
                datastore.deposit,
                owner=_owner(dossier),
                content=file,
                name=name,
                type_code=type_code,
                **trust,
                procedure_code=dossier.procedure_code,
                organisation=_organisation(dossier),
                representation=dossier.representation,
                once=True,
            ),
        )


@transaction.atomic
def attach_from_store(public_id: UUID, *, actor: Actor, component: Component, document_id: int) -> DossierComponent:
    """Attach a paper that is already in the store. Raises InvalidInputError when it does not fit."""
    dossier = lock_draft(public_id, actor)
    stores = draft_access.stores_open(dossier, actor=actor)
    if not stores and not draft_access.may_use_store(dossier, actor=actor):
        raise InvalidInputError(fields={component.code: [_("Người nhờ không cho dùng giấy tờ trong kho.")]})
    own_only = not draft_access.may_use_organisations(dossier, actor=actor)
    today = timezone.localdate()
    reader = draft_access.reader_of(dossier, actor=actor)
    fits = reuse.fitting_documents(
        _owner(dossier), component, on=today, own_only=own_only, stores=stores, reader=reader
    )
    for fit in fits:
        if fit.document.pk == document_id:
            if not fit.fits:
                raise InvalidInputError(fields={component.code: [fit.reason]})
            return _attach(dossier, component, fit.document, from_store=True)
    raise InvalidInputError(fields={component.code: [_("Giấy tờ này không dùng được cho thành phần đã chọn.")]})


@transaction.atomic
def attach_digitised(public_id: UUID, *, actor: Actor, component: Component, document_id: int) -> DossierComponent:
    """Attach what was just digitised and certified at the desk; it is no reuse. Raises InvalidInputError as above."""
    dossier = lock_draft(public_id, actor)
    document = (
        Document.objects.listed(dossier.organisation or _owner(dossier))
        .filter(pk=document_id, trust__in=[TrustLevel.DIGITISED, TrustLevel.CERTIFIED])
        .filter(type__code__in=component.document_types)
        .first()
    )
    if actor.kind != ActorKind.DESK or document is None or not document.is_in_force(timezone.localdate()):
        raise InvalidInputError(fields={component.code: [_("Giấy tờ này không dùng được cho thành phần đã chọn.")]})
    return _attach(dossier, component, document, from_store=False)


@transaction.atomic
def attach_declared(
    public_id: UUID, *, actor: Actor, component: Component, document: Document, from_store: bool
) -> DossierComponent:
    """Attach a paper that came with the declaration this draft is a part of. Raises InvalidInputError("file")."""
    return _attach(lock_draft(public_id, actor), component, document, from_store=from_store)


def _attach(dossier: Dossier, component: Component, document: Document, *, from_store: bool) -> DossierComponent:
    if not papers.hold([document.pk]):
        raise InvalidInputError(fields={"file": [DELETED]})
    attached, _made = DossierComponent.objects.get_or_create(
        dossier=dossier,
        component_code=component.code,
        document=document,
        defaults={"name": component.name, "files": papers.digests(document), "from_store": from_store},
    )
    return attached


@transaction.atomic
def detach(public_id: UUID, *, actor: Actor, attached_id: int) -> None:
    """Take a paper off the draft; it stays in the store."""
    dossier = lock_draft(public_id, actor)
    dossier.components.filter(pk=attached_id).delete()


def _owner(dossier: Dossier) -> User:
    """Whose papers they are, whoever sends them."""
    if dossier.owner is None:
        raise IdentityLevelError
    return dossier.owner


def _organisation(dossier: Dossier) -> Organisation | None:
    """In whose store a draft's papers are laid; the filer may have been dismissed since she began it."""
    found = dossier.organisation
    if found is not None and not acting.files_for(dossier, found.pk):
        raise InvalidInputError(
            fields={"file": [_("Bạn không còn được nộp hồ sơ thay tổ chức này. Hãy nhờ người đại diện chỉ định.")]}
        )
    return found


def provenance(actor: Actor) -> dict[str, Any]:
    """How far a file can be relied on: a desk's scan is digitised by an official who answers for it."""
    if actor.kind == ActorKind.DESK:
        return {"trust": TrustLevel.DIGITISED, "issuer": None}
    return {"trust": TrustLevel.UPLOADED}
