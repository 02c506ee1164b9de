"""Letters of the one-stop mechanism as PDF (văn bản của hồ sơ), after the forms of TT 03/2025/TT-VPCP.

The circular's annex was not read: what each form says is put together from older ones (docs/assumptions.md).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from datastore import services as datastore
from datastore.models import Document, TrustLevel
from datastore.results import keys, rendering, signing
from dossiers import (
    charging,
    common_limit,
    letter_bodies,
    letter_notices,
    letter_templates,
    letter_texts,
    naming,
    paid_ahead,
    paper_results,
    placeholders,
    request_pictures,
    supplement_words,
)
from dossiers.models import (
    Dossier,
    DossierComponent,
    FinancialObligation,
    Letter,
    LetterKind,
    LetterText,
    ObligationState,
    SupplementRequest,
)
from dossiers.models.letter_forms import LetterForm, own_form
from portal.core import qr
from portal.core.language import pair_text
from portal.core.work import WorkState
from procedures import eforms

TYPE_OF_LETTER = {
    LetterKind.SUBMISSION: "KQ.BIEN-NHAN-NOP",
    LetterKind.RECEIPT: "KQ.GIAY-TIEP-NHAN",
    LetterKind.SUPPLEMENT: "KQ.PHIEU-BO-SUNG",
    LetterKind.REFUSAL: "KQ.PHIEU-TU-CHOI",
    LetterKind.EXTENSION: "KQ.XIN-LOI-GIA-HAN",
    LetterKind.STOP: "KQ.DUNG-GIAI-QUYET",
}
"""Own codes of the store for letters; no national code is published for them (docs/assumptions.md)."""


def write(work: Letter) -> None:
    """Draw the letter, lay it in the applicant's store, attach it, tell of it; one that exists is not drawn again.

    The document, the notice and the letter's row are written together: a worker killed in between leaves none.
    """
    letter = Letter.objects.select_related("event", "document").get(pk=work.pk)
    dossier = Dossier.objects.select_related(
        "agency__parent", "agency__unit", "procedure_version", "owner", "filer", "organisation"
    ).get(pk=letter.dossier_id)
    letter.dossier = dossier
    wanted = letter.document is None and dossier.owner is not None
    pdf = _signed(letter, dossier, render(letter, dossier)) if wanted else b""
    with transaction.atomic():
        current = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if wanted and current.document_id is None and current.work_state == WorkState.PENDING:
            current.document = _deposit(letter, dossier, pdf)
            current.dossier = dossier
            letter_notices.tell(current)
        current.mark_done(timezone.now())
        current.save()


def _signed(letter: Letter, dossier: Dossier, pdf: bytes) -> bytes:
    """The letter with its agency's signature.

    NĐ 30/2020/NĐ-CP art. 5 asks of an original that the competent person signs, too: docs/assumptions.md.
    """
    agency = dossier.agency
    keys.register()  # the public half of what signs is known before anybody checks
    return signing.sign_pdf(
        pdf,
        agency_name=agency.name if agency else "",
        location=agency.unit.name if agency and agency.unit else "",
        reason=letter.title,
        agency=agency,
    )


def _deposit(letter: Letter, dossier: Dossier, pdf: bytes) -> Document | None:
    if dossier.owner is None:
        return None
    return datastore.deposit(
        owner=dossier.owner,
        organisation=dossier.organisation,
        representation=dossier.representation,
        content=pdf,
        name=f"{dossier.code}-mau-{letter.form}.pdf",
        type_code=TYPE_OF_LETTER[LetterKind(letter.kind)],
        title=f"{letter.title} – {dossier.code}",
        trust=TrustLevel.ISSUED,
        issuer=dossier.agency,
        issued_on=timezone.localdate(letter.event.occurred_at),
        dossier_code=dossier.code or "",
        procedure_code=dossier.procedure_code,
        is_listed=False,
    )


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter tells that lies beside the dossier's own row."""

    components: list[DossierComponent]
    obligations: list[FinancialObligation]
    supplement_request: SupplementRequest | None
    agency_words: LetterText | None
    """What the agency adds on that day."""

    @classmethod
    def of(cls, letter: Letter, dossier: Dossier) -> Self:
        """As they were when the letter's event came."""
        event = letter.event
        components = dossier.components.filter(created_at__lte=event.received_at)
        return cls(
            components=list(components.order_by("supplement_round", "id")),
            obligations=_charges(letter, dossier),
            supplement_request=dossier.supplement_requests.filter(requested_at__lte=event.occurred_at).last(),
            agency_words=letter_texts.in_force(dossier.agency, letter.kind, timezone.localdate(event.occurred_at)),
        )


def _charges(letter: Letter, dossier: Dossier) -> list[FinancialObligation]:
    """What was owed; on the receipt as of acceptance, whatever was asked for or paid later."""
    charges = dossier.obligations.order_by("id")
    if letter.kind != LetterKind.RECEIPT:
        return list(charges)
    at = letter.event.received_at
    known = list(charges.filter(created_at__lte=at).exclude(state=ObligationState.CANCELLED))
    for owed in known:
        is_paid = owed.paid_at is not None and owed.paid_at <= at
        owed.state = ObligationState.PAID if is_paid else ObligationState.DUE
    return known


def render(letter: Letter, dossier: Dossier, facts: LetterFacts | None = None) -> bytes:
    """Return the PDF of a letter, in Vietnamese whatever the worker's language."""
    letter.dossier = dossier  # whose version names the form
    with translation.override("vi"):
        told = context(letter, dossier, facts)
        for template in letter_templates.in_force(letter.form, timezone.localdate(letter.event.occurred_at)):
            try:
                parts = letter_bodies.compose(letter.form, template.body, told)
            except letter_bodies.FAULTS as error:
                # the letter is due: the version before serves, whether the words or this dossier are at fault
                letter_templates.tell_problem(template, error, dossier_code=dossier.code or "")
            else:  # what fails from here on is not the words' fault: the letter is tried again, with the same ones
                letter_templates.tell_new_duty(template)
                return _drawn(letter.title, told, parts)
        return rendering.render_pdf(f"dossiers/letters/{letter.form}.html", told, title=letter.title)


def with_words(letter: Letter, dossier: Dossier, facts: LetterFacts, body: str, *, own: LetterForm | None) -> bytes:
    """The PDF of a letter with these words, on a branch's own form or the one-stop form (None).

    Raises TemplateError where the words cannot be used.
    """
    with translation.override("vi"):
        told = context(letter, dossier, facts) | {"form_source": own.source if own else ""}
        form, title = (own.number, own.title) if own else (letter.kind, letter.get_kind_display())
        return _drawn(str(title), told, letter_bodies.compose(form, body, told))


def _drawn(title: str, told: dict[str, Any], parts: list[letter_bodies.Part]) -> bytes:
    return rendering.render_pdf("dossiers/letters/_own_words.html", {**told, "parts": parts}, title=title)


def context(letter: Letter, dossier: Dossier, facts: LetterFacts | None = None) -> dict[str, Any]:
    """What the templates of letters use."""
    facts = facts or LetterFacts.of(letter, dossier)
    version = dossier.procedure_version
    code = dossier.code or ""
    agency = dossier.agency
    return {
        "agency_name": agency.name if agency else "",
        "parent_name": agency.parent.name if agency and agency.parent else "",
        "number": f"{letter.event.sequence:02d}/{code}",
        "place": agency.unit.name if agency and agency.unit else "",
        "decided_on": timezone.localdate(letter.event.occurred_at),
        "qr_svg": qr.draw(f"{settings.BASE_URL}/tra-cuu/?code={code}", label=f"Mã QR tra cứu hồ sơ {code}").svg,
        "signer_title": "" if letter.kind == LetterKind.SUBMISSION else "Người thực hiện",
        "signer_name": "" if letter.kind == LetterKind.SUBMISSION else letter.event.actor_name,
        "filer_name": str(dossier.representative or dossier.applicant_name)
        if letter.kind == LetterKind.RECEIPT
        else "",
        "courtesy": naming.courtesy(dossier),
        "letter": letter,
        "form_source": own.source if (own := own_form(letter.kind, version)) else "",
        "procedure_words": pair_text((version.sheet.get("letters") or {}).get(letter.kind)) if version else "",
        "opening": placeholders.filled(facts.agency_words.opening, dossier) if facts.agency_words else "",
        "closing": placeholders.filled(facts.agency_words.closing, dossier) if facts.agency_words else "",
        "dossier": dossier,
        "came_by": _came_by(dossier),
        "counter_agency": dossier.counter_visit.agency if dossier.counter_visit else None,
        "return_place": _return_place(dossier) if letter.kind == LetterKind.RECEIPT else "",
        "event": letter.event,
        "appointed_at": _appointment(letter, dossier),
        "time_words": supplement_words.time(dossier, letter.event),
        "silence_words": supplement_words.silence(dossier),
        "first_due_at": (first_due_at := _moment(letter.event.data.get("due_at_before"))),
        "is_late": first_due_at is not None and letter.event.received_at > first_due_at,
        "new_due_at": _moment(letter.event.data.get("due_at")),
        "agency": agency,
        "components": facts.components,
        "sections": eforms.summary(eforms.form_for(version), dossier.answers, "vi", filled_only=True)
        if version
        else [],
        "obligations": facts.obligations,
        "fees_to_come": (to_come := charging.foretold(dossier, facts.obligations)),
        "paid_ahead": set(paid_ahead.held_for(dossier)) if to_come else set(),
        "supplement_request": facts.supplement_request,
        "asked_items": request_pictures.on_paper(facts.supplement_request)
        if letter.kind == LetterKind.SUPPLEMENT
        else [],  # its pictures are large
        "processing_time": common_limit.time_in_words(dossier, _appointment(letter, dossier)),
        "tracking_url": f"{settings.BASE_URL}/tra-cuu/?code={code}",
    }


def _return_place(dossier: Dossier) -> str:
    """Where the result is had: the store always, and where paper was ordered or she came to a counter, that place."""
    whose = "tổ chức" if dossier.organisation else "chủ hồ sơ" if dossier.representation_id else "người nộp"
    store = f"dữ liệu điện tử của {whose} trên Cổng Dịch vụ công quốc gia"
    place = paper_results.where_to_have_it(dossier)
    if not place and dossier.counter_visit:
        place = dossier.counter_visit.agency.name
    return f"{place}; bản điện tử ở kho {store}" if place else f"Kho {store}"


def _came_by(dossier: Dossier) -> str:
    """By which paper the person at the counter acted for the organisation, as forms name it."""
    visit = dossier.counter_visit
    if visit is None or visit.organisation_id is None:
        return ""
    return visit.acts_by_words


def _appointment(letter: Letter, dossier: Dossier) -> datetime | None:
    """The day promised at acceptance; an event of before it was kept there has only the day of now."""
    told = letter.event.data.get("due_at")
    return dossier.due_at if told is None else _moment(told)


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
