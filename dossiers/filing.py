"""Filing (nộp hồ sơ): one transaction that checks a draft whole and freezes version, answers and digests."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import represented, reuse
from datastore.models import Document
from dossiers import (
    acting,
    charging,
    deadlines,
    drafts,
    finding,
    for_others,
    local_terms,
    obligations,
    papers,
    passage,
    place_of_filing,
    references,
    submission_lock,
)
from dossiers.errors import IncompleteFilingError, ProcedureClosedError
from dossiers.event_names import BY_PORTAL
from dossiers.freezing import digest_of
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierComponent
from dossiers.passage import Occasion
from portal.accounts import representations, representing, written_mandates
from portal.accounts.models import CitizenProfile
from portal.agencies import routing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.core import writes
from portal.core.encryption import blind_index
from portal.core.errors import NotFoundError
from portal.core.language import column_text, speaking
from procedures import eforms, published
from procedures.models import Component, Procedure, ProcedureVersion


@transaction.atomic
def submit(
    public_id: UUID,
    *,
    actor: Actor,
    procedure_code: str | None = None,
    now: datetime | None = None,
    by_portal: bool = False,
) -> Dossier:
    """Submit a draft (nộp hồ sơ): check everything, freeze it, take a code, tell the agency.

    NĐ 45/2020/NĐ-CP art. 9. A second click or a resent POST finds the submitted dossier and returns it.
    Raises IncompleteFilingError with every error at once, ProcedureClosedError, IdentityLevelError, and NotFoundError
    for another's draft or one of another procedure than the address says. `by_portal`: she pressed no button for it, it
    follows from what she declared before (dossiers.bundles).
    """
    dossier, attached, takes_filings = submission_lock.lock_draft_to_submit(public_id, actor=actor)
    if procedure_code not in {None, dossier.procedure_code}:
        raise NotFoundError(code="dossier.not_found")
    if dossier.state != DossierState.DRAFT:
        return dossier
    now = now or timezone.now()
    today = timezone.localdate(now)
    version = drafts.version_of(dossier)
    profile = _profile_of(dossier)
    if not takes_filings:
        raise ProcedureClosedError(Procedure.objects.get(pk=version.procedure_id).closed_reason or None)
    drafts.check_may_file(version, profile, in_person=actor.kind == ActorKind.DESK)
    asked = eforms.asked(eforms.form_for(version), dossier.answers, on=today)
    wanted = eforms.required_components(version, dossier.answers, known=asked)
    _hold_representation(dossier)
    errors = _problems(dossier, version, now, asked, wanted, attached)
    if errors:
        raise IncompleteFilingError(fields=errors)
    agency = dossier.agency
    if agency is None or profile is None:
        raise IncompleteFilingError(fields={"commune_code": [_("Hãy chọn nơi nộp hồ sơ.")]})
    _freeze(dossier, asked, profile, now)
    _name_principal(dossier)
    codes = {component.code for component, _is_required in wanted} | {*_file_answers(asked, dossier.answers)}
    attached = _drop_unwanted(attached, codes)
    dossier.agency = agency
    dossier.handled_by = routing.handling_client(agency)
    dossier.intake_due_at = deadlines.intake_due_at(work_calendar(agency), now)
    with speaking("vi"):  # receipts and letters speak Vietnamese, whoever files
        due = local_terms.charges(dossier, version, on=today)
    dossier.local_terms = local_terms.frozen(dossier, version, due, on=today)
    charges = [
        charging.Charge.of(line, line.amount_vnd) for line in due if line.amount_vnd and line.payable_on == "filing"
    ]
    dossier.code = references.next_code(agency.code, today)
    _record_reuse(dossier, attached)
    found_by = finding.row_of(dossier)  # before anything is gathered: it may ask for an organisation's name
    told = {"waits_for_payment": bool(charges), **({BY_PORTAL: True} if by_portal else {})}
    with writes.gathered():
        papers.share(dossier, [component.document for component in attached], is_first=True)
        writes.insert(found_by)
        passage.apply(dossier, "submit", actor=actor, occasion=Occasion(now), data=told)
        if charges:
            obligations.write_charges(dossier, charges, actor=Actor.system(), occasion=Occasion(now))
    return dossier


def _profile_of(dossier: Dossier) -> CitizenProfile | None:
    profile: CitizenProfile | None = getattr(dossier.filer, "citizen", None)
    return profile


def problems(dossier: Dossier, version: ProcedureVersion, now: datetime) -> dict[str, list[Any]]:
    """Return what still keeps a draft from being submitted, by answer, component, or `commune_code` for the place."""
    asked = eforms.asked(eforms.form_for(version), dossier.answers, on=timezone.localdate(now))
    wanted = eforms.required_components(version, dossier.answers, known=asked)
    errors = _problems(dossier, version, now, asked, wanted, list(dossier.components.select_related("document")))
    if not errors:
        # The rules and the published schema accept the same answers (tests/procedures/test_eform_schema.py); looked at
        # here, on the page before, since it costs as much as the whole submission.
        form, today = eforms.form_for(version), timezone.localdate(now)
        if eforms.schema_errors(form, eforms.whole_answers(asked), on=today):
            errors["form"] = [_("Nội dung kê khai không đúng lược đồ của biểu mẫu.")]
    return errors


def _problems(
    dossier: Dossier,
    version: ProcedureVersion,
    now: datetime,
    asked: eforms.Asked,
    wanted: list[tuple[Component, bool]],
    attached: Iterable[DossierComponent],
) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = dict(eforms.problems_of(asked))
    if dossier.unread_answers:  # her page shows what she typed: the older answer beneath it is not what she files
        errors |= eforms.unread_problems(asked, dossier.answers, dossier.unread_answers, dossier.answer_sources)
    if version.valid_to is not None and version.valid_to < timezone.localdate(now):
        # A filing goes by the version of its day; who began under an older one is shown what changed (rebasing).
        errors["version"] = [_("Thủ tục đã có bản công bố mới. Hãy xem thay đổi và chuyển sang bản mới trước khi nộp.")]
    for path, texts in place_of_filing.problems(dossier, version, asked).items():
        errors.setdefault(path, texts)
    if dossier.agency is None:
        errors["commune_code"] = [_("Hãy chọn nơi nộp hồ sơ.")]
    elif moved := place_of_filing.of_another_agency(dossier, version, dossier.agency):
        errors["commune_code"] = moved
    closed: set[int] = set()
    if _still_represents(dossier):
        closed = _no_longer_open(dossier, attached)
    else:
        errors["represents"] = [representations.OVER]
    for path, texts in for_others.problems(dossier, asked).items():
        errors.setdefault(path, texts)
    if not _still_files_for(dossier):
        errors["acting_for"] = [_NOT_FOR_IT if dossier.counter_visit_id is None else acting.NOT_FOR_IT_AT_COUNTER]
    if dossier.organisation_id is not None and _is_now_for_persons(version):
        errors["for_persons"] = [drafts.FOR_PERSONS]
    given = {component.component_code for component in attached}
    files = _file_answers(asked, dossier.answers)
    for key in files:
        if key not in given:
            errors.setdefault(key, [_("Tệp này không còn trong hồ sơ. Hãy chọn lại.")])
    codes = {component.code for component, _is_required in wanted} | {*files}
    today = timezone.localdate(now)
    for paper in attached:
        # It was in force when it was taken from the store; the draft may have lain for weeks since.
        if paper.from_store and paper.component_code in codes and (why := _unfit_now(dossier, paper.document, today)):
            errors.setdefault(paper.component_code, [why])
        elif paper.document_id in closed and paper.component_code in codes:
            words = _NOT_OPEN if dossier.counter_visit_id is None else _NOT_OPEN_AT_COUNTER
            errors.setdefault(paper.component_code, [words % {"title": paper.document.title}])
    for component, is_required in wanted:
        if is_required and component.code not in given:
            errors[component.code] = [_("Thiếu giấy tờ: %(name)s") % {"name": column_text(component, "name")}]
    return errors


def _unfit_now(dossier: Dossier, document: Document, day: date) -> str:
    """Why a paper of the store cannot be filed any more, or nothing."""
    named = {"title": document.title}
    if not document.is_in_force(day):
        named["why"] = reuse.why_unfit(document, day)
        return _("“%(title)s” không dùng được nữa: %(why)s. Hãy chọn giấy khác.") % named
    holder = document.organisation_id
    if holder is None or holder == dossier.organisation_id:
        return ""
    if dossier.owner is None or not representing.may_file(dossier.owner, holder):
        return _("“%(title)s” ở kho của tổ chức mà bạn không còn được nộp hồ sơ thay. Hãy chọn giấy khác.") % named
    return ""


_NOT_FOR_IT = _("Bạn không còn được nộp hồ sơ thay tổ chức này. Hãy nhờ người đại diện chỉ định.")
_NOT_OPEN = _(
    "“%(title)s” không còn mở với bạn. Hãy chọn giấy khác, tải tệp của bạn lên, hoặc nhờ người ủy quyền cho dùng kho."
)


_NOT_OPEN_AT_COUNTER = _(
    "“%(title)s” trong kho của chủ hồ sơ không còn mở với người đến nộp. Hãy chọn giấy khác, hoặc số hóa giấy người ấy "
    "mang theo."
)


def _no_longer_open(dossier: Dossier, attached: Iterable[DossierComponent]) -> set[int]:
    """Papers taken from the principal's store that lie open to her representative no more; none of one's own filing."""
    reader = dossier.representative
    if reader is None or dossier.owner_id is None:
        return set()
    others = {row.document_id for row in attached if row.from_store and row.document.owner_id != reader.pk}
    if not others:
        return set()
    return others - represented.open_among(
        others, reader=reader, principal_id=dossier.owner_id, procedure_code=dossier.procedure_code
    )


def _still_files_for(dossier: Dossier) -> bool:
    """Whether the filer of an organisation's draft may still file for it; she may have been dismissed meanwhile."""
    return dossier.organisation_id is None or acting.files_for(dossier, dossier.organisation_id)


def _hold_representation(dossier: Dossier) -> None:
    """Lock what the representative may do for the owner: who ends it now is before or after this filing."""
    representative = dossier.representative
    if representative is None or dossier.owner_id is None:
        return
    code = dossier.procedure_code
    if dossier.representation is not None and dossier.representation.is_written:
        held = written_mandates.lock(dossier.representation, bearer_id=representative.pk, procedure_code=code)
    else:
        held = representations.lock_in_force(representative.pk, dossier.owner_id, code)
    if held is None and dossier.representation is not None and dossier.representation.is_written:
        dossier.representation.refresh_from_db()  # it was taken back meanwhile
    if held is not None:
        dossier.representation = held  # the one it was begun by may have been given anew since


def _still_represents(dossier: Dossier) -> bool:
    """Whether who acts in another person's draft represents her now."""
    representative = dossier.representative
    if representative is None or dossier.owner_id is None:
        return dossier.representation_id is None
    held = dossier.representation
    if held is not None and held.is_written:  # the paper that is named, and no other mandate of the same two
        return written_mandates.counts(held, bearer_id=representative.pk, procedure_code=dossier.procedure_code)
    return acting.represents(dossier, representative)


def _is_now_for_persons(version: ProcedureVersion) -> bool:
    """Whether only persons may file, by the draft's version or by what was published since; both are in memory."""
    newest = published.newest(version.procedure.code)
    return version.is_for_persons_only or (newest is not None and published.version(newest[0]).is_for_persons_only)


def _file_answers(asked: eforms.Asked, answers: Mapping[str, Any]) -> list[str]:
    """The fields that are answered with a file, in the order of the form."""
    return [field.key for field, _condition in asked.form.placed if field.type == "file" and answers.get(field.key)]


def _drop_unwanted(attached: list[DossierComponent], codes: set[str]) -> list[DossierComponent]:
    """Take off what was attached before an answer changed what is asked; return the rest."""
    unwanted = [component.pk for component in attached if component.component_code not in codes]
    if unwanted:
        DossierComponent.objects.filter(pk__in=unwanted).delete()
    return [component for component in attached if component.pk not in unwanted]


def _freeze(dossier: Dossier, asked: eforms.Asked, profile: CitizenProfile, now: datetime) -> None:
    dossier.answers = eforms.whole_answers(asked)
    dossier.unread_answers = {}
    dossier.answers_sha256 = digest_of(dossier.answers)
    dossier.submitted_at = now
    dossier.step = ""
    dossier.applicant_name = profile.full_name
    dossier.applicant_id = profile.personal_id
    dossier.applicant_id_index = blind_index(profile.personal_id)
    dossier.applicant_phone = profile.phone
    dossier.applicant_email = profile.email


def _name_principal(dossier: Dossier) -> None:
    """Of another person's dossier she is the applicant; telephone and e-mail stay those of who files and answers."""
    if dossier.representation_id is None:
        return
    principal = CitizenProfile.objects.get(user=dossier.owner_id)
    dossier.applicant_name = principal.full_name
    dossier.applicant_id = principal.personal_id
    dossier.applicant_id_index = principal.personal_id_index


def _record_reuse(dossier: Dossier, attached: Iterable[DossierComponent]) -> None:
    for component in attached:
        if not component.from_store:
            continue
        reuse.record_reuse(
            component.document,
            dossier_code=dossier.code or "",
            component_code=component.component_code,
            digests=[file["content_sha256"] for file in component.files],
            by=dossier.filer if component.document.owner_id == dossier.filer_id else dossier.owner,
        )
