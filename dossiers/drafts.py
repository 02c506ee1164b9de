"""A draft (bản nháp): opened with what is known, kept as it is typed; nothing of it is filed yet."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dossiers import draft_access, filling, for_others
from dossiers.errors import IdentityLevelError, ProcedureClosedError
from dossiers.facts import SHEET_WORDS, facts_of, facts_of_principal
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.accounts import representations, representing
from portal.accounts.models import CitizenProfile, IdentityLevel, Organisation, Representation, User
from portal.agencies import routing
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError, NotAllowedError
from procedures import competence, eforms
from procedures.models import ProcedureVersion, ServiceLevel

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


def lock_draft(public_id: UUID, actor: Actor, *, to_discard: bool = False, lock: bool = True) -> Dossier:
    """The draft, locked for a change. Raises as draft_access.get_draft, and ConflictError once it is filed.

    Without `lock` the same is asked before work that is too long for one; it is asked again under it.
    """
    dossier = draft_access.get_draft(public_id, actor=actor, lock=lock, to_discard=to_discard)
    if dossier.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp nên không sửa được nữa."), code="dossier.already_submitted")
    return dossier


@transaction.atomic
def choose_place(public_id: UUID, *, actor: Actor, province_code: str, commune_code: str) -> Dossier:
    """Choose where to file (nơi thực hiện); the agency follows from the procedure. Raises InvalidInputError."""
    dossier = lock_draft(public_id, actor)
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
    dossier = lock_draft(public_id, actor)
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
    dossier = lock_draft(public_id, actor)
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
    dossier = lock_draft(public_id, actor)
    filling.from_paper(dossier, actor, types=types, document_id=document_id)
    dossier.save(update_fields=["answers", "answer_sources", "updated_at"])
    return dossier


@transaction.atomic
def discard(public_id: UUID, *, actor: Actor) -> None:
    """Throw a draft away; papers uploaded for it stay in the store."""
    lock_draft(public_id, actor, to_discard=True).delete()


def version_of(dossier: Dossier) -> ProcedureVersion:
    """The version a draft is of. Raises ProcedureClosedError where there is none."""
    if dossier.procedure_version is None:
        raise ProcedureClosedError
    return dossier.procedure_version


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise IdentityLevelError
    return actor.user
