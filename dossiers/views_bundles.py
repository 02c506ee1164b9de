"""Pages of linked procedures: what a declaration will become, and the bundle it became."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dossiers import assistance, bundle_filing, bundle_reading, charging, foreseen_fees, paid_ahead
from dossiers.bundle_reading import Standing
from dossiers.models import BundleFiling, Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.language import pair_text
from procedures import access as catalogue
from procedures import eforms, fees
from procedures.bundle_plans import Node, Plan
from procedures.eforms.conditions import Scope, holds
from procedures.models import ProcedureVersion

_SUMS = ("paid_vnd", "due_vnd", "later_vnd", "held_vnd")


@never_cache
@require_GET
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One bundle: where each dossier stands, what is asked of the reader, one timeline, the results."""
    bundle = bundle_reading.get(public_id, user=request.user)
    now = timezone.now()
    found = bundle_reading.standings(bundle, now)
    context = {
        "bundle": bundle,
        "title": bundle_reading.title(bundle),
        "heading": bundle_reading.heading(bundle),
        "turn": bundle_reading.whole(found),
        "rows": found,
        "is_late": bundle_reading.is_late(bundle, found, now),
        "later_words": bundle_reading.later_than_all(bundle, found),
        "items": bundle_reading.items(bundle, found),
        "results": bundle_reading.results(found),
        "fees": _fees(bundle, found),
    }
    return render(request, "dossiers/bundle.html", context)


def _fees(bundle: BundleFiling, found: list[Standing]) -> dict[str, Any]:
    """What was paid for her dossiers, what they owe and will ask for, in đồng: by dossier, and for one press."""
    due = charging.due_among(row.dossier for row in found if row.dossier)
    later: dict[int, int] = {}
    for each in foreseen_fees.of_bundle(bundle):
        later[each.part.pk] = later.get(each.part.pk, 0) + each.amount_vnd
    held: dict[int, int] = {}
    for paid in paid_ahead.held().filter(part__bundle=bundle):
        held[paid.part_id] = held.get(paid.part_id, 0) + paid.amount_vnd
    settled = charging.paid_among(row.dossier for row in found if row.dossier)
    rows = [
        {
            "title": row.title,
            "code": row.dossier.code if row.dossier else "",
            "paid_vnd": settled.get(row.dossier.pk, 0) if row.dossier else 0,
            "due_vnd": due.get(row.dossier.pk, 0) if row.dossier else 0,
            "later_vnd": later.get(row.part.pk, 0),
            "held_vnd": held.get(row.part.pk, 0),
        }
        for row in found
    ]
    return {
        "rows": [row for row in rows if any(row[each] for each in _SUMS)],
        "due_vnd": sum(due.values()),
        "all_vnd": sum(due.values()) + sum(later.values()),
    }


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


def _costs(draft: Dossier, nodes: list[Node], titles: Mapping[str, str], answers: dict[str, Any]) -> dict[str, Any]:
    """What each dossier of a declaration costs; what is due at once and what all of it comes to, in đồng."""
    costs = [(node, [line for _agency, line in foreseen_fees.of_node(node, draft, answers)]) for node in nodes]
    if not any(lines for _node, lines in costs):
        return {}
    at_once = [line for node, lines in costs if not node.needs for line in lines]
    return {
        "costs": [{"title": titles[node.key], "lines": lines} for node, lines in costs if lines],
        "total_vnd": fees.total_vnd(at_once, payable_on="filing"),
        "whole_vnd": sum(line.amount_vnd or 0 for _node, lines in costs for line in lines),
    }


def check_context(draft: Dossier, version: ProcedureVersion, plan: Plan | None) -> dict[str, Any]:
    """For the page before the last button: the dossiers that will be filed, and what will not."""
    if plan is None:
        return {"parts": [], "not_filed": []}
    now = timezone.now()
    day = timezone.localdate(now)
    nodes = bundle_filing.wanted(plan, draft.answers, version, day)
    titles = {node.key: catalogue.get_version(node.procedure_code).title for node in nodes}
    answers = eforms.complete(eforms.form_for(version), draft.answers, on=day)
    scope = Scope(answers, day)
    days = plan.working_days(scope)
    return {
        **_costs(draft, nodes, titles, answers),
        "working_days": days,
        "whole_due_at": bundle_filing.due_at(draft, version, days, now),
        "parts": [
            {"title": titles[node.key], "after": ", ".join(titles[need] for need in node.needs)} for node in nodes
        ],
        "not_filed": [pair_text(row["text"]) for row in plan.not_filed if holds(row["when"], scope)],
    }
