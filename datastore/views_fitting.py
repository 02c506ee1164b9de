"""Which papers of a procedure somebody already has: a fragment that a sheet loads, a page of its own without scripts.

The catalogue knows nothing of the store (imports go down only): its sheet names this address, nothing more.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datastore import reuse
from datastore.signed_in import SignedInRequest
from portal.core.language import column_text
from procedures import access as catalogue
from procedures.models import ComponentKind

ONLINE = "online"


@never_cache
@require_safe
def papers_for(request: SignedInRequest, code: str) -> HttpResponse:
    """Each paper of a procedure with what fits it in the reader's store, and why something does not.

    Forms on paper are left out: who files here needs none.
    """
    version = catalogue.get_version(code)
    today = timezone.localdate()
    wanted = [
        component
        for component in version.components.all()
        if component.kind in {ComponentKind.DOCUMENT, ComponentKind.PHOTO}
        and component.document_types
        and (not component.channels or ONLINE in component.channels)
    ]
    fits = reuse.fitting_by_component(request.user, wanted, on=today)
    rows: list[dict[str, Any]] = [
        {
            "name": column_text(component, "name"),
            "when": column_text(component, "when_text"),
            "fitting": [fit.document for fit in fits[component.code] if fit.fits][:1],
            "unfit": [fit for fit in fits[component.code] if not fit.fits][:1],
        }
        for component in wanted
    ]
    is_fragment = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "datastore/_papers_for.html" if is_fragment else "datastore/papers_for.html",
        {
            "rows": rows,
            "is_fragment": is_fragment,
            "have_count": sum(bool(row["fitting"]) for row in rows),
            "title": version.title,
            "sheet_url": reverse("procedures:detail", kwargs={"code": code}),
            "upload_url": reverse("datastore:upload"),
        },
    )
