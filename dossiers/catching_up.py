"""What a previous release wrote while this one was being installed, brought to what this one keeps beside the events.

The events are complete; columns that were added to answer faster are not filled by a release that does not know them.
Each dossier is looked at again under its lock, so that a step taken meanwhile is not overwritten; a paper's level goes
one way only and needs none.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Max, Min, Model, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from datastore.models import Document, TrustLevel
from dossiers import finding
from dossiers.event_names import ENDS_PROPOSAL
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent, SearchRow
from portal.core.migrating import AT_A_TIME

TIME_OF_AN_UPGRADE = timedelta(days=30)
"""From the first migration to the last container of the previous release, and more."""
PROPOSED = "dossier.proposed"
HOLDS_PROPOSAL = (DossierState.PROCESSING, DossierState.WITHDRAWAL_REQUESTED, DossierState.STOPPED)
"""Where a proposal lies before the leader, or will again when a withdrawal is refused or the dossier reopened."""


def _ranges(rows: type[Model] = Dossier) -> list[tuple[int, int]]:
    found = rows._default_manager.aggregate(first=Min("pk"), last=Max("pk"))
    if found["first"] is None:
        return []
    return [(low, low + AT_A_TIME) for low in range(found["first"], found["last"] + 1, AT_A_TIME)]


def _about_proposals() -> "QuerySet[DossierEvent]":
    return DossierEvent.objects.filter(name__in=[PROPOSED, *ENDS_PROPOSAL]).order_by("-sequence")


def proposals() -> int:
    """Let `proposed_at` say what the events say; return how many dossiers were mended."""
    last = _about_proposals().filter(dossier=OuterRef("pk"))
    count = 0
    for low, high in _ranges():
        rows = Dossier.objects.filter(pk__gte=low, pk__lt=high, state__in=HOLDS_PROPOSAL).annotate(
            last_name=Subquery(last.values("name")[:1])
        )
        lost = rows.filter(last_name=PROPOSED, proposed_at__isnull=True)
        stale = rows.exclude(last_name=PROPOSED).filter(proposed_at__isnull=False)
        for pk in [*lost.values_list("pk", flat=True), *stale.values_list("pk", flat=True)]:
            count += _mend_proposal(pk)
    return count


@transaction.atomic
def _mend_proposal(pk: int) -> bool:
    dossier = Dossier.objects.select_for_update(of=("self",)).only("proposed_at").get(pk=pk)
    last = _about_proposals().filter(dossier=dossier).first()
    true = last.occurred_at if last is not None and last.name == PROPOSED else None
    if dossier.proposed_at == true:
        return False
    Dossier.objects.filter(pk=pk).update(proposed_at=true)
    return True


def journal() -> int:
    """Let events say in which system's journal they stand; return how many were missing."""
    count = 0
    for low, high in _ranges():
        with connection.cursor() as cursor:
            cursor.execute(_JOURNAL, {"low": low, "high": high})
            count += cursor.rowcount
    return count


def fetched_papers() -> int:
    """Let papers that agencies' systems sent say so in a level of their own; return how many did not."""
    count = 0
    for low, high in _ranges(Document):
        papers = Document.objects.filter(pk__gte=low, pk__lt=high, trust=TrustLevel.DIGITISED, is_listed=True)
        count += papers.exclude(issuer=None).update(trust=TrustLevel.FETCHED)
    return count


def search_rows() -> int:
    """Let dossiers be found by their names at the agency where they are; return how many were not.

    What the previous release wrote after the migration had read it is among what was changed lately.
    """
    count = 0
    for low, high in _ranges():
        rows = Dossier.objects.filter(pk__gte=low, pk__lt=high).exclude(state=DossierState.DRAFT)
        wrong = Q(search_row=None) | ~Q(search_row__agency=F("agency"))
        for pk in list(rows.filter(wrong).values_list("pk", flat=True)):
            with transaction.atomic():
                dossier = Dossier.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)
                SearchRow.objects.filter(pk=pk).delete()
                finding.enter(dossier)
                count += 1
        lately = rows.filter(updated_at__gte=timezone.now() - TIME_OF_AN_UPGRADE).select_related(
            "organisation", "search_row"
        )
        for dossier in lately.iterator(AT_A_TIME):
            now, kept = finding.row_of(dossier), dossier.search_row
            if (now.names, now.phone) != (kept.names, kept.phone):
                with transaction.atomic():
                    locked = rows.select_for_update(of=("self",)).select_related("organisation")
                    finding.mend(locked.get(pk=dossier.pk))
                count += 1
    return count


_JOURNAL = f"""
    UPDATE {DossierEvent._meta.db_table} AS event
    SET partner_id = COALESCE(dossier.handled_by_id, dossier.source_id)
    FROM {Dossier._meta.db_table} AS dossier
    WHERE dossier.id = event.dossier_id AND event.partner_id IS NULL
      AND dossier.id >= %(low)s AND dossier.id < %(high)s
      AND COALESCE(dossier.handled_by_id, dossier.source_id) IS NOT NULL
"""  # noqa: S608 - names of tables
