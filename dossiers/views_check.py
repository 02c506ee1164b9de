"""The page of all answers before they are sent (kiểm tra lại hồ sơ), with what is missing and where to mend it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import bundle_filing, facts, filing, local_terms, naming, steps, views_bundles
from dossiers.models import Dossier
from dossiers.steps import PAPERS, PLACE
from portal.agencies.actors import Actor
from procedures import eforms, fees
from procedures.models import ProcedureVersion


def page(request: HttpRequest, frame: dict[str, Any], actor: Actor, refused: dict[str, list[Any]]) -> HttpResponse:
    """The answers before they are sent; `refused` is what a submission was just turned away for."""
    dossier, version = frame["dossier"], frame["version"]
    errors = _error_links(dossier, version, refused)
    plan = bundle_filing.plan_for(dossier.procedure_code, actor)
    if plan is not None:
        problems = bundle_filing.problems(dossier, version, plan, timezone.now())
    else:
        problems = filing.problems(dossier, version, timezone.now())
    charges = local_terms.charges(dossier, version, on=timezone.localdate())
    names = naming.component_titles(dossier)
    context = {
        **frame,
        **views_bundles.check_context(dossier, version, plan),
        "sections": _sections(dossier, version, problems),
        "papers": [
            {"name": names.get(row.component_code, row.name), "files": row.files}
            for row in dossier.components.order_by("id")
        ],
        "charges": charges,
        "total_vnd": fees.total_vnd(charges, payable_on="filing"),
        "errors": errors,
        "problems": [] if errors else _error_links(dossier, version, problems),
        "place_url": steps.address(dossier, PLACE, changing=True),
        "papers_url": steps.address(dossier, PAPERS, changing=True),
    }
    return render(request, "dossiers/filing_check.html", context, status=422 if errors else 200)


def _sections(dossier: Dossier, version: ProcedureVersion, problems: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """The answers in words; what is asked for and missing says so instead of "không có"."""
    missing = {_first_key(path) for path in problems}
    return [
        {
            "title": section.title,
            "rows": [
                {
                    "key": row.label,
                    "value": row.value or (_("Chưa điền") if row.key in missing else ""),
                    "source": facts.source_words(dossier.answer_sources.get(row.key, "")),
                }
                for row in section.rows
            ],
            "change_url": steps.address(dossier, section.page_key, changing=True),
        }
        for section in eforms.summary(eforms.form_for(version), dossier.answers)
    ]


def _first_key(path: str) -> str:
    return path.split(".")[0].split("[")[0]


def _error_links(dossier: Dossier, version: ProcedureVersion, fields: dict[str, list[Any]]) -> list[tuple[str, str]]:
    """Each error as a link to the step that mends it."""
    page_of = {field.key: page.key for page in eforms.pages(eforms.form_for(version)) for field in page.fields()}
    links: list[tuple[str, str]] = []
    for path, texts in fields.items():
        where = PLACE if path == "commune_code" else page_of.get(_first_key(path), PAPERS)
        elsewhere = {"version": steps.newer_url(dossier), "acting_for": reverse("datastore:organisations")}
        url = elsewhere.get(path) or steps.address(dossier, where, changing=True)
        links.extend((url, str(text)) for text in texts)
    return links
