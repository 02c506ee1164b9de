"""The step of the papers: take one from the store, photograph it, or choose a file; errors stand at their paper."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from datastore import incoming, reuse
from datastore import services as datastore
from dossiers import (
    acting,
    already_held,
    attaching,
    draft_access,
    naming,
    steps,
    supplement_requests,
    whose_papers,
)
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, UpstreamError
from portal.core.language import column_text
from portal.core.text import fold, whole_number
from procedures import eforms, paper_forms
from procedures.eforms.free_components import Role, role_of_component
from procedures.models import Component


def papers(request: HttpRequest, frame: dict[str, Any], actor: Actor) -> HttpResponse:
    """Draw the step, or take what was sent: every file of the form at once, whichever button was pressed.

    Where nothing is to be attached there is nothing to read either: the check page says so in a line.
    """
    dossier, version = frame["dossier"], frame["version"]
    wanted = eforms.required_components(version, dossier.answers)
    if not wanted:
        return redirect(frame["next_url"])
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = _receive(request, dossier, actor, {component.code: component for component, _needed in wanted})
        if not errors:
            return redirect(frame["next_url"] if "continue" in request.POST else frame["here_url"])
    attached: dict[str, list[Any]] = {}
    for row in dossier.components.select_related("document").order_by("id"):
        attached.setdefault(row.component_code, []).append(row)
    today = timezone.localdate()
    fits: dict[str, list[reuse.Fit]] = {}
    sent_back: set[tuple[str, int]] = set()
    of_strangers: set[int] = set()
    stores = draft_access.stores_open(dossier, actor=actor)
    if dossier.owner is not None and (stores or draft_access.may_use_store(dossier, actor=actor)):
        components = [component for component, _needed in wanted]
        own_only = not draft_access.may_use_organisations(dossier, actor=actor)
        reader = draft_access.reader_of(dossier, actor=actor)
        fits = reuse.fitting_by_component(
            dossier.owner, components, on=today, own_only=own_only, stores=stores, reader=reader
        )
        shown = [fit.document for found in fits.values() for fit in found]
        sent_back = supplement_requests.asked_again(shown)
        people = whose_papers.NamedPeople(dossier)
        of_strangers = whose_papers.of_strangers([fit for found in fits.values() for fit in found], people)
        fits = {
            code: whose_papers.in_order(found, people, {pk for of, pk in sent_back if of == code})
            for code, found in fits.items()
        }
        acting.note_papers_seen(shown, actor=actor, purpose=acting.purpose_on(dossier, actor))
    limits = datastore.limits_of([component.document_types for component, _needed in wanted])
    held = already_held.said(dossier, is_supplement=False)
    held_url = reverse("dossiers:held_in_draft", args=[dossier.procedure_code, dossier.public_id])
    rows = [
        {
            "component": component,
            "name": naming.component_title(component),
            "when": column_text(component, "when_text"),
            **_note(component),
            "anchor": steps.paper_anchor(position),
            "limits": limits[position],
            "is_required": is_required,
            "need": _need(component, is_required, is_free=not version.form),
            "attached": attached.get(component.code, []),
            "fits": fits.get(component.code, []),
            "of_strangers": of_strangers,
            "sent_back": {pk for code, pk in sent_back if code == component.code},
            "errors": errors.get(component.code, []),
            "is_held": component.code in held,
            "held_url": f"{held_url}?{urlencode({'thanh-phan': component.code})}",
            "digitise_url": _digitise_url(dossier, component) if actor.kind == ActorKind.DESK else "",
        }
        for position, (component, is_required) in enumerate(wanted)
    ]
    links = [(f"#{row['anchor']}-file", f"{row['name']}: {text}") for row in rows for text in row["errors"]]
    lacks = any(row["is_required"] and not row["attached"] and not row["is_held"] for row in rows)
    lacks_forms = any(not form.url for row in rows for form in row["forms"])
    context = {**frame, "rows": rows, "errors": links, "lacks_required": lacks, "lacks_forms": lacks_forms}
    return render(request, "dossiers/filing_papers.html", context, status=422 if links else 200)


def _need(component: Component, is_required: bool, *, is_free: bool) -> tuple[str, str]:
    """How far a paper is needed, in words, and the tone of it.

    The national catalogue does not say what is compulsory: of its papers those of the chosen case are for it, and the
    others are what the law lists, unless they are listed as “if there is one”.
    """
    if is_required:
        return _("Bắt buộc"), "gold"
    listed = fold(f"{component.name} {component.when_text}")
    if not is_free or "neu co" in listed:
        return _("Nếu có"), "neutral"
    if role_of_component(component.name, component.when_text) == Role.CASE:
        return _("Cần cho trường hợp của bạn"), "gold"
    return _("Theo quy định"), "neutral"


def _note(component: Component) -> dict[str, Any]:
    said, named = paper_forms.told(column_text(component, "note"))
    return {"note": said, "forms": named}


def _digitise_url(dossier: Dossier, component: Component) -> str:
    """Where a desk digitises and certifies this paper, so that it counts for later filings, too."""
    if not component.document_types:
        return ""
    named = {"ban-nhap": dossier.public_id, "thanh-phan": component.code}
    return f"{reverse('admin:digitise')}?{urlencode(named)}"


def _receive(
    request: HttpRequest, dossier: Dossier, actor: Actor, by_code: dict[str, Component]
) -> dict[str, list[str]]:
    """Attach uploads and papers of the store, take off what was taken off; return errors by component."""
    errors: dict[str, list[str]] = {}
    given: set[str] = set()
    for code, component in by_code.items():
        if incoming.is_anything(request, f"file:{code}"):
            given.add(code)
            _try(errors, component, partial(_upload, request, dossier, actor, component, errors))
    asked = by_code.get(request.POST.get("upload", ""))
    if asked and asked.code not in given:
        errors[asked.code] = [_("Hãy chọn tệp hoặc chụp ảnh trước, rồi bấm “Tải lên”.")]
    code, bar, document_id = request.POST.get("reuse", "").partition("|")
    chosen = by_code.get(code)
    if bar and chosen and (pk := whole_number(document_id)) is not None:
        _try(errors, chosen, _reusing(dossier, actor, chosen, pk))
    if (attached_id := whole_number(request.POST.get("detach", ""))) is not None:
        attaching.detach(dossier.public_id, actor=actor, attached_id=attached_id)
    return errors


def _upload(
    request: HttpRequest, dossier: Dossier, actor: Actor, component: Component, errors: dict[str, list[str]]
) -> None:
    with incoming.papers(request, f"file:{component.code}", request.user) as brought:
        for paper in brought:
            _try(errors, component, partial(_attach, request, dossier, actor, component, paper))


def _attach(
    request: HttpRequest, dossier: Dossier, actor: Actor, component: Component, paper: incoming.Brought
) -> None:
    attaching.attach_upload(dossier.public_id, actor=actor, component=component, content=paper.content, name=paper.name)
    incoming.taken(paper, request.user)


def _reusing(dossier: Dossier, actor: Actor, component: Component, document_id: int) -> Callable[[], object]:
    return lambda: attaching.attach_from_store(
        dossier.public_id, actor=actor, component=component, document_id=document_id
    )


def _try(errors: dict[str, list[str]], component: Component, deed: Callable[[], object]) -> None:
    try:
        deed()
    except InvalidInputError as error:
        errors.setdefault(component.code, []).extend(map(str, error.texts))
    except UpstreamError as error:
        errors.setdefault(component.code, []).append(str(error.message))
