"""Bundles of linked procedures on the leader's board (hồ sơ liên thông): where each of their dossiers stands."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dossiers import bundle_reading
from dossiers.bundle_reading import Standing
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, BundlePart
from portal.agencies.models import Agency
from portal.backoffice import board
from portal.backoffice.due import DueDates
from portal.backoffice.officials import official_of
from portal.backoffice.rail import Rail
from portal.core import keyset
from portal.core.language import in_language

PAGE_SIZE = 30


@never_cache
@require_GET
def bundle_list(request: HttpRequest) -> HttpResponse:
    """The bundles in which the leader's agencies have a dossier, newest first."""
    official = official_of(request)
    agency = board.agency_for(official, request.GET.get("co-quan", ""))
    ours = BundlePart.objects.filter(bundle=OuterRef("pk"), dossier__agency__path__startswith=agency.path)
    filed = ours.exclude(dossier__state=DossierState.DRAFT)  # what was not sent is nobody's but the applicant's
    ours_too = bundle_reading.with_parts(BundleFiling.objects.filter(Exists(filed)))
    keep = {"co-quan": agency.code if request.GET.get("co-quan") else ""}
    page = keyset.newest_first(ours_too, request, size=PAGE_SIZE, keep=keep)
    now, due = timezone.now(), DueDates()
    context = {
        "official": official,
        "agency_name": in_language(agency.name, agency.name_en),
        "board_url": reverse("admin:board"),
        "bundles": [
            {
                "bundle": bundle,
                "title": bundle_reading.title(bundle),
                "is_late": bundle_reading.is_late(bundle, found, now),
                "parts": [_cell(row, agency, due) for row in found],
            }
            for bundle in page.rows
            for found in [bundle_reading.standings(bundle, now)]
        ],
        "next_url": page.next_url,
        "first_url": page.first_url,
        **Rail.of(official).context(),
    }
    return render(request, "backoffice/bundles.html", context)


def _cell(row: Standing, agency: Agency, due: DueDates) -> dict[str, Any]:
    """One dossier of a bundle; of another agency's only its state and dates."""
    dossier = row.dossier
    is_ours = dossier is not None and dossier.agency is not None and dossier.agency.is_within(agency)
    words = ""
    if dossier is None:
        waits = row.turn.whose == "theirs"
        words = row.turn.sentence if waits else _("Chờ người nộp") if row.turn.whose == "yours" else _("Không nộp được")
    return {
        "title": row.title,
        "dossier": dossier,
        "is_ours": is_ours,
        "words": words,
        "is_stopped": row.turn.whose == "stopped",
        "is_void": row.turn.is_void,
        "due": due.of(dossier) if dossier is not None else None,
    }
