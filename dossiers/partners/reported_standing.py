"""Where a dossier born in a partner's system stands by what was told of it so far, in the source's own order."""

from datetime import datetime

from django.db.models import QuerySet

from dossiers.lifecycle import FINISHED_STATES, STATE_OF_NATIONAL_STATUS
from dossiers.models import Dossier, DossierEvent
from dossiers.partners.folding import Report, Standing, fold
from portal.agencies.models import ApiClient

LINE = "TD:"
UNDATED_LINE = "TD::"
"""How the references of lines of progress begin; those of lines without a time."""


def standing_of(dossier: Dossier) -> Standing:
    """What its row says of a dossier, in the words of the fold."""
    return Standing(
        status=dossier.national_status or 0,
        at=dossier.state_occurred_at,
        accepted_at=dossier.accepted_at,
        clock_stopped_at=dossier.clock_stopped_at,
        finished_at=dossier.finished_at,
        returned_at=dossier.returned_at,
    )


def stand(dossier: Dossier, standing: Standing, *, position: datetime | None) -> None:
    """Write a standing to the dossier; `position` is unknown where no report so far was dated."""
    told = dossier.source_record
    dossier.state = STATE_OF_NATIONAL_STATUS[standing.status]
    dossier.state_occurred_at = position
    dossier.accepted_at = (dossier.accepted_at if told.get("NgayTiepNhan") else None) or standing.accepted_at
    dossier.counted_from = dossier.accepted_at
    dossier.clock_stopped_at = standing.clock_stopped_at
    dossier.finished_at = standing.finished_at
    dossier.returned_at = standing.returned_at


def is_latest_word(
    client: ApiClient, dossier: Dossier, status: int, at: datetime | None, *, not_before: datetime | None
) -> bool:
    """Whether a report is later than what set the current state.

    A report without a time of its own is the newest word of a partner that sends no dated lines; where dated lines
    exist they are the authority, and the line that follows each synchronisation brings the state.
    """
    if at is not None:
        return standing_of(dossier).is_before(Report(status, at))
    here = dossier.state_occurred_at
    if here is None or (not_before is not None and not_before >= here):
        return True
    lines = dossier.events.filter(source=client.event_source, source_reference__startswith=LINE)
    return not lines.exclude(source_reference__startswith=UNDATED_LINE).exists()


def refold(client: ApiClient, dossier: Dossier) -> None:
    """A report came late: what it says about times is put where it belongs, and the state is what it was."""
    dated = _dated(client, dossier)
    standing = fold(Report(data["reported_status"], at) for at, data in dated.values_list("occurred_at", "data"))
    if standing.at == dossier.state_occurred_at:  # otherwise an undated report has the last word
        stand(dossier, standing, position=standing.at)


def was_told_its_end(client: ApiClient, dossier: Dossier) -> bool:
    """Whether a dated line said when it ended: that it was accepted at the same moment makes it no guess."""
    if dossier.finished_at is None:
        return False
    lines = _dated(client, dossier).filter(source_reference__startswith=LINE, occurred_at=dossier.finished_at)
    return any(
        STATE_OF_NATIONAL_STATUS[data["reported_status"]] in FINISHED_STATES
        for data in lines.values_list("data", flat=True)
    )


def _dated(client: ApiClient, dossier: Dossier) -> QuerySet[DossierEvent]:
    told = dossier.events.filter(source=client.event_source, data__has_key="reported_status")
    return told.exclude(data__has_key="undated").exclude(data__has_key="clock_ahead")
