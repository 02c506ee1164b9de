"""A template on paper before it is published (xem trước): sample answers, no signature, marked as a sample."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from datastore.models import ResultTemplate
from datastore.results import answers, composing, paper, templates
from datastore.results.composing import Values
from datastore.results.contents import ResultContent
from portal.agencies.models import AdministrativeUnit, Agency
from portal.core import qr
from procedures import eforms
from procedures.eforms.sampling import NAMES, Sampler
from procedures.models import ProcedureVersion
from procedures.simulating import fill
from procedures.territory import Territory

SAMPLE_NOTE = "BẢN XEM TRƯỚC – KHÔNG CÓ GIÁ TRỊ"
SAMPLE_ID = "MAUMAUMAUMAUMAUM"


def preview(template: ResultTemplate, body: str, *, seed: int = 1) -> bytes:
    """The PDF of a template with answers drawn from a seed; raises TemplateError for a text that is no template."""
    read = templates.check(template, body)
    versions = answers.versions_with(template.document_type, template.procedure_code)
    values = sample(versions[0], seed) if versions else Values()
    about = {
        "number": "01/2026",
        "agency_name": "Ủy ban nhân dân phường Mẫu",
        "parent_name": "Ủy ban nhân dân Thành phố Mẫu",
        "place": "Mẫu",
        "decided_on": f"{timezone.localdate():%d/%m/%Y}",
        "signer_name": "Người Ký Mẫu",
        "signer_title": "Chủ tịch",
        "applicant_name": "Người Nộp Mẫu",
        "applicant_courtesy": "ông/bà",
        "spouse_called": "vợ/chồng",
        "applicant_id": "001199999001",
        "dossier_code": "000.00.00.H00-260101-00001",
        "procedure_code": versions[0].procedure.code if versions else template.procedure_code,
        "procedure_name": versions[0].name if versions else template.name,
    }
    composed = composing.compose(read, values.beside(about))
    agency = Agency(
        name=about["agency_name"],
        parent=Agency(name=about["parent_name"]),
        unit=AdministrativeUnit(name=about["place"]),
    )
    content = ResultContent(
        title=template.name,
        type_code=template.document_type,
        number=about["number"],
        issuer=agency,
        signer_name=about["signer_name"],
        signer_title=about["signer_title"],
        decided_at=timezone.now() - timedelta(hours=1),
        holder_name=composed.holder_name or about["applicant_name"],
        holder_id=composed.holder_id,
        procedure_code=about["procedure_code"],
        procedure_name=about["procedure_name"],
        dossier_code=about["dossier_code"],
        fields=composed.rows,
        composed=composed,
        receiver=about["applicant_name"],
    )
    drawing = qr.draw(SAMPLE_NOTE, label="Mã QR mẫu")
    return paper.draw(content, public_id=SAMPLE_ID, qr_svg=drawing.svg, sample_note=SAMPLE_NOTE)


def sample(version: ProcedureVersion, seed: int) -> Values:
    """Made-up answers to a procedure's form, the same for the same seed, with a line as an official adds one."""
    today = timezone.localdate()
    form = eforms.form_of(eforms.form_for(version))
    sampler = Sampler(seed, today, Territory(today))
    prefilled, sources = eforms.prefill(form, {"identity": sampler.person()}, on=today)
    filled = fill(form, prefilled, sources, sampler, today)
    for asked in form.fields():
        if asked.type == "text" and "name" in asked.key and asked.key in filled:
            filled[asked.key] = sampler.random.choice(
                NAMES
            )  # a reader looks at the layout: a name has to look like one
    added = [(_("Nội dung cán bộ ghi khi quyết định"), _("ví dụ mẫu"))]
    return answers.values_of(version, filled, on=today, added=added)
