"""From an approved dossier to a signed paper in the applicant's store (cấp kết quả), exactly once."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from datastore import services as store
from datastore.results import answers, composing, paper_language, templates
from datastore.results import service as results
from dossiers import services, subjects
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ResultIssue
from portal.agencies.actors import Actor
from portal.agencies.models import Agency
from procedures import eforms
from procedures.eforms import Section

PAGES_ABOUT_THE_FILING = frozenset({"requester", "delivery", "pledge", "booking", "consents", "payment"})
"""Pages of every e-form that speak of the filing, not of what is decided: they do not stand on the result."""


def issue(work: ResultIssue) -> None:
    """Make the result document, attach it to the dossier and hand it over; a second call changes nothing.

    The document is idempotent on the dossier's code, so a crash between the steps ends in exactly one result.
    """
    dossier = Dossier.objects.select_related("agency", "procedure_version", "owner", "organisation").get(
        pk=work.dossier_id
    )
    document = work.document  # set where the agency's own system delivered the paper
    if document is None and dossier.owner is not None and dossier.agency is not None:
        document = results.issue(
            owner=dossier.owner,
            organisation=dossier.organisation,
            reference=dossier.code or "",
            result=_content(dossier, dossier.agency, work),
        )
    with transaction.atomic():
        locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        if document is not None and locked.result_document_id is None:
            locked.result_document = document
            locked.save(update_fields=["result_document"])
        if document is not None:
            store.name_subject(document.pk, subjects.name_of(locked))
        if document is not None and locked.state == DossierState.DECIDED:
            services.return_result(locked.code or "", actor=Actor.system())
        work = ResultIssue.objects.select_for_update().get(pk=work.pk)
        work.document = document
        work.mark_done(timezone.now())
        work.save()


def rows_of(sections: Iterable[Section]) -> list[tuple[str, str]]:
    """What was decided, as lines of the paper; the name of a group stands before it as a line without a value.

    Child, mother and father are asked the same things: without it nobody could tell whose name or nationality it is.
    """
    told = [section for section in sections if section.page_key not in PAGES_ABOUT_THE_FILING and section.rows]
    rows: list[tuple[str, str]] = []
    for section in told:
        if section.title and len(told) > 1:
            rows.append((section.title, ""))
        rows.extend((row.label, row.value) for row in section.rows)
    return rows


def _content(dossier: Dossier, agency: Agency, work: ResultIssue) -> results.ResultContent:
    version, rules = dossier.procedure_version, dossier.rules
    added = [(str(label), str(value)) for label, value in work.fields.get("rows", [])]
    decided_on = timezone.localdate(work.approved_at)
    kinds = list(rules.results.order_by("-is_default", "position")) if rules else []
    kind = kinds[0] if kinds else None
    template, composed, rows = None, None, added
    if version is not None:
        values = answers.values_of(version, dossier.answers, on=decided_on, added=added)
        codes = [found.document_type for found in kinds if found.document_type]
        in_force = templates.in_force(codes, dossier.procedure_code, decided_on)
        chosen = templates.choose(codes, in_force, values)
        kind = next((found for found in kinds if found.document_type == chosen), kind)
        template = in_force.get(kind.document_type) if kind else None
    if template is not None:
        composed = composing.compose(
            paper_language.read(template.body), values.beside(_about(dossier, agency, work, decided_on))
        )
        rows = composed.rows
    elif version is not None:
        told = eforms.summary(eforms.form_for(version), dossier.answers, "vi", filled_only=True)
        rows = rows_of(told) + added
    holder_name, holder_id = dossier.applicant_name, dossier.applicant_id
    if dossier.organisation is not None:
        holder_name, holder_id = dossier.organisation.name, dossier.organisation.tax_code
    is_about_another = composed is not None and composed.holder_name not in {"", holder_name}
    return results.ResultContent(
        title=kind.name if kind else dossier.procedure_name,
        type_code=kind.document_type if kind and kind.document_type else "GT.KHAC",
        number=work.document_number,
        issuer=agency,
        signer_name=work.signer_name,
        signer_title=work.signer_title,
        decided_at=work.approved_at,
        holder_name=(composed.holder_name if composed else "") or holder_name,
        holder_id=composed.holder_id if composed and is_about_another else holder_id,
        fields=rows,
        procedure_code=dossier.procedure_code,
        procedure_name=dossier.procedure_name,
        dossier_code=dossier.code or "",
        valid_until=None,
        composed=composed,
        template_version=template,
        receiver=dossier.applicant_name,
    )


def _about(dossier: Dossier, agency: Agency, work: ResultIssue, decided_on: date) -> dict[str, str]:
    """The values that every paper may name beside the answers (datastore.results.answers.OF_THE_RESULT)."""
    return {
        "number": work.document_number,
        "agency_name": agency.name,
        "parent_name": agency.parent.name if agency.parent else "",
        "place": agency.unit.name if agency.unit else "",
        "decided_on": f"{decided_on:%d/%m/%Y}",
        "signer_name": work.signer_name,
        "signer_title": work.signer_title,
        "applicant_name": dossier.applicant_name,
        "applicant_id": dossier.applicant_id,
        "dossier_code": dossier.code or "",
        "procedure_code": dossier.procedure_code,
        "procedure_name": dossier.procedure_name,
    }
