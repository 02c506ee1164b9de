"""From an approved dossier to a signed paper in the applicant's store (cấp kết quả), exactly once."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from datastore import services as store
from datastore.models import Document, DocumentStatus
from datastore.results import answers, composing, paper_language, paper_names, templates
from datastore.results import service as results
from datastore.results.contents import WHOLE_COUNTRY, ResultContent
from dossiers import (
    handing_over,
    naming,
    number_assignment,
    paper_results,
    paper_statements,
    person_numbers,
    result_delivery,
    result_kinds,
    services,
    subject_facts,
    subjects,
    superseding,
)
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ResultIssue
from portal.agencies.actors import Actor
from portal.agencies.models import Agency
from procedures import eforms
from procedures.eforms import Section

WHEN_SIGNED = "(ghi khi ký)"
"""Where a draft leaves the day open."""


def issue(work: ResultIssue) -> None:
    """Make the result document, attach it to the dossier and hand it over; a second call changes nothing.

    The document is idempotent on the work's reference, so a crash between the steps ends in exactly one result. A
    later edition takes the place of the one before, and shares its fate where that was revoked in the meantime.
    """
    dossier = Dossier.objects.select_related("agency", "procedure_version", "owner", "organisation").get(
        pk=work.dossier_id
    )
    document = work.document  # set where the agency's own system delivered the paper
    if document is None and dossier.owner is not None and dossier.agency is not None:
        _write_number(dossier, work)
        document = results.issue(
            owner=dossier.owner,
            organisation=dossier.organisation,
            representation=dossier.representation,
            reference=work.reference,
            result=content(dossier, dossier.agency, work),
        )
    with transaction.atomic():
        locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        current = ResultIssue.objects.select_for_update().get(pk=work.pk)
        if current.edition != work.edition:
            return  # a worker that was asleep for long: another one finished this edition, the next one is ordered
        if document is not None:
            superseding.hold(document)
        if document is not None and locked.result_document_id is None:
            locked.result_document = document
            locked.save(update_fields=["result_document"])
        elif document is not None and work.edition > 1 and locked.result_document_id != document.pk:
            _replace(locked, document)
            if paper_results.awaits(locked):
                handing_over.let_print(locked, document)
        if document is not None:
            name = subjects.name_of(locked, current.corrections)
            store.name_subject(document.pk, name, _about_subject(dossier, current))
            superseding.replace_earlier(dossier, document)
        if document is not None and locked.state == DossierState.DECIDED and work.edition == 1:
            _deliver(locked, document)
        if document is not None:
            result_delivery.send(locked.code or "", edition=work.edition)
        current.document = document
        current.mark_done(timezone.now())
        current.save()


def _deliver(dossier: Dossier, document: Document) -> None:
    """Electronic only: with the store it is returned. Where paper was ordered, that waits to be collected."""
    if not handing_over.lay_ready(dossier, document):
        services.return_result(dossier.code or "", actor=Actor.system())


def _write_number(dossier: Dossier, work: ResultIssue) -> None:
    """The first edition says the number that came with the registration, where the registrar did not write it."""
    rows = work.fields.get("rows", [])
    if work.edition > 1 or person_numbers.line_of(rows):
        return
    if number := number_assignment.number_of(dossier):
        work.fields = {**work.fields, "rows": [[person_numbers.LABEL, number], *rows]}
        work.save(update_fields=["fields"])


def _about_subject(dossier: Dossier, work: ResultIssue) -> dict[str, str]:
    """What the store keeps of whom the paper is about, for the next form."""
    if dossier.procedure_version is None:
        return {}
    said = paper_statements.of(dossier, work.corrections, on=timezone.localdate(work.approved_at))
    return subject_facts.about(
        {row.key: row.text for row in said}, number=person_numbers.line_of(work.fields.get("rows", []))
    )


def _replace(dossier: Dossier, newer: Document) -> None:
    older = dossier.result_document
    assert older is not None  # noqa: S101 - the caller looked
    if older.status == DocumentStatus.REVOKED:
        results.revoke(
            newer.pk,
            reason=older.status_reason,
            agency_name=older.status_agency_name,
            legal_basis=older.status_legal_basis,
        )
        newer.refresh_from_db(fields=["status"])  # nobody prints it either
    else:
        told = dossier.events.filter(name="dossier.result_replaced").order_by("-sequence").first()
        results.replace(older.pk, by=newer, reason=told.reason if told else "")
    dossier.result_document = newer
    dossier.save(update_fields=["result_document"])


def rows_of(sections: Iterable[Section], corrected: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """What was decided, as lines of the paper; the name of a group stands before it as a line without a value.

    Child, mother and father are asked the same things: without it nobody could tell whose name or nationality it is.
    `corrected` are words that were wrong on an earlier edition, by the key of their answer.
    """
    told = [section for section in sections if section.page_key not in answers.PAGES_ABOUT_THE_FILING and section.rows]
    right = corrected or {}
    rows: list[tuple[str, str]] = []
    for section in told:
        if section.title and len(told) > 1:
            rows.append((section.title, ""))
        rows.extend((row.label, right.get(row.key, row.value)) for row in section.rows)
    return rows


def content(dossier: Dossier, agency: Agency, work: ResultIssue, *, is_draft: bool = False) -> ResultContent:
    """What the paper says; a draft leaves out number, day and signer, which it gets when it is signed."""
    version = dossier.procedure_version
    added = [(str(label), str(value)) for label, value in work.fields.get("rows", [])]
    decided_on = timezone.localdate(work.approved_at)
    values, right = None, {}
    if version is not None:
        values = answers.values_of(version, dossier.answers, on=decided_on, added=added)
        right = answers.changed(values, work.corrections)
        values = values.beside(right)
    kind, template = result_kinds.kind_of(dossier, values, on=decided_on)
    composed, rows = None, added
    if template is not None and values is not None:
        composed = composing.compose(
            paper_language.read(template.body),
            values.beside(_about(dossier, agency, work, None if is_draft else decided_on)),
        )
        rows = composed.rows
    elif version is not None:
        told = eforms.summary(eforms.form_for(version), dossier.answers, "vi", filled_only=True)
        rows = rows_of(told, right) + added
    holder_name, holder_id = dossier.applicant_name, dossier.applicant_id
    if dossier.organisation is not None:
        holder_name, holder_id = dossier.organisation.name, dossier.organisation.tax_code
    is_about_another = composed is not None and composed.holder_name not in {"", holder_name}
    return ResultContent(
        title=kind.name if kind else dossier.procedure_name,
        type_code=kind.document_type if kind and kind.document_type else "GT.KHAC",
        number=work.document_number,
        issuer=agency,
        signer_name=work.signer_name,
        signer_title=work.signer_title,
        signs_for=work.signs_for,
        decided_at=work.approved_at,
        holder_name=(composed.holder_name if composed else "") or holder_name,
        holder_id=composed.holder_id if composed and is_about_another else holder_id,
        fields=rows,
        procedure_code=dossier.procedure_code,
        procedure_name=dossier.procedure_name,
        dossier_code=dossier.code or "",
        valid_until=None,
        scope=(composed.scope if composed else "") or WHOLE_COUNTRY,
        composed=composed,
        template_version=template,
        receiver=str(dossier.filer) if dossier.representation_id is not None else dossier.applicant_name,
    )


def printed_labels(dossier: Dossier) -> frozenset[str]:
    """What the paper says by itself, under which names: nobody adds a line of such a name beside it."""
    if dossier.agency is None:
        return frozenset()
    bare = content(dossier, dossier.agency, ResultIssue(dossier=dossier, approved_at=timezone.now()), is_draft=True)
    return frozenset(label for label, value in bare.fields if label and value)


def printed_keys(dossier: Dossier) -> frozenset[str] | None:
    """The answers that the templates of its papers name; None where a paper has none and says every answer."""
    kinds = dossier.rules.results.all() if dossier.rules else []
    codes = {kind.document_type for kind in kinds if kind.document_type}
    in_force = templates.in_force(codes, dossier.procedure_code, timezone.localdate())
    if not codes or codes - in_force.keys():
        return None
    return frozenset().union(*(paper_names.keys_of(paper_language.read(version.body)) for version in in_force.values()))


def _about(dossier: Dossier, agency: Agency, work: ResultIssue, decided_on: date | None) -> dict[str, str]:
    """The values that every paper may name beside the answers (datastore.results.answers.OF_THE_RESULT)."""
    return {
        "number": work.document_number,
        "agency_name": agency.name,
        "parent_name": agency.parent.name if agency.parent else "",
        "place": agency.unit.name if agency.unit else "",
        "decided_on": f"{decided_on:%d/%m/%Y}" if decided_on else WHEN_SIGNED,
        "signer_name": work.signer_name,
        "signer_title": work.signer_title,
        "applicant_name": dossier.applicant_name,
        "applicant_courtesy": naming.courtesy(dossier),
        "spouse_called": naming.spouse_called(dossier),
        "applicant_id": dossier.applicant_id,
        "dossier_code": dossier.code or "",
        "procedure_code": dossier.procedure_code,
        "procedure_name": dossier.procedure_name,
    }
