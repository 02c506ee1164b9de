"""The page of all answers before they are sent (kiểm tra lại hồ sơ), with what is missing and where to mend it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from dossiers import (
    bundle_filing,
    declared,
    declaring,
    facts,
    filing,
    local_terms,
    naming,
    remarks,
    repeats,
    steps,
    subjects,
    superseding,
    views_bundles,
)
from dossiers.models import Dossier
from dossiers.steps import PAPERS, PLACE
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import AgencyLevel
from procedures import eforms, fees, sheets
from procedures.models import ProcedureVersion


def page(request: HttpRequest, frame: dict[str, Any], actor: Actor, refused: dict[str, list[Any]]) -> HttpResponse:
    """The answers before they are sent; `refused` is what a submission was just turned away for."""
    dossier, version = frame["dossier"], frame["version"]
    declaration = declaring.form_of(dossier, version, request)
    below = {field.key for field in declaration.page.fields()} if declaration else set()
    errors = _error_links(dossier, version, refused, below)
    plan = bundle_filing.plan_for(dossier.procedure_code, actor)
    if plan is not None:
        problems = bundle_filing.problems(dossier, version, plan, timezone.now())
    else:
        problems = filing.problems(dossier, version, timezone.now())
    today = timezone.localdate()
    charges = local_terms.charges(dossier, version, on=today)
    names = naming.component_titles(dossier)
    codes = {dossier.procedure_code, *(node.procedure_code for node in (plan.nodes if plan else ()))}
    missing = [] if errors else _error_links(dossier, version, _without(problems, below), below)
    papers_url = steps.address(dossier, PAPERS, changing=True)
    repeated = repeats.unfinished_like(dossier, codes, actor=actor)
    context = {
        **frame,
        "filed_before": _named(repeated, actor) if repeated is not None else None,
        "standing": superseding.standing(dossier),
        "remarks": remarks.of(dossier, version),
        "sections": declared.to_check(
            dossier, version, missing={_first_key(path) for path in problems}, declared=below
        ),
        "declaration": declaration,
        "papers": [
            {"name": names.get(row.component_code, row.name), "files": row.files}
            for row in dossier.components.order_by("id")
        ],
        "charges": charges,
        "total_vnd": fees.total_vnd(charges, payable_on="filing"),
        "cost": sheets.cost_left_open(version, local_terms.channel_of(dossier), today),
        "time": local_terms.time_foreseen(dossier, version, on=today) if plan is None else None,
        "errors": errors,
        "problems": missing,
        "lacks_papers": any(url.partition("#")[0] == papers_url for url, _text in errors + missing),
        "place_url": steps.address(dossier, PLACE, changing=True),
        "papers_url": papers_url if steps.has_papers(dossier, version) else "",
        **views_bundles.check_context(dossier, version, plan),  # last: of linked procedures the total is that of all
    }
    is_too_late = request.method == "POST" and frame["is_closed"]
    return render(request, "dossiers/filing_check.html", context, status=409 if is_too_late else 422 if errors else 200)


def _named(dossier: Dossier, actor: Actor) -> dict[str, Any]:
    is_own = actor.kind is ActorKind.CITIZEN  # at the counter the official reads it, and this address is not hers
    told = {"code": dossier.code, "title": subjects.titled(dossier), "filed_at": dossier.submitted_at}
    return {**told, "is_own": is_own}


def _without(problems: dict[str, list[Any]], keys: set[str]) -> dict[str, list[Any]]:
    return {path: texts for path, texts in problems.items() if _first_key(path) not in keys}


def _first_key(path: str) -> str:
    return path.split(".")[0].split("[")[0]


def _error_links(
    dossier: Dossier, version: ProcedureVersion, problems: dict[str, list[Any]], declared: set[str]
) -> list[tuple[str, str]]:
    """Each error as a link to the field, row or paper that mends it, on its step; the declaration is on this page."""
    page_of = {field.key: page for page in eforms.pages(eforms.form_for(version)) for field in page.fields()}
    elsewhere = {"version": steps.newer_url(dossier), "acting_for": reverse("datastore:organisations")}
    elsewhere["represents"] = reverse("dossiers:representation")
    if dossier.counter_visit is not None:  # an official mends it where she serves the person
        elsewhere["acting_for"] = reverse("admin:counter_visit", args=[dossier.counter_visit.public_id])
    elsewhere["for_persons"] = reverse("dossiers:start", args=[dossier.procedure_code])
    elsewhere |= {key: f"#id_{key}" for key in declared}
    forms: dict[str, eforms.PageForm] = {}
    papers: dict[str, str] = {}
    if any(_first_key(path) not in page_of for path in problems):
        wanted = eforms.required_components(version, dossier.answers)
        papers = {component.code: f"#{steps.paper_anchor(at)}-file" for at, (component, _needed) in enumerate(wanted)}
    links: list[tuple[str, str]] = []
    for path, texts in problems.items():
        page = page_of.get(_first_key(path))
        if path == "commune_code":
            where, field = PLACE, "#id_commune_code" if _asks_commune(version) else "#id_province_code"
        elif page is not None:
            if page.key not in forms:
                forms[page.key] = eforms.build_form(
                    page,
                    answers=dossier.answers,
                    sources=facts.all_source_words(dossier.answer_sources),
                    unread=dossier.unread_answers,
                )
            where, field = page.key, forms[page.key].link_at(path)
        else:
            where, field = PAPERS, papers.get(path, "")
        url = elsewhere.get(path) or f"{steps.address(dossier, where, changing=True)}{field}"
        links.extend((url, str(text)) for text in texts)
    return links


def _asks_commune(version: ProcedureVersion) -> bool:
    return version.competent_level == AgencyLevel.COMMUNE
