"""Filing (nộp hồ sơ): a draft that saves itself, then one transaction that freezes version, answers and digests."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from datastore import services as datastore
from datastore.models import Document, TrustLevel
from dossiers import access, deadlines, local_terms, papers, passage, references, services
from dossiers.errors import IdentityLevelError, IncompleteFilingError, ProcedureClosedError
from dossiers.facts import facts_of
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierComponent
from dossiers.passage import Occasion
from portal.accounts.models import CitizenProfile, IdentityLevel, User
from portal.agencies import routing
from portal.agencies.actors import Actor
from portal.agencies.calendars import work_calendar
from portal.core import writes
from portal.core.encryption import blind_index
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.language import column_text
from procedures import eforms
from procedures.models import Component, Procedure, ProcedureVersion, ServiceLevel

REUSE_CONSENT = "Tôi đồng ý dùng giấy tờ này trong kho dữ liệu của tôi cho hồ sơ"


@transaction.atomic
def start_draft(version: ProcedureVersion, *, actor: Actor) -> Dossier:
    """Open a prefilled draft of a procedure, or return the unfinished one the person already has.

    Raises ProcedureClosedError and IdentityLevelError.
    """
    user = _person(actor)
    profile = CitizenProfile.objects.select_for_update().filter(user=user).first()
    _check_may_file(version, profile)
    draft = (
        Dossier.objects.filter(filer=user, state=DossierState.DRAFT, procedure_version=version).order_by("-id").first()
    )
    if draft is not None:
        return draft
    with translation.override("vi"):  # what is stored is in the source language, whoever reads it
        answers, sources = eforms.prefill(eforms.form_for(version), facts_of(user))
    return Dossier.objects.create(
        procedure_version=version,
        procedure_code=version.procedure.code,
        procedure_name=version.name,
        filer=user,
        owner=user,
        answers=answers,
        answer_sources=sources,
        province_code=profile.province_code if profile else "",
        commune_code=profile.commune_code if profile else "",
    )


def _check_may_file(version: ProcedureVersion, profile: CitizenProfile | None) -> None:
    if not version.procedure.is_open or version.service_level == ServiceLevel.NONE:
        raise ProcedureClosedError(version.procedure.closed_reason or None)
    if profile is None or profile.identity_level < IdentityLevel.TWO:
        raise IdentityLevelError


def _lock_draft(public_id: UUID, actor: Actor) -> Dossier:
    dossier = access.get_draft(public_id, actor=actor, lock=True)
    if dossier.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp nên không sửa được nữa."), code="dossier.already_submitted")
    return dossier


@transaction.atomic
def choose_place(public_id: UUID, *, actor: Actor, province_code: str, commune_code: str) -> Dossier:
    """Choose where to file (nơi thực hiện); the agency follows from the procedure. Raises InvalidInputError."""
    dossier = _lock_draft(public_id, actor)
    version = _version(dossier)
    dossier.agency = routing.competent_agency(
        level=version.competent_level,
        branch=version.competent_branch,
        province_code=province_code,
        commune_code=commune_code,
    )
    dossier.province_code, dossier.commune_code = province_code, commune_code
    dossier.save(update_fields=["agency", "province_code", "commune_code", "updated_at"])
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

    ``answers`` may be some of the page's fields only, so that two devices do not undo each other's. ``unread`` is what
    was typed there and cannot be an answer yet, by name of control; an empty list forgets it.
    """
    dossier = _lock_draft(public_id, actor)
    for key, value in answers.items():
        if dossier.answers.get(key) != value:
            dossier.answer_sources.pop(key, None)
    dossier.answers = {**dossier.answers, **answers}
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
def answer_with_file(public_id: UUID, *, actor: Actor, field: eforms.Field, content: Any, name: str) -> dict[str, str]:
    """Keep a file that the form itself asks for, and return the answer that names it. Raises InvalidInputError.

    It is shared with the agency and listed in the receipt as any paper, under the key of its field.
    """
    dossier = _lock_draft(public_id, actor)
    label = field.label.vi
    document = datastore.deposit(
        owner=_person(actor),
        content=content,
        name=name,
        type_code=field.document_type or "GT.KHAC",
        title=label,
        trust=TrustLevel.UPLOADED,
        procedure_code=dossier.procedure_code,
        once=True,
    )
    files = file_digests(document)
    dossier.components.filter(component_code=field.key).delete()
    DossierComponent.objects.create(
        dossier=dossier, component_code=field.key, document=document, name=label, files=files, from_store=False
    )
    return {"name": files[0]["name"], "content_sha256": files[0]["content_sha256"]}


def _file_answers(dossier: Dossier, version: ProcedureVersion) -> dict[str, Any]:
    """The answers that are files, by field."""
    keys = [field.key for field in eforms.form_of(eforms.form_for(version)).fields() if field.type == "file"]
    return {key: dossier.answers[key] for key in keys if dossier.answers.get(key)}


@transaction.atomic
def attach_upload(public_id: UUID, *, actor: Actor, component: Component, content: Any, name: str) -> DossierComponent:
    """Deposit an uploaded file in the owner's store and attach it to a component. Raises InvalidInputError("file")."""
    dossier = _lock_draft(public_id, actor)
    document = datastore.deposit(
        owner=_person(actor),
        content=content,
        name=name,
        type_code=component.document_types[0] if component.document_types else "GT.KHAC",
        title=component.name,
        trust=TrustLevel.UPLOADED,
        procedure_code=dossier.procedure_code,
        once=True,
    )
    return _attach(dossier, component, document, from_store=False)


@transaction.atomic
def attach_from_store(public_id: UUID, *, actor: Actor, component: Component, document_id: int) -> DossierComponent:
    """Attach a paper that is already in the store. Raises InvalidInputError when it does not fit."""
    dossier = _lock_draft(public_id, actor)
    for fit in datastore.fitting_documents(_person(actor), component, on=timezone.localdate()):
        if fit.document.pk == document_id:
            if not fit.fits:
                raise InvalidInputError(fields={component.code: [fit.reason]})
            return _attach(dossier, component, fit.document, from_store=True)
    raise InvalidInputError(fields={component.code: [_("Giấy tờ này không dùng được cho thành phần đã chọn.")]})


def _attach(dossier: Dossier, component: Component, document: Document, *, from_store: bool) -> DossierComponent:
    if not papers.hold([document.pk]):
        raise InvalidInputError(fields={"file": [_("Giấy tờ này vừa bị xóa khỏi kho. Hãy tải lên hoặc chọn lại.")]})
    attached, _made = DossierComponent.objects.get_or_create(
        dossier=dossier,
        component_code=component.code,
        document=document,
        defaults={"name": component.name, "files": file_digests(document), "from_store": from_store},
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
    _lock_draft(public_id, actor).delete()


@transaction.atomic
def submit(public_id: UUID, *, actor: Actor, procedure_code: str | None = None, now: datetime | None = None) -> Dossier:
    """Submit a draft (nộp hồ sơ): check everything, freeze it, take a code, tell the agency.

    NĐ 45/2020/NĐ-CP art. 9. A second click or a resent POST finds the submitted dossier and returns it.
    Raises IncompleteFilingError with every error at once, ProcedureClosedError, IdentityLevelError, and NotFoundError
    for another's draft or one of another procedure than the address says.
    """
    dossier, attached, takes_filings = access.lock_draft_to_submit(public_id, actor=actor)
    if procedure_code not in {None, dossier.procedure_code}:
        raise NotFoundError(code="dossier.not_found")
    if dossier.state != DossierState.DRAFT:
        return dossier
    now = now or timezone.now()
    version = _version(dossier)
    profile = _profile_of(dossier)
    if not takes_filings:
        raise ProcedureClosedError(Procedure.objects.get(pk=version.procedure_id).closed_reason or None)
    _check_may_file(version, profile)
    wanted = eforms.required_components(version, dossier.answers)
    errors = _problems(dossier, version, now, wanted, attached)
    if errors:
        raise IncompleteFilingError(fields=errors)
    agency = dossier.agency
    if agency is None or profile is None:
        raise IncompleteFilingError(fields={"commune_code": [_("Hãy chọn nơi nộp hồ sơ.")]})
    _freeze(dossier, version, profile, now)
    asked = {component.code for component, _is_required in wanted} | set(_file_answers(dossier, version))
    attached = _drop_unwanted(attached, asked)
    dossier.agency = agency
    dossier.handled_by = routing.handling_client(agency)
    dossier.intake_due_at = deadlines.intake_due_at(work_calendar(agency), now)
    with translation.override("vi"):  # receipts and letters speak Vietnamese, whoever files
        due = local_terms.charges(dossier, version, on=timezone.localdate(now))
    dossier.local_terms = local_terms.frozen(dossier, version, due, on=timezone.localdate(now))
    charges = [
        services.Charge(line.kind, line.description, line.amount_vnd, line.legal_basis)
        for line in due
        if line.amount_vnd and line.payable_on == "filing"
    ]
    dossier.code = references.next_code(agency.code, timezone.localdate(now))
    _record_reuse(dossier, attached)
    papers.share(dossier, [component.document for component in attached])
    with writes.gathered():
        passage.apply(dossier, "submit", actor=actor, occasion=Occasion(now), data={"waits_for_payment": bool(charges)})
        if charges:
            services.write_charges(dossier, charges, actor=Actor.system(), occasion=Occasion(now))
    return dossier


def _profile_of(dossier: Dossier) -> CitizenProfile | None:
    profile: CitizenProfile | None = getattr(dossier.filer, "citizen", None)
    return profile


def problems(dossier: Dossier, version: ProcedureVersion, now: datetime) -> dict[str, list[Any]]:
    """Return what still keeps a draft from being submitted, by answer, component, or `commune_code` for the place."""
    wanted = eforms.required_components(version, dossier.answers)
    errors = _problems(dossier, version, now, wanted, dossier.components.all())
    if not errors:
        # The rules and the published schema accept the same answers (tests/procedures/test_eform_schema.py); looked at
        # here, on the page before, since it costs as much as the whole submission.
        form, today = eforms.form_for(version), timezone.localdate(now)
        if eforms.schema_errors(form, eforms.complete(form, dossier.answers, on=today), on=today):
            errors["form"] = [_("Nội dung kê khai không đúng lược đồ của biểu mẫu.")]
    return errors


def _problems(
    dossier: Dossier,
    version: ProcedureVersion,
    now: datetime,
    wanted: list[tuple[Component, bool]],
    attached: Iterable[DossierComponent],
) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = dict(
        eforms.validate(eforms.form_for(version), dossier.answers, on=timezone.localdate(now))
    )
    if dossier.agency_id is None:
        errors["commune_code"] = [_("Hãy chọn nơi nộp hồ sơ.")]
    given = {component.component_code for component in attached}
    for key in _file_answers(dossier, version):
        if key not in given:
            errors.setdefault(key, [_("Tệp này không còn trong hồ sơ. Hãy chọn lại.")])
    for component, is_required in wanted:
        if is_required and component.code not in given:
            errors[component.code] = [_("Thiếu giấy tờ: %(name)s") % {"name": column_text(component, "name")}]
    return errors


def _drop_unwanted(attached: list[DossierComponent], codes: set[str]) -> list[DossierComponent]:
    """Take off what was attached before an answer changed what is asked; return the rest."""
    unwanted = [component.pk for component in attached if component.component_code not in codes]
    if unwanted:
        DossierComponent.objects.filter(pk__in=unwanted).delete()
    return [component for component in attached if component.pk not in unwanted]


def _freeze(dossier: Dossier, version: ProcedureVersion, profile: CitizenProfile, now: datetime) -> None:
    dossier.answers = eforms.complete(eforms.form_for(version), dossier.answers, on=timezone.localdate(now))
    dossier.unread_answers = {}
    canonical = json.dumps(dossier.answers, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    dossier.answers_sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    dossier.submitted_at = now
    dossier.step = ""
    dossier.applicant_name = profile.full_name
    dossier.applicant_id = profile.personal_id
    dossier.applicant_id_index = blind_index(profile.personal_id)
    dossier.applicant_phone = profile.phone
    dossier.applicant_email = profile.email


def _record_reuse(dossier: Dossier, attached: Iterable[DossierComponent]) -> None:
    for component in attached:
        if not component.from_store:
            continue
        datastore.record_reuse(
            component.document,
            dossier_code=dossier.code or "",
            component_code=component.component_code,
            digests=[file["content_sha256"] for file in component.files],
            consent_text=f"{REUSE_CONSENT} {dossier.code}",
        )


def file_digests(document: Document) -> list[dict[str, Any]]:
    """What the receipt and the agency see of a document's files."""
    return [
        {
            "file_id": file.pk,
            "name": file.name,
            "size_bytes": file.blob.size_bytes,
            "content_sha256": file.blob.content_sha256,
            "content_type": file.blob.content_type,
        }
        for file in document.files.select_related("blob").order_by("position")
    ]


def _version(dossier: Dossier) -> ProcedureVersion:
    if dossier.procedure_version is None:
        raise ProcedureClosedError
    return dossier.procedure_version


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise IdentityLevelError
    return actor.user
