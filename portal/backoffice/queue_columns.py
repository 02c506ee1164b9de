"""What a row of a queue's table shows of a dossier (cột của hàng đợi); forms and answers stay in the database."""

from django.db.models import Exists, OuterRef

from dossiers import correspondence
from dossiers.models import DossierQuerySet, Side
from portal.agencies import calendars


def slim(rows: DossierQuerySet, *, with_answers: bool = False) -> DossierQuerySet:
    """Only what a row of the table shows; answers come along where they say what is to be printed."""
    waiting = correspondence.unread(Side.AGENCY).filter(dossier=OuterRef("pk"))
    rows = rows.annotate(has_unread=Exists(waiting))
    return rows.select_related("agency", "assignee", "procedure_version", "result_document").only(
        *(["answers", "source_id"] if with_answers else []),
        "code",
        "state",
        "proposed_at",
        "last_sequence",
        "due_at",
        "original_due_at",
        "clock_stopped_at",
        "intake_due_at",
        "finished_at",
        "submitted_at",
        "applicant_name",
        "procedure_name",
        "procedure_code",
        "handled_by_id",
        "agency__name",
        "agency__short_name",
        *(f"agency__{name}" for name in calendars.COLUMNS),
        "assignee__display_name",
        "assignee__username",
        "procedure_version__short_name",
        "result_document__status",
    )
