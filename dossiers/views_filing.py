"""Pages of filing: where, one group a page, check your answers, submit; the papers are in views_papers."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dossiers import (
    access,
    acting,
    assistance,
    attaching,
    bundle_filing,
    charging,
    counter,
    declaring,
    draft_access,
    draft_checks,
    drafts,
    facts,
    filing,
    naming,
    page_papers,
    page_saving,
    paper_results,
    steps,
    views_bundles,
    views_check,
    views_papers,
)
from dossiers.errors import IncompleteFilingError, ProcedureClosedError
from dossiers.forms import PlaceForm
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, ObligationState
from dossiers.steps import CHECK, PAPERS, PLACE
from portal.accounts.interrupted import Interrupted, keeps_what_was_typed, take_back
from portal.accounts.models import CitizenProfile
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import AgencyLevel
from portal.core.errors import InvalidInputError, NotFoundError
from procedures import eforms
from procedures.models import Procedure, ProcedureVersion


@keeps_what_was_typed
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, public_id: UUID, key: str) -> HttpResponse:
    """One step of a draft; a submitted dossier leads to its page."""
    actor = acting.on_draft(request.user, public_id)
    refused: dict[str, list[Any]] = {}
    closed: ProcedureClosedError | None = None
    if key == CHECK and request.method == "POST":
        declaring.keep(request, public_id, actor)
        try:
            return HttpResponseRedirect(
                _submit(public_id, actor, code)
            )  # the second click of a double click comes here too
        except IncompleteFilingError as error:
            refused = error.fields
        except ProcedureClosedError as error:
            closed = error
    try:
        dossier = draft_access.get_draft(public_id, actor=actor)
    except NotFoundError:  # the draft of a declaration is gone once it was sent
        return redirect(views_bundles.page_after(bundle_filing.filed_from(public_id, user=request.user), request.user))
    version = dossier.procedure_version
    if version is None or dossier.procedure_code != code:
        raise NotFoundError
    if dossier.state != DossierState.DRAFT:
        return _already_submitted(request, dossier, actor)
    interrupted = take_back(request)
    if interrupted:
        _welcome_back(request, interrupted)
    if key not in dict(steps.titles(version)):
        return _not_a_step(request, dossier, version, actor, key)
    changing, group = request.GET.get("sua") == "1", request.GET.get(steps.GROUP, "")
    frame = steps.frame(dossier, version, key, changing=changing, group=group)
    if closed is not None:  # it may have been closed since this process read it
        frame |= steps.closed(Procedure.objects.get(code=code))
        if not frame["is_closed"]:  # something else is in the way
            raise closed
    frame |= acting.page_context(dossier, actor)
    acting.note_draft_seen(dossier, actor)
    if key == PLACE:
        return _place(request, frame, actor, interrupted)
    if key == PAPERS:
        return views_papers.papers(request, frame, actor)
    if key == CHECK:
        return views_check.page(request, frame, actor, refused)
    if frame["is_gone_past"] and request.method == "GET":
        return redirect(frame["next_url"])
    return _page(request, frame, actor, key, interrupted)


def _not_a_step(
    request: HttpRequest, dossier: Dossier, version: ProcedureVersion, actor: Actor, key: str
) -> HttpResponse:
    """The declaration stands on the check page, and whoever asks for its own address is led there; else a 404."""
    declaration = steps.declaration_of(version)
    if declaration is None or declaration.key != key:
        raise NotFoundError
    if request.method == "POST":
        declaring.take(request, dossier, declaration, actor)
    return redirect(steps.address(dossier, CHECK))


def _submit(public_id: UUID, actor: Actor, code: str) -> str:
    """File, and the address of the page that follows."""
    if bundle_filing.plan_for(code, actor) is not None:
        return views_bundles.submit(public_id, actor=actor, code=code)
    return _page_after(SUBMIT.get(actor.kind, filing.submit)(public_id, actor=actor, procedure_code=code), actor)


SUBMIT: dict[ActorKind, Callable[..., Dossier]] = {
    ActorKind.DESK: counter.submit,
    ActorKind.HELPER: assistance.submit,
}
"""Who files for somebody else has a door of her own around the same one."""


def _page_after(dossier: Dossier, actor: Actor, own: str = "dossiers:submitted") -> str:
    """The page that follows submission: the filer's own, the counter's, the helper's."""
    if actor.kind == ActorKind.HELPER:
        return reverse("dossiers:assistance")
    return reverse("admin:counter_dossier" if actor.kind == ActorKind.DESK else own, args=[dossier.code])


def _already_submitted(request: HttpRequest, dossier: Dossier, actor: Actor) -> HttpResponse:
    """A page of the form that was still open, or the back button, after submission."""
    if request.headers.get("X-Autosave"):
        return JsonResponse({"code": "dossier.already_submitted"}, status=409)
    messages.info(request, _("Hồ sơ này đã nộp nên không sửa được nữa. Đây là trang theo dõi hồ sơ."))
    return redirect(_page_after(dossier, actor, own="dossiers:detail"))


def _welcome_back(request: HttpRequest, interrupted: Interrupted) -> None:
    if interrupted.had_files:
        messages.warning(request, _("Phiên đăng nhập đã hết trước khi tệp tới nơi. Hãy chọn lại tệp rồi gửi."))
    elif interrupted.posted:
        messages.info(request, _("Bạn đã đăng nhập lại. Những gì bạn gõ vẫn còn đây: xem lại rồi bấm nút để gửi."))


def _place(request: HttpRequest, frame: dict[str, Any], actor: Actor, interrupted: Interrupted | None) -> HttpResponse:
    dossier, version = frame["dossier"], frame["version"]
    typed = request.POST if request.method == "POST" else interrupted.posted if interrupted else None
    needs_commune = version.competent_level == AgencyLevel.COMMUNE
    asks_list = typed is not None and "refresh" in typed
    own = version.procedure.province_code  # one province's own procedure leaves one to choose
    province = own or (typed.get("province_code", "") if typed is not None else dossier.province_code)
    filer = dossier.representative  # whose place the draft began with, and nobody tells her where a principal lives
    known = CitizenProfile.objects.filter(user=filer.pk if filer is not None else dossier.owner_id).first()
    source = facts.identity_source(known) if known and known.province_code == province and typed is None else ""
    initial = {"province_code": province, "commune_code": dossier.commune_code}
    form = PlaceForm(
        None if asks_list else typed,
        initial=initial,
        province=province,
        needs_commune=needs_commune,
        only_in=own,
        source=source if known and known.commune_code == dossier.commune_code else "",
    )
    if request.method == "POST" and not asks_list and form.is_valid():
        try:
            drafts.choose_place(
                dossier.public_id,
                actor=actor,
                province_code=form.cleaned_data["province_code"],
                commune_code=form.cleaned_data.get("commune_code", ""),
            )
        except InvalidInputError as error:
            form.add_texts(error.fields)
        else:
            return redirect(frame["next_url"])
    context = {**frame, "form": form, "needs_commune": needs_commune}
    return render(request, "dossiers/filing_place.html", context, status=_status(request, form))


def _page(
    request: HttpRequest, frame: dict[str, Any], actor: Actor, key: str, interrupted: Interrupted | None
) -> HttpResponse:
    dossier = frame["dossier"]
    page = next(page for page in eforms.pages(eforms.form_for(frame["version"])) if page.key == key)
    posted = request.POST if request.method == "POST" else interrupted.posted if interrupted else None
    drawn = page_saving.read(posted) if posted else page_saving.drawn(page, dossier)
    kept: list[tuple[str, str]] = []
    news = ""
    form = eforms.build_form(
        page,
        answers=dossier.answers,
        data=posted or None,
        sources=_sources(dossier),
        files=request.FILES if request.method == "POST" else None,
        unread=dossier.unread_answers,
    )
    if request.method == "POST":
        form.is_valid()
        touched = _touched(request, form, _keep_files(request, dossier, actor, form))
        valid = not form.is_action and not form.errors
        saved = page_saving.save(dossier.public_id, actor=actor, form=form, step=key, before=drawn, touched=touched)
        news = page_saving.news(drawn, saved)
        drawn, dossier.updated_at = saved.drawn, saved.at
        if page_papers.CHOSEN in request.POST and not saved.elsewhere:
            page_papers.choose(request, dossier, page, actor=actor)
            return redirect(frame["here_url"])
        if request.headers.get("X-Autosave"):
            return _autosaved(form, saved, is_valid=valid)
        if saved.stale and not form.is_action and (form.errors or saved.elsewhere):
            dossier.refresh_from_db()
            form = page_saving.redrawn(form, dossier, saved.stale, _sources(dossier))
            valid, kept = not form.errors, page_saving.links(form, saved.kept)
        if not form.is_action:
            page_saving.tell(form, saved.elsewhere)
        if valid and not saved.elsewhere:
            if saved.kept:
                messages.info(request, page_saving.words_of_kept(form, saved.kept))
            return redirect(frame["next_url"])
    context = {
        **frame,
        "page": page,
        "form": form,
        "page_title": str(page.title),
        "intro": str(page.intro or ""),
        "papers": page_papers.offered(dossier, page, actor=actor),
        "drawn": json.dumps(drawn),
        "kept": kept,
    }
    is_refused = not form.is_action and bool(form.errors)
    response = render(request, "dossiers/filing_page.html", context, status=422 if is_refused else 200)
    if news:
        response["X-Page-Saved"] = news
    return response


def _touched(request: HttpRequest, form: eforms.PageForm, files: set[str]) -> set[str] | None:
    """The fields to save: those that a script names, those that a button changes; None for all of the page.

    What a row says, or an address that was taken over, is kept as soon as its button is pressed, like what is typed.
    """
    if form.is_action:
        return files | ({form.changed_key} if form.changed_key else set())
    names = request.POST.getlist("_touched") if request.headers.get("X-Autosave") else []
    return {name.partition("__")[0] for name in names} if names else None


def _sources(dossier: Dossier) -> dict[str, str]:
    return facts.all_source_words(dossier.answer_sources)


def _keep_files(request: HttpRequest, dossier: Dossier, actor: Actor, form: eforms.PageForm) -> set[str]:
    """Put the files that came with the page into the store, and return their fields; what is refused is told there."""
    kept: set[str] = set()
    fields = {field.key: field for field in form.page.fields()}
    for name, upload in list(form.uploads.items()):
        if name in form.errors:
            continue
        try:
            answer = attaching.answer_with_file(
                dossier.public_id, actor=actor, field=fields[name], content=upload, name=str(upload.name)
            )
        except InvalidInputError as error:
            form.add_error(name, [str(text) for text in error.texts])
        else:
            del form.uploads[name]
            form.page_answers[name] = answer
            form.note_kept_file(name, answer["name"])
            kept.add(name)
    return kept


def _autosaved(form: eforms.PageForm, saved: page_saving.Saved, *, is_valid: bool) -> JsonResponse:
    """What the page's script is told: when it was saved, what the page carries now, what another device wrote."""
    at = saved.at.isoformat()
    clock = f"{timezone.localtime(saved.at):%H:%M}"
    told = {"saved_at": at, "saved_clock": clock, "draft": at, "drawn": json.dumps(saved.drawn)}
    conflicts = page_saving.conflicts(form, saved.elsewhere)
    words = " ".join(conflict["text"] for conflict in conflicts)  # for pages drawn by the release before
    return JsonResponse(told | {"is_valid": is_valid, "elsewhere": words, "conflicts": conflicts})


def _status(request: HttpRequest, form: Any) -> int:
    return 422 if request.method == "POST" and form.is_bound and form.errors else 200


@never_cache
@require_GET
def submitted(request: HttpRequest, code: str) -> HttpResponse:
    """Confirmation: the code large, what happens next with dates, how to come back."""
    dossier = access.get_dossier(code, actor=Actor.citizen(request.user))
    owed = list(dossier.obligations.order_by("id"))
    due, names = [row for row in owed if row.state == ObligationState.DUE], naming.charge_titles(dossier)
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "due_vnd": sum(row.amount_vnd for row in due),
        "due_names": [names.get(row.description, row.description) for row in due],
        "needs_payment": dossier.state == DossierState.AWAITING_PAYMENT,
        "fees_to_come": charging.fees_to_come(dossier, owed),
        "has_draft_step": draft_checks.is_needed(dossier),
        "paper_where": paper_results.where_to_have_it(dossier),
        "is_thing": bool(paper_results.thing_of(dossier)),
    }
    return render(request, "dossiers/submitted.html", context)
