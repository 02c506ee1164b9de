"""A certificate issued anew in the place of the earlier one (giấy cấp lại), and what contradicts one in force.

Which kinds replace their earlier ones is told by the kind of paper (DocumentType.replaces_earlier), with the law that
says so: for the certificate of marital status NĐ 123/2015/NĐ-CP art. 22(6), by which who asks anew, for another purpose
or after its end, hands the earlier one back, and art. 23, by which it counts until the status changes. What an agency
reads of a paper that it may not open is the statement in question only (docs/assumptions.md).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from datastore.models import Credential, Document, DocumentStatus, DocumentType, TrustLevel
from datastore.results import service as results
from dossiers import paper_statements, subject_facts
from dossiers.models import Dossier, ResultIssue
from portal.core.text import fold
from procedures import eforms


@dataclass(frozen=True, slots=True)
class Standing:
    """A paper in force that the coming one replaces, and where the two would say different things."""

    document: Document
    legal_basis: str
    said: str
    """What stands on it; empty where the declaration agrees."""
    told: str
    """What is declared now."""
    denied: str = ""
    """The question whether there is such a paper, in words, where it is answered with no."""

    @property
    def is_contradicted(self) -> bool:
        """Whether the declaration says otherwise than the paper."""
        return bool(self.said or self.told)


def hold(document: Document) -> None:
    """Lock the holder's papers of this kind, in order, before any of them is written to.

    Two results at once then wait for each other instead of each taking the other's place.
    """
    if document.type.replaces_earlier:
        list(_of_the_kind(document).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def replace_earlier(dossier: Dossier, document: Document) -> None:
    """Of the held papers about the same person the newest stays in force, and takes the place of the others."""
    rule = document.type.replaces_earlier
    if not rule or _is_apart(rule, dossier):
        return
    document.refresh_from_db(fields=["about_facts", "status"])
    if document.status != DocumentStatus.VALID:
        return
    papers = _of_the_kind(document).filter(credential__isnull=False).exclude(pk=document.pk).order_by("pk")
    same = [paper for paper in papers if _whose(paper.about) == _whose(document.about) and _counts_for(rule, paper)]
    for paper in same:
        if paper.pk < document.pk:
            _replace(paper, document, rule)
    if same and same[-1].pk > document.pk and Credential.objects.filter(document=document).exists():
        _replace(document, same[-1], rule)  # a worker that was slow: the newer paper was signed before


def _replace(older: Document, newer: Document, rule: dict[str, Any]) -> None:
    results.replace(older.pk, by=newer, reason=f"Đã cấp giấy mới số {newer.number}. Căn cứ: {rule['legal']}.")


def standing(dossier: Dossier) -> list[Standing]:
    """What the holder has in force of the kind that she asks for, newest first, with what it says otherwise."""
    version, holder = dossier.procedure_version, dossier.organisation or dossier.owner
    if version is None or holder is None:
        return []
    results_of = version.results.values("document_type")
    kinds = {kind.pk: kind for kind in DocumentType.objects.filter(code__in=results_of) if kind.replaces_earlier}
    if not kinds:
        return []
    told = _texts(dossier, {})
    papers = Document.objects.listed(holder).filter(
        type__in=kinds, trust=TrustLevel.ISSUED, status=DocumentStatus.VALID
    )
    found = []
    for paper in papers.exclude(dossier_code=dossier.code or "-").order_by("-pk"):
        rule = kinds[paper.type_id].replaces_earlier
        if _whose(subject_facts.about(told)) != _whose(paper.about) or not paper.is_in_force(timezone.localdate()):
            continue
        said = None if _is_apart(rule, dossier) else _said(rule, paper)
        if said is not None:
            found.append(_compared(paper, rule, said, told, denied=_denied(rule, dossier)))
    return found


def _denied(rule: dict[str, Any], dossier: Dossier) -> str:
    """The question for an earlier paper where she says that there is none; the form may not ask at all."""
    version, key = dossier.procedure_version, rule.get("asked", "")
    if version is None or dossier.answers.get(key):
        return ""
    asked = eforms.form_of(eforms.form_for(version)).by_key().get(key)
    return str(asked.label) if asked is not None else ""


def _compared(
    paper: Document, rule: dict[str, Any], said: dict[str, str], told: dict[str, str], *, denied: str
) -> Standing:
    differing = [key for key in rule.get("compare", ()) if fold(said.get(key, "")) != fold(told.get(key, ""))]
    words = [", ".join(filter(None, (texts.get(key, "") for key in differing))) for texts in (said, told)]
    return Standing(paper, str(rule["legal"]), words[0], words[1], denied)


def _said(rule: dict[str, Any], paper: Document) -> dict[str, str] | None:
    """What stands on a paper, by the answers that led to it; None for one of a time apart, or of another house."""
    work = _work_on(paper)
    if work is None or _is_apart(rule, work.dossier):
        return None
    return _texts(work.dossier, work.corrections)


def _texts(dossier: Dossier, corrections: dict[str, str]) -> dict[str, str]:
    rows = paper_statements.of(dossier, corrections, on=timezone.localdate())
    return {row.key: row.text for row in rows if row.text}


def _counts_for(rule: dict[str, Any], paper: Document) -> bool:
    """Whether a paper is one of those that a new one replaces: not one about something of its own."""
    work = _work_on(paper)
    return work is None or not _is_apart(rule, work.dossier)


def _work_on(paper: Document) -> ResultIssue | None:
    """How a paper was issued here; None for one of another house."""
    return ResultIssue.objects.select_related("dossier__procedure_version").filter(document=paper).first()


def _is_apart(rule: dict[str, Any], dossier: Dossier) -> bool:
    """Whether a paper is about something of its own, as the status in a time that ended; it stands beside others."""
    return any(dossier.answers.get(key) for key in rule.get("unless", ()))


def _of_the_kind(document: Document) -> QuerySet[Document]:
    """What the holder has in force of the same kind of paper."""
    papers = Document.objects.of(document.holder).filter(type=document.type_id)
    return papers.filter(trust=TrustLevel.ISSUED, status=DocumentStatus.VALID)


def _whose(about: dict[str, str]) -> tuple[str, str]:
    """Whom a paper is about: by number, else by name and day of birth; the holder where it names nobody."""
    if number := about.get("personal_id"):
        return number, ""
    return fold(about.get("name", "")), about.get("date_of_birth", "")
