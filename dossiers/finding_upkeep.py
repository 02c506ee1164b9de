"""What keeps the rows that dossiers are found by quick and true, beside the filings and reports that write them."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from dossiers import finding
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, SearchRow
from portal.accounts.models import Organisation

BY_NAME = "search_row_by_name"
LOOKED_BACK = timedelta(days=2)
"""For how long after its new name an organisation's dossiers are looked at: a worker may have been down."""
LETTERS = 40
"""Of the new name that are looked for: a row keeps no more than its first letters."""
AT_ONCE = 500
"""Dossiers of one organisation that one round rewrites; the next round takes the next ones."""


def tidy_index() -> None:
    """Bring what the index by name has put off into it, before a filing has to wait until that is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [BY_NAME])


def follow_renamed() -> int:
    """Let dossiers of organisations that have another name now be found by it; return how many were not."""
    count = 0
    for organisation in Organisation.objects.filter(renamed_at__gte=timezone.now() - LOOKED_BACK):
        named = finding.folded_words(organisation.name)[:LETTERS]
        stale = SearchRow.objects.filter(dossier__organisation=organisation).exclude(folded__contains=named)
        for pk in list(stale.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            with transaction.atomic():
                rows = Dossier.objects.exclude(state=DossierState.DRAFT).select_related("organisation")
                finding.mend(rows.select_for_update(of=("self",)).get(pk=pk))
            count += 1
    return count
