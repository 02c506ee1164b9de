"""Pages of linked procedures: what a declaration will become, and the bundle it became."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dossiers import assistance, bundle_filing, bundle_reading
from dossiers.models import BundleFiling, Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.language import pair_text
from procedures import access as catalogue
from procedures import eforms
from procedures.bundle_plans import Plan
from procedures.eforms.conditions import Scope, holds
from procedures.models import ProcedureVersion


@never_cache
@require_GET
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One bundle: where each dossier stands, what is asked of the reader, one timeline, the results."""
    bundle = bundle_reading.get(public_id, user=request.user)
    found = bundle_reading.standings(bundle, timezone.now())
    context = {
        "bundle": bundle,
        "title": bundle_reading.title(bundle),
        "heading": bundle_reading.heading(bundle),
        "turn": bundle_reading.whole(found),
        "rows": found,
        "items": bundle_reading.items(bundle, found),
        "results": bundle_reading.results(found),
    }
    return render(request, "dossiers/bundle.html", context)


def submit(public_id: UUID, *, actor: Actor, code: str) -> str:
    """Send a declaration; the address of the page that follows. Raises what bundle_filing.submit raises."""
    if actor.kind == ActorKind.HELPER:
        return page_after(assistance.submit_bundle(public_id, actor=actor, procedure_code=code), actor.user)
    return page_after(bundle_filing.submit(public_id, actor=actor, procedure_code=code), actor.user)


def page_after(bundle: BundleFiling, user: Any) -> str:
    """The bundle's page for who filed it; a helper goes back to her list."""
    if bundle.filer_id != user.pk:
        return reverse("dossiers:assistance")
    return reverse("dossiers:bundle", args=[bundle.public_id])


def check_context(draft: Dossier, version: ProcedureVersion, plan: Plan | None) -> dict[str, Any]:
    """For the page before the last button: the dossiers that will be filed, and what will not."""
    if plan is None:
        return {"parts": [], "not_filed": []}
    day = timezone.localdate()
    nodes = bundle_filing.wanted(plan, draft.answers, version, day)
    titles = {node.key: catalogue.get_version(node.procedure_code).title for node in nodes}
    scope = Scope(eforms.complete(eforms.form_for(version), draft.answers, on=day), day)
    return {
        "parts": [
            {"title": titles[node.key], "after": ", ".join(titles[need] for need in node.needs)} for node in nodes
        ],
        "not_filed": [pair_text(row["text"]) for row in plan.not_filed if holds(row["when"], scope)],
    }
