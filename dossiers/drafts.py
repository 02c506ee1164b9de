"""A draft (bản nháp): opened with what is known, kept as it is typed, with its papers; nothing of it is filed yet."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from datastore import reuse
from datastore import services as datastore
from datastore.models import Document, TrustLevel
from dossiers import acting, draft_access, filling, for_others, papers
from dossiers.errors import IdentityLevelError, ProcedureClosedError
from dossiers.facts import SHEET_WORDS, facts_of, facts_of_principal
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierComponent
from portal.accounts import representations, representing
from portal.accounts.models import CitizenProfile, IdentityLevel, Organisation, Representation, User
from portal.agencies import routing
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError
from procedures import competence, eforms
from procedures.models import Component, ProcedureVersion, ServiceLevel

DELETED = _("Giấy tờ này vừa bị xóa khỏi kho. Hãy tải lên hoặc chọn lại.")
FOR_PERSONS = _("Thủ tục này dành cho cá nhân, không nộp thay tổ chức.")


@transaction.atomic
def start(
    version: ProcedureVersion,
    *,
    actor: Actor,
    organisation: Organisation | None = None,
    representation: Representation | None = None,
) -> Dossier:
    """Open a prefilled draft of a procedure, or return the unfinished one the person has, of an earlier version too.

    With an organisation it is filed in its name (NĐ 45/2020/NĐ-CP art. 9), by a representation for a person, who owns
    it. Raises ProcedureClosedError, also where nobody knows which agency takes it in; IdentityLevelError; and
    NotFoundError or NotAllowedError for an organisation or a person that she does not file for.
    """
    user = _person(actor)
    profile = CitizenProfile.objects.select_for_update().filter(user=user).first()
    check_may_file(version, profile)
    check_is_taken(version)
    if organisation is not None:
        representing.organisation_to_file_for(user, organisation.pk)
        check_for_organisation(version)
    owner = user
    if representation is not None:
        held = representations.lock_in_force(user.pk, representation.principal_id, version.procedure.code)
        if held is None:
            raise NotAllowedError(representations.OUTSIDE)
        for_others.check(version)
        representation, owner = held, held.principal
    draft = (
        # what a helper types under a right is seen by her: one's own filing is never mixed into it
        # nor are the unfinished dossiers of a declaration, which are about what was declared there
        Dossier.objects.filter(filer=user, state=DossierState.DRAFT, procedure_code=version.procedure.code)
        .filter(assistance=None, bundle_part=None, organisation=organisation, owner=owner)
        .order_by("-id")
        .first()
    )
    if draft is not None:
        return draft
    known = facts_of(user, organisation=organisation) if organisation else None
    if representation is not None:
        with translation.override("vi"):
            with_store = representations.opens_store(user.pk, owner.pk, version.procedure.code)
            known = facts_of_principal(owner, filer=user, with_store=with_store)
    return open_new(
        version,
        owner=owner,
        filer=user,
        known=known,
        organisation=organisation,
        representation=representation,
        province_code=profile.province_code if profile else "",
        commune_code=profile.commune_code if profile else "",
    )


def open_new(
    version: ProcedureVersion,
    *,
    owner: User,
    filer: User | None,
    known: dict[str, Any] | None = None,
    declared: dict[str, Any] | None = None,
    **fields: Any,
) -> Dossier:
    """Open a draft prefilled with what is known about its owner, or with as much of it as who opens it may see.

    With `declared` it begins with just these answers: the person has given them elsewhere.
    """
    answers: dict[str, Any] = {}
    sources: dict[str, str] = {}
    if declared is not None:
        answers = declared
    else:
        with translation.override("vi"):  # what is stored is in the source language, whoever reads it
            answers, sources = eforms.prefill(eforms.form_for(version), known or facts_of(owner))
    return Dossier.objects.create(
        procedure_version=version,
        procedure_code=version.procedure.code,
        procedure_name=version.name,
        filer=filer,
        owner=owner,
        answers=answers,
        answer_sources=sources,
        **fields,
    )


def check_may_file(version: ProcedureVersion, profile: CitizenProfile | None, *, in_person: bool = False) -> None:
    """Raise ProcedureClosedError or IdentityLevelError where this person may not file this procedure.

    Who comes in person shows her card at the desk, and may also file what is not offered online.
    """
    if not version.procedure.takes_dossiers or (version.service_level == ServiceLevel.NONE and not in_person):
        raise ProcedureClosedError(version.procedure.closed_reason or None)
    if profile is None or (profile.identity_level < IdentityLevel.TWO and not in_person):
        raise IdentityLevelError


def check_is_taken(version: ProcedureVersion, words: Any = routing.UNKNOWN) -> None:
    """Raise ProcedureClosedError, in words for who began, where nobody knows which agency takes a version's filings."""
    if not competence.is_known(version):
        raise ProcedureClosedError(words)


def check_for_organisation(version: ProcedureVersion) -> None:
    """Raise ProcedureClosedError where only persons file."""
    if version.is_for_persons_only:
        raise ProcedureClosedError(FOR_PERSONS)


def _lock_draft(public_id: UUID, actor: Actor, *, to_discard: bool = False) -> Dossier:
    dossier = draft_access.get_draft(public_id, actor=actor, lock=True, to_discard=to_discard)
    if dossier.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp nên không sửa được nữa."), code="dossier.already_submitted")
    return dossier


@transaction.atomic
def choose_place(public_id: UUID, *, actor: Actor, province_code: str, commune_code: str) -> Dossier:
    """Choose where to file (nơi thực hiện); the agency follows from the procedure. Raises InvalidInputError."""
    dossier = _lock_draft(public_id, actor)
    version = version_of(dossier)
    found = competence.route(version, province_code=province_code, commune_code=commune_code)
    dossier.agency, dossier.desk = found.agency, found.desk
    dossier.province_code, dossier.commune_code = province_code, commune_code
    filling.follow(dossier, actor, before=None)
    dossier.save(
        update_fields=[
            "agency", "desk", "province_code", "commune_code", "answers", "answer_sources", "updated_at",
        ]
    )  # fmt: skip
    return dossier


@transaction.atomic
def save_answers(
    public_id: UUID,
    *,
    actor: Actor,
    answers: dict[str, Any],
    step: str,
    unread: dict[str, list[str]] | None = None,
) -> Dossier:
    """Keep what was typed on one page, right or wrong; nothing is lost. A typed value is no longer a prefilled one.

    What follows from an answer is put in with it: the data of the mother, once who files says that she is the mother.
    ``answers`` may be some of the page's fields only, so that two devices do not undo each other's. ``unread`` is what
    was typed there and cannot be an answer yet, by name of control; an empty list forgets it.
    """
    dossier = _lock_draft(public_id, actor)
    for key, value in answers.items():
        if dossier.answers.get(key) != value:
            dossier.answer_sources.pop(key, None)
    before = dossier.answers
    dossier.answers = {**before, **answers}
    filling.follow(dossier, actor, before=before)
    kept = {
        name: typed
        for name, typed in dossier.unread_answers.items()
        if name.partition("__")[0] not in answers and name not in (unread or {})
    }
    dossier.unread_answers = kept | {name: typed for name, typed in (unread or {}).items() if typed}
    dossier.step = step
    dossier.save(update_fields=["answers", "answer_sources", "unread_answers", "step", "updated_at"])
    return dossier


@transaction.atomic
def take_case(public_id: UUID, *, actor: Actor, case: Mapping[str, Any]) -> Dossier:
    """Put in the case that was chosen on the sheet of the draft's version (trường hợp của bạn), which she may change.

    What she said in the form herself stays; an earlier choice on the sheet gives way to this one.
    """
    dossier = _lock_draft(public_id, actor)
    taken = {
        key: value
        for key, value in case.items()
        if not dossier.answers.get(key) or dossier.answer_sources.get(key) == SHEET_WORDS
    }
    if taken:
        dossier.answers = {**dossier.answers, **taken}
        dossier.answer_sources = {**dossier.answer_sources, **dict.fromkeys(taken, SHEET_WORDS)}
        dossier.save(update_fields=["answers", "answer_sources", "updated_at"])
    return dossier


@transaction.atomic
def fill_from_paper(public_id: UUID, *, actor: Actor, types: set[str], document_id: int | None) -> Dossier:
    """Put in what one paper of the store says where papers of these types may fill the form, or with none take it out.

    Raises NotFoundError for a paper that is not there to be used.
    """
    dossier = _lock_draft(public_id, actor)
    filling.from_paper(dossier, actor, types=types, document_id=document_id)
    dossier.save(update_fields=["answers", "answer_sources", "updated_at"])
    return dossier


@transaction.atomic
def answer_with_file(public_id: UUID, *, actor: Actor, field: eforms.Field, content: Any, name: str) -> dict[str, str]:
    """Keep a file that the form itself asks for, and return the answer that names it. Raises InvalidInputError.

    It is shared with the agency and listed in the receipt as any paper, under the key of its field.
    """
    dossier = _lock_draft(public_id, actor)
    label = field.label.vi
    document = datastore.deposit(
        owner=_owner(dossier),
        content=content,
        name=name,
        type_code=field.document_type or "GT.KHAC",
        title=label,
        **provenance(actor),
        procedure_code=dossier.procedure_code,
        organisation=_organisation(dossier),
        representation=dossier.representation,
        once=True,
    )
    if not papers.hold([document.pk]):
        raise InvalidInputError(fields={"file": [DELETED]})
    files = papers.digests(document)
    dossier.components.filter(component_code=field.key).delete()
    DossierComponent.objects.create(
        dossier=dossier, component_code=field.key, document=document, name=label, files=files, from_store=False
    )
    return {"name": files[0]["name"], "content_sha256": files[0]["content_sha256"]}


@transaction.atomic
def attach_upload(public_id: UUID, *, actor: Actor, component: Component, content: Any, name: str) -> DossierComponent:
    """Deposit an uploaded file in the owner's store and attach it to a component. Raises InvalidInputError("file")."""
    dossier = _lock_draft(public_id, actor)
    document = datastore.deposit(
        owner=_owner(dossier),
        content=content,
        name=name,
        type_code=component.document_types[0] if component.document_types else "GT.KHAC",
        may_be=component.document_types,
        title=component.name,
        **provenance(actor),
        procedure_code=dossier.procedure_code,
        organisation=_organisation(dossier),
        representation=dossier.representation,
        once=True,
    )
    return _attach(dossier, component, document, from_store=False)


@transaction.atomic
def attach_from_store(public_id: UUID, *, actor: Actor, component: Component, document_id: int) -> DossierComponent:
    """Attach a paper that is already in the store. Raises InvalidInputError when it does not fit."""
    dossier = _lock_draft(public_id, actor)
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
    dossier = _lock_draft(public_id, actor)
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
    return _attach(_lock_draft(public_id, actor), component, document, from_store=from_store)


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
    dossier = _lock_draft(public_id, actor)
    dossier.components.filter(pk=attached_id).delete()


@transaction.atomic
def discard(public_id: UUID, *, actor: Actor) -> None:
    """Throw a draft away; papers uploaded for it stay in the store."""
    _lock_draft(public_id, actor, to_discard=True).delete()


def version_of(dossier: Dossier) -> ProcedureVersion:
    """The version a draft is of. Raises ProcedureClosedError where there is none."""
    if dossier.procedure_version is None:
        raise ProcedureClosedError
    return dossier.procedure_version


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


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise IdentityLevelError
    return actor.user
