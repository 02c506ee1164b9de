"""Questions to other agencies on the workbench (lấy ý kiến): what was asked and answered, and the papers of each.

The agency that decides opens all of them, one that is asked those of its own question, until it has answered. From then
on it reads what it was asked, what it said and the papers it sent, and nothing else of the dossier.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import QuerySet
from django.urls import reverse

from dossiers import consultation_papers, opening
from dossiers.models import Consultation, ConsultationPaper, ConsultationSide, Dossier
from portal.agencies import absences
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import KIND_OF_ROLE
from portal.backoffice import passages
from portal.backoffice.officials import ANSWERS, Official
from portal.core.errors import NotFoundError
from portal.core.masking import hide_numbers

INLINE_TYPES = {"application/pdf": "pdf", "image/jpeg": "image", "image/png": "image"}
"""Kinds of file that the viewer shows, and how."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which file the address asks the viewer for: one of the applicant's papers, or one between agencies."""

    paper: str = ""
    opinion: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From the parameters of the page."""
        return cls(query.get("giay-to", ""), query.get("y-kien", ""))


@dataclass(frozen=True, slots=True)
class OpinionPaper:
    """A paper between agencies, with how it can be shown; `url` is its own address."""

    pk: int
    name: str
    size_bytes: int
    shown_as: str
    url: str


def reader(official: Official, dossier: Dossier, asked: Consultation) -> Actor | None:
    """As whom she reads the papers of a question, or None: at the deciding agency, or at the one that is asked now."""
    if ours := official.actors_at(dossier.agency):
        return ours[0]
    theirs = official.actors_at(asked.agency) if asked.ended_at is None else []
    return replace(theirs[0], kind=ActorKind.CONSULTED) if theirs else None


def get_paper(official: Official, dossier: Dossier, pk: int) -> tuple[ConsultationPaper, Actor]:
    """A paper of a question about this dossier, and as whom she reads it; raises NotFoundError where she does not."""
    paper = consultation_papers.get(dossier, pk)
    actor = reader(official, dossier, paper.consultation)
    if actor is None:
        raise NotFoundError
    return paper, actor


def rows(official: Official, dossier: Dossier, questions: Iterable[Consultation]) -> list[dict[str, Any]]:
    """The questions, each with the papers of question and answer that she may read, and whether they are open."""
    asked = list(questions)
    mine = {row.pk for row in asked if reader(official, dossier, row) is not None}
    papers: dict[tuple[int, str], list[OpinionPaper]] = {}
    for paper in consultation_papers.of(row for row in asked if row.pk in mine):
        papers.setdefault((paper.consultation_id, paper.side), []).append(_shown(dossier, paper))
    return [
        {
            "asked": row,
            "with_question": papers.get((row.pk, ConsultationSide.QUESTION), []),
            "with_answer": papers.get((row.pk, ConsultationSide.ANSWER), []),
            "are_open": consultation_papers.are_open(dossier),
        }
        for row in asked
    ]


def is_only_asked(official: Official, dossier: Dossier, questions: Iterable[Consultation]) -> bool:
    """Whether she sees the dossier for a question to her agency alone, and not as one of those who decide it."""
    return not official.actors_at(dossier.agency) and any(official.actors_at(row.agency) for row in questions)


def put_to(official: Official, found: Iterable[dict[str, Any]], *, may_answer: bool) -> list[dict[str, Any]]:
    """Those of `rows` that wait for an answer of her agency, each with who there may give one, by name.

    Who may herself is told no names; a post without an answer (a desk's) learns to whom to go. One query an agency.
    """
    roles = [str(role) for role, kind in KIND_OF_ROLE.items() if kind in ANSWERS]
    waiting = [row for row in found if row["asked"].ended_at is None and official.actors_at(row["asked"].agency)]
    if may_answer:
        return [row | {"answered_by": None} for row in waiting]
    return [
        row | {"answered_by": [name for _pk, name in absences.named(_posts(row["asked"], roles))]} for row in waiting
    ]


def answered_by(official: Official) -> QuerySet[Consultation]:
    """The questions that agencies of hers have answered; of their dossiers no more than code, procedure and agency."""
    found = Consultation.objects.filter(agency__in=official.agency_ids, answered_at__isnull=False)
    return found.select_related("agency", "dossier__agency").only(
        *("question", "asked_at", "answer", "answered_at", "agency__name"),
        *("dossier__code", "dossier__procedure_name", "dossier__agency__name"),
        *("dossier__owner", "dossier__filer", "dossier__applicant_id_index"),  # in whose log the reading stands
    )


def answered_rows(questions: Iterable[Consultation]) -> list[dict[str, Any]]:
    """These questions with their words, numbers of people hidden, and the papers of the answers; one query for all."""
    asked = list(questions)
    sent: dict[int, list[ConsultationPaper]] = {}
    for paper in consultation_papers.of(asked):
        if paper.side == ConsultationSide.ANSWER:
            sent.setdefault(paper.consultation_id, []).append(paper)
    return [
        {
            "asked": row,
            "question": hide_numbers(row.question),
            "answer": hide_numbers(row.answer),
            "with_answer": sent.get(row.pk, []),
        }
        for row in asked
    ]


def note_read(official: Official, questions: Iterable[Consultation]) -> None:
    """In the log of each person whom the questions are about: what was asked and answered may speak of her."""
    asked = list(questions)
    actor = next((actor for row in asked for actor in official.actors_at(row.agency)), None)
    if actor is not None:
        opening.note_each([row.dossier for row in asked], actor=replace(actor, kind=ActorKind.CONSULTED))


def get_sent_paper(official: Official, pk: int) -> tuple[ConsultationPaper, Actor]:
    """A paper that an agency of hers sent with its answer, and as whom she reads it; else raises NotFoundError."""
    paper = consultation_papers.get_sent_with_answer(pk, agency_ids=official.agency_ids)
    actors = official.actors_at(paper.consultation.agency)
    if not actors:
        raise NotFoundError
    return paper, replace(actors[0], kind=ActorKind.CONSULTED)


def _posts(asked: Consultation, roles: list[str]) -> Any:
    return passages.working_posts_at(asked.agency).filter(role__in=roles)


def papers_of(found: Iterable[Mapping[str, Any]]) -> list[OpinionPaper]:
    """All papers of `rows` that can be opened."""
    return [paper for row in found if row["are_open"] for paper in (*row["with_question"], *row["with_answer"])]


def _shown(dossier: Dossier, paper: ConsultationPaper) -> OpinionPaper:
    return OpinionPaper(
        pk=paper.pk,
        name=paper.name,
        size_bytes=paper.file.size_bytes,
        shown_as=INLINE_TYPES.get(paper.file.content_type, ""),
        url=reverse("admin:opinion_paper", args=[dossier.code, paper.pk]),
    )
