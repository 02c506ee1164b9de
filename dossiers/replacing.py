"""Replacing a result that says something wrong by one that says it right (cấp bản thay thế kết quả có sai sót).

NĐ 30/2020/NĐ-CP art. 18(4): an issued paper with a wrong content is replaced by one of the same form. The dossier, its
answers and its decision stay; what is corrected is what the paper says, value by value. The old paper counts until the
new one is signed, then says "replaced" wherever it is checked and leads to the new one.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore.models import Document
from dossiers import access, number_assignment, paper_statements, paper_words, papers, passage, revocation
from dossiers.models import Dossier, DossierEvent, ResultIssue
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.reasons import clean_legal_basis, clean_reason
from dossiers.services import Decision, fields_of
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, Text, TransitionError
from portal.core.text import clean_line
from portal.core.work import WorkState, ring

EVENT = "dossier.result_replaced"


def replaceable(dossier: Dossier) -> Document | None:
    """The result that could be replaced now: drawn by this portal, in force, and no replacement under way."""
    document = revocation.revocable(dossier)
    if document is None or dossier.procedure_version_id is None:
        return None
    work = ResultIssue.objects.filter(dossier=dossier, work_state=WorkState.DONE, document=document)
    return document if work.exists() else None


def statements(dossier: Dossier) -> list[paper_statements.Statement]:
    """Every value that the paper may say, in the order of the form, corrected as often as it was."""
    work = ResultIssue.objects.get(dossier=dossier)
    return paper_statements.of(dossier, work.corrections, on=timezone.localdate(work.approved_at))


def replace_result(
    code: str,
    *,
    actor: Actor,
    reason: str,
    legal_basis: str,
    corrections: Mapping[str, str],
    decision: Decision,
    keeps_rest: bool = False,
    occasion: Occasion = HERE_AND_NOW,
) -> Dossier:
    """Order a corrected paper in the place of the one in force; the worker draws, signs and delivers it.

    `corrections` are the right words by the keys of `statements`; `decision` says number, signer and added lines anew.
    With `keeps_rest`, as from an agency's own system, signer and lines that it leaves empty stay as they are, and a key
    that the paper does not have is named. Raises InvalidInputError without a legal basis or where nothing would change,
    TransitionError where there is no result of ours in force, or one is being replaced already. A value that its form
    would refuse, and a number of another person than the paper says, are refused here for everybody.
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        basis = clean_legal_basis(legal_basis)
        document = replaceable(dossier)
        if document is None:
            raise TransitionError(
                _("Hồ sơ này không có kết quả do Cổng cấp đang còn hiệu lực, hoặc bản thay thế đang được lập.")
            )
        work = ResultIssue.objects.select_for_update().get(dossier=dossier)
        standing = {row.key: row.text for row in statements(dossier)}
        if keeps_rest:
            _require_known(corrections, standing)
            decision = _with_rest(decision, work)
        changed = _held_to_the_form(dossier, work, paper_statements.changes(corrections, standing))
        changed = paper_statements.changes(changed, standing)
        added = fields_of(decision)
        rows: list[list[str]] = work.fields.get("rows", [])
        number_assignment.require_own(dossier, added, {**standing, **changed}, before=(rows, standing))
        if not changed and not _is_decided_anew(work, decision, added):
            raise InvalidInputError(_("Chưa có chỗ nào được sửa. Hãy sửa chỗ ghi sai trên kết quả."))
        event = passage.apply(
            dossier,
            "replace_result",
            actor=actor,
            reason=clean_reason(reason),
            occasion=occasion,
            data={"legal_basis": basis, "number": document.number, "document": document.pk},
        )
        _order(work, event, actor=actor, decision=decision, corrections={**work.corrections, **changed}, added=added)
        papers.end_grants(dossier)  # the wrong paper is not printed; the right to print comes with the right one
        ring("dossiers.issue_results")
        return dossier


def _held_to_the_form(dossier: Dossier, work: ResultIssue, changed: Mapping[str, str]) -> Mapping[str, str]:
    """Each value by the rules of its field, whoever sends it; what is wrong is named as it was sent."""
    try:
        return paper_words.checked(dossier, work.corrections, changed) if changed else changed
    except InvalidInputError as error:
        raise InvalidInputError(fields={f"corrections.{key}": texts for key, texts in error.fields.items()}) from error


def _require_known(corrections: Mapping[str, str], standing: Mapping[str, str]) -> None:
    told: Text = _("Kết quả không có mục này. Các mục sửa được: %(names)s.") % {"names": ", ".join(standing)}
    if unknown := [key for key in corrections if key not in standing]:
        raise InvalidInputError(fields={f"corrections.{key}": [told] for key in unknown})


def _with_rest(decision: Decision, work: ResultIssue) -> Decision:
    rows = [(str(label), str(text)) for label, text in work.fields.get("rows", [])]
    return replace(
        decision,
        signer_name=decision.signer_name or work.signer_name,
        signer_title=decision.signer_title or work.signer_title,
        fields=decision.fields or rows,
    )


def _is_decided_anew(work: ResultIssue, decision: Decision, added: list[list[str]]) -> bool:
    said = (clean_line(decision.signer_name), clean_line(decision.signer_title))
    number = clean_line(decision.document_number)
    return (
        added != work.fields.get("rows", [])
        or said != (work.signer_name, work.signer_title)
        or number not in {"", work.document_number}
    )


def _order(
    work: ResultIssue,
    event: DossierEvent,
    *,
    actor: Actor,
    decision: Decision,
    corrections: Mapping[str, str],
    added: list[list[str]],
) -> None:
    """Put the same piece of work into the queue again, for the next edition."""
    work.edition += 1
    work.document_number = clean_line(decision.document_number)[:60] or f"{event.sequence:02d}/{event.dossier.code}"
    work.signer_name = clean_line(decision.signer_name)[:200] or actor.name
    work.signer_title = clean_line(decision.signer_title)[:150]
    work.signs_for = ""  # who signs in the head's stead orders no replacement: whoever is named signs by her own post
    work.approved_at = event.occurred_at
    work.fields = {"rows": added, "corrections": dict(corrections)}
    work.document, work.done_at = None, None
    work.redrive(timezone.now())
    work.save()
