"""Papers that go with a question to another agency and with its answer (giấy tờ trao đổi giữa các cơ quan).

They are the agencies' own: who decides the dossier reads them, and who is asked reads those of her question until it is
answered, and for good what her own agency sent with its answer. Nobody's store, page or system of a citizen has them.
They close with the dossier's end (those of a decided one that waits for its paper stay open, where the applicant's
close) and are kept as long as the dossier is; a dossier that is taken up again opens them again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from datastore import agency_files, storage
from datastore.models import AgencyFile
from dossiers import opening
from dossiers.lifecycle import DossierState
from dossiers.models import Consultation, ConsultationPaper, ConsultationSide, Dossier
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError, UpstreamError

MOST = 5
"""Papers with one question, or with one answer (our choice)."""
FIELD = "papers"
"""Of a form: the files, and what is wrong with them."""
CLOSED = frozenset({DossierState.REFUSED, DossierState.STOPPED, DossierState.RETURNED})
"""States in which nobody works on the dossier any more, so that its papers are shut (dossiers.papers.end_grants)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in an agency's files and goes with a question or an answer."""

    file: AgencyFile
    name: str


def too_many() -> str:
    """What is said of more files than one question or answer takes."""
    return _("Kèm nhiều nhất %(limit)d tệp một lần.") % {"limit": MOST}


def keep(uploads: Sequence[UploadedFile], *, actor: Actor) -> tuple[list[Kept], list[str]]:
    """Keep the files of who is about to ask or to answer; returns them and what is wrong with those that cannot be.

    Nothing refers to them yet: where the step is refused after all, the store's sweep drops them. Raises
    NotAllowedError for who acts for no agency.
    """
    if actor.agency is None:
        raise NotAllowedError
    if len(uploads) > MOST:
        return [], [too_many()]
    kept: list[Kept] = []
    wrong: list[str] = []
    for upload in uploads:
        try:
            kept.append(Kept(*agency_files.keep(upload, upload.name or "", agency=actor.agency)))
        except (InvalidInputError, UpstreamError) as error:
            wrong += [f"{upload.name}: {text}" for text in error.texts]
    return kept, wrong


def attach(consultation: Consultation, side: str, papers: Sequence[Kept]) -> None:
    """Let papers go with a question or its answer, in the transaction of the step.

    Raises InvalidInputError("papers") for too many, and where one was swept in between.
    """
    by_file = {paper.file.pk: paper for paper in papers}  # the same scan chosen twice is one
    if not by_file:
        return
    if len(by_file) > MOST:
        raise InvalidInputError(fields={FIELD: [too_many()]})
    if not agency_files.hold(by_file):
        raise InvalidInputError(fields={FIELD: [_("Một tệp vừa gửi đã bị xóa khỏi kho. Hãy chọn lại tệp.")]})
    ConsultationPaper.objects.bulk_create(
        [
            ConsultationPaper(consultation=consultation, side=side, file=paper.file, name=paper.name[:200])
            for paper in by_file.values()
        ]
    )


def of(consultations: Iterable[Consultation]) -> list[ConsultationPaper]:
    """The papers of these questions in their order; no query where there is no question."""
    asked = [row.pk for row in consultations]
    if not asked:
        return []
    return list(ConsultationPaper.objects.filter(consultation__in=asked).select_related("file").order_by("pk"))


def are_open(dossier: Dossier) -> bool:
    """Whether papers between agencies are still opened for this dossier."""
    return dossier.state not in CLOSED


def get(dossier: Dossier, pk: int) -> ConsultationPaper:
    """A paper of one of this dossier's questions; raises NotFoundError for any other, and once all are shut."""
    found = ConsultationPaper.objects.select_related("file", "consultation__agency")
    paper = found.filter(pk=pk, consultation__dossier=dossier).first()
    if paper is None or not are_open(dossier):
        raise NotFoundError(storage.GONE)
    return paper


def get_sent_with_answer(pk: int, *, agency_ids: Collection[int]) -> ConsultationPaper:
    """A paper that one of these agencies sent with its answer; raises NotFoundError for any other.

    What an agency wrote stays its own to read, whatever becomes of the dossier.
    """
    found = ConsultationPaper.objects.select_related("file", "consultation__agency", "consultation__dossier")
    sent = found.filter(side=ConsultationSide.ANSWER, consultation__answered_at__isnull=False)
    paper = sent.filter(pk=pk, consultation__agency__in=agency_ids).first()
    if paper is None:
        raise NotFoundError(storage.GONE)
    return paper


def open_file(dossier: Dossier, paper: ConsultationPaper, *, actor: Actor) -> "File[bytes]":
    """Open a paper for an official whom the caller let read it.

    Leaves a row of which paper it was, and in the applicant's log that the dossier was read, no more than that.
    """
    stream = agency_files.open_stream(paper.file, actor=actor, dossier_code=dossier.code or "")
    opening.note(dossier, actor=actor)
    return stream
