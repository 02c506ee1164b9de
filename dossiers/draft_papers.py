"""The result as it will be, before anybody signs (bản dự thảo kết quả): drawn by the same template, kept nowhere.

It carries no number, day, signature or QR, and says on every page that it counts for nothing. It is drawn anew for each
reader: nothing of it lies in the store, so nobody can take it for a result.
"""

from django.utils import timezone

from datastore import readings
from datastore.results import paper
from datastore.results.contents import ResultContent
from dossiers import draft_checks, number_assignment, person_numbers, results
from dossiers.lifecycle import BEFORE_DECISION
from dossiers.models import Dossier, PersonNumber, ResultIssue
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError
from portal.core.masking import hide_numbers

DRAFT_NOTE = "BẢN DỰ THẢO - CHƯA CÓ GIÁ TRỊ"
PURPOSE = "Xem bản dự thảo kết quả trước khi ký"


def is_drawable(dossier: Dossier) -> bool:
    """Whether there is something to draw: decided here, not decided yet, of a procedure whose form is known."""
    has_parts = dossier.procedure_version_id is not None and dossier.agency_id is not None
    is_open = dossier.is_decided_here and dossier.state in BEFORE_DECISION
    return is_open and has_parts and dossier.owner_id is not None


def rows(dossier: Dossier) -> list[tuple[str, str]]:
    """What the paper will say, line by line; a heading has no value. Raises NotFoundError where there is no draft."""
    return _content(dossier).fields


def draw(dossier: Dossier, *, actor: Actor, is_masked: bool = False) -> bytes:
    """The draft as PDF; that somebody else than its owner read it stands in the owner's log.

    Masked it shows the ends of identification numbers only, as an official sees them who named no reason for more.

    Raises NotFoundError where there is no draft (is_drawable).
    """
    pdf = paper.draw(
        _content(dossier), public_id="", qr_svg="", sample_note=DRAFT_NOTE, hide=hide_numbers if is_masked else None
    )
    if dossier.owner is not None and actor.user != dossier.owner:
        readings.of_draft(dossier.owner, actor=actor, purpose=PURPOSE, dossier_code=dossier.code or "")
    return pdf


def _content(dossier: Dossier) -> ResultContent:
    if not is_drawable(dossier) or dossier.agency is None:
        raise NotFoundError(code="dossier.not_found")
    work = ResultIssue(
        dossier=dossier,
        approved_at=timezone.now(),
        fields={"rows": _added_rows(dossier), "corrections": draft_checks.corrections_of(dossier)},
    )
    return results.content(dossier, dossier.agency, work, is_draft=True)


def _added_rows(dossier: Dossier) -> list[list[str]]:
    """What the specialist added, and before it the number that comes with the registration, or that it is to come."""
    added = draft_checks.lines_of(dossier)
    if person_numbers.line_of(added) or not person_numbers.fields_of(dossier):
        return added
    known = PersonNumber.objects.filter(dossier=dossier).first()
    number = known.number if known else ""
    if number and number_assignment.no_longer_fits(dossier, number):
        number = ""  # of the day or sex before it was put right
    return [[person_numbers.LABEL, number or person_numbers.TO_COME], *added]
