"""Pages of filing: start, where, one group a page, papers, check your answers, submit."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from datastore import services as datastore
from dossiers import access, filing
from dossiers.errors import IncompleteFilingError
from dossiers.forms import PlaceForm
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from portal.agencies.models import AgencyLevel
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from procedures import access as catalogue
from procedures import eforms, fees
from procedures.models import Component, ProcedureVersion, ServiceLevel

PLACE, PAPERS, CHECK = "noi-nop", "giay-to", "kiem-tra"


def _address(dossier: Dossier, step: str) -> str:
    return reverse("dossiers:filing_step", args=[dossier.procedure_code, dossier.public_id, step])


def _steps(version: ProcedureVersion) -> list[tuple[str, str]]:
    """Every step's slug and title, in order."""
    language = get_language()
    pages = [(page.key, page.title.in_language(language)) for page in eforms.pages(version.form)]
    return [(PLACE, _("Nơi nộp hồ sơ")), *pages, (PAPERS, _("Giấy tờ kèm theo")), (CHECK, _("Kiểm tra và nộp"))]


def _frame(dossier: Dossier, version: ProcedureVersion, step: str) -> dict[str, Any]:
    """What every step's page shows around its question."""
    steps = _steps(version)
    keys = [key for key, _title in steps]
    at = keys.index(step)
    return {
        "dossier": dossier,
        "version": version,
        "step_number": at + 1,
        "step_total": len(steps),
        "step_title": steps[at][1],
        "back_url": _address(dossier, keys[at - 1])
        if at
        else reverse("procedures:detail", args=[dossier.procedure_code]),
        "next_key": keys[at + 1] if at + 1 < len(keys) else "",
        "discard_url": reverse("dossiers:filing_discard", args=[dossier.procedure_code, dossier.public_id]),
    }


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What the filing takes, then a draft; signing in comes first."""
    version = catalogue.get_open_version(code)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(f"{reverse('accounts:sign_in')}?next={request.path}")
        draft = filing.start_draft(version, actor=Actor.citizen(request.user))
        return redirect(_address(draft, draft.step or PLACE))
    charges = fees.amounts_due(version, answers={}, channel="online", on=timezone.localdate())
    papers = [c for c, _required in eforms.required_components(version, {})]
    context = {
        "version": version,
        "charges": charges,
        "papers": papers,
        "is_offered": version.procedure.is_open and version.service_level != ServiceLevel.NONE,
        "draft": Dossier.objects.filter(filer=request.user, state=DossierState.DRAFT, procedure_version=version).first()
        if request.user.is_authenticated
        else None,
    }
    return render(request, "dossiers/start.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, public_id: UUID, key: str) -> HttpResponse:
    """One step of a draft; a submitted dossier leads to its page."""
    actor = Actor.citizen(request.user)
    dossier = access.get_draft(public_id, actor=actor)
    version = dossier.procedure_version
    if version is None or dossier.procedure_code != code:
        raise NotFoundError
    if dossier.state != DossierState.DRAFT:
        return redirect("dossiers:detail", dossier.code)
    if key == PLACE:
        return _place(request, dossier, version, actor)
    if key == PAPERS:
        return _papers(request, dossier, version, actor)
    if key == CHECK:
        return _check(request, dossier, version, actor)
    return _page(request, dossier, version, actor, key)


def _place(request: HttpRequest, dossier: Dossier, version: ProcedureVersion, actor: Actor) -> HttpResponse:
    needs_commune = version.competent_level == AgencyLevel.COMMUNE
    frame = _frame(dossier, version, PLACE)
    asks_list = request.method == "POST" and "refresh" in request.POST
    province = request.POST.get("province_code", "") if request.method == "POST" else dossier.province_code
    initial = {"province_code": dossier.province_code, "commune_code": dossier.commune_code}
    if request.method == "POST" and not asks_list:
        form = PlaceForm(request.POST, province=province, needs_commune=needs_commune)
        if form.is_valid():
            try:
                filing.choose_place(
                    dossier.public_id,
                    actor=actor,
                    province_code=form.cleaned_data["province_code"],
                    commune_code=form.cleaned_data.get("commune_code", ""),
                )
            except InvalidInputError as error:
                for field, texts in error.fields.items():
                    form.add_error(field if field in form.fields else None, [str(text) for text in texts])
            else:
                return redirect(_address(dossier, frame["next_key"]))
    elif asks_list:
        form = PlaceForm(initial={"province_code": province}, province=province, needs_commune=needs_commune)
    else:
        form = PlaceForm(initial=initial, province=province, needs_commune=needs_commune)
    return render(request, "dossiers/filing_place.html", {**frame, "form": form, "needs_commune": needs_commune})


def _page(request: HttpRequest, dossier: Dossier, version: ProcedureVersion, actor: Actor, key: str) -> HttpResponse:
    page = next((page for page in eforms.pages(version.form) if page.key == key), None)
    if page is None:
        raise NotFoundError
    frame = _frame(dossier, version, key)
    posted = request.POST if request.method == "POST" else None
    form = eforms.build_form(
        page, answers=dossier.answers, data=posted, language=get_language(), sources=dossier.answer_sources
    )
    if request.method == "POST":
        valid = form.is_valid()
        wrong = {name.split("__")[0] for name in form.errors}
        typed = {name: value for name, value in eforms.answers_from(form).items() if name not in wrong}
        saved = filing.save_answers(dossier.public_id, actor=actor, answers=typed, step=key)
        if request.headers.get("X-Autosave"):
            return JsonResponse({"saved_at": timezone.now().isoformat(), "is_valid": valid})
        if valid:
            back_to_check = request.GET.get("sua") == "1"
            return redirect(_address(saved, CHECK if back_to_check else frame["next_key"]))
    return render(
        request,
        "dossiers/filing_page.html",
        {
            **frame,
            "page": page,
            "form": form,
            "autosave_url": _address(dossier, key),
            "title": page.title.in_language(get_language()),
            "intro": page.intro.in_language(get_language()) if page.intro else "",
        },
    )


def _papers(request: HttpRequest, dossier: Dossier, version: ProcedureVersion, actor: Actor) -> HttpResponse:
    wanted = eforms.required_components(version, dossier.answers)
    frame = _frame(dossier, version, PAPERS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors, done = _receive_papers(request, dossier, actor, [component for component, _r in wanted])
        if not errors:
            if done == "continue":
                return redirect(_address(dossier, CHECK))
            return redirect(_address(dossier, PAPERS) + (f"#{done}" if done else ""))
    attached: dict[str, list[Any]] = {}
    for row in dossier.components.select_related("document").order_by("id"):
        attached.setdefault(row.component_code, []).append(row)
    today = timezone.localdate()
    rows = [
        {
            "component": component,
            "anchor": f"c-{position}",
            "is_required": is_required,
            "attached": attached.get(component.code, []),
            "fits": datastore.fitting_documents(request.user, component, on=today),
            "errors": errors.get(component.code, []),
        }
        for position, (component, is_required) in enumerate(wanted)
    ]
    links = [(f"#{row['anchor']}", text) for row in rows for text in row["errors"]]
    return render(
        request, "dossiers/filing_papers.html", {**frame, "rows": rows, "errors": links, "has_papers": bool(wanted)}
    )


def _receive_papers(
    request: HttpRequest, dossier: Dossier, actor: Actor, components: list[Component]
) -> tuple[dict[str, list[str]], str]:
    """Take every file of the form, so that one button serves; return errors by component and where to go."""
    errors: dict[str, list[str]] = {}
    by_code = {component.code: component for component in components}
    for field, uploads in request.FILES.lists():
        component = by_code.get(field.removeprefix("file:"))
        if component is None:
            continue
        for upload in uploads:
            if isinstance(upload, UploadedFile):
                _try(
                    errors,
                    component,
                    lambda c=component, u=upload: filing.attach_upload(
                        dossier.public_id, actor=actor, component=c, content=u, name=u.name or ""
                    ),
                )
    if request.POST.get("reuse", "").count("|") == 1:
        code, _bar, document_id = request.POST["reuse"].partition("|")
        component = by_code.get(code)
        if component is not None and document_id.isdecimal():
            _try(
                errors,
                component,
                lambda: filing.attach_from_store(
                    dossier.public_id, actor=actor, component=component, document_id=int(document_id)
                ),
            )
    if request.POST.get("detach", "").isdecimal():
        filing.detach(dossier.public_id, actor=actor, attached_id=int(request.POST["detach"]))
    return errors, "continue" if "continue" in request.POST else ""


def _try(errors: dict[str, list[str]], component: Component, deed: Any) -> None:
    try:
        deed()
    except InvalidInputError as error:
        texts = [str(text) for field_texts in error.fields.values() for text in field_texts] or [str(error.message)]
        errors.setdefault(component.code, []).extend(texts)


def _check(request: HttpRequest, dossier: Dossier, version: ProcedureVersion, actor: Actor) -> HttpResponse:
    frame = _frame(dossier, version, CHECK)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            submitted = filing.submit(dossier.public_id, actor=actor)
        except IncompleteFilingError as error:
            errors = _error_links(dossier, version, error)
        else:
            return redirect("dossiers:submitted", submitted.code)
    language = get_language()
    sections = [
        {
            "title": section.title,
            "rows": [
                {"key": label, "value": value, "source": dossier.answer_sources.get(key, "")}
                for key, label, value in section.rows
            ],
            "change_url": _address(dossier, section.page_key) + "?sua=1",
        }
        for section in eforms.summary(version.form, dossier.answers, language)
    ]
    charges = fees.amounts_due(version, answers=dossier.answers, channel="online", on=timezone.localdate())
    context = {
        **frame,
        "sections": sections,
        "components": dossier.components.order_by("id"),
        "charges": charges,
        "total_vnd": sum(line.amount_vnd or 0 for line in charges if line.payable_on == "filing"),
        "errors": errors,
        "place_url": _address(dossier, PLACE),
        "papers_url": _address(dossier, PAPERS),
    }
    return render(request, "dossiers/filing_check.html", context, status=422 if errors else 200)


def _error_links(dossier: Dossier, version: ProcedureVersion, error: IncompleteFilingError) -> list[tuple[str, str]]:
    """Each error as a link to the step that mends it."""
    links = []
    page_of = {field.key: page.key for page in eforms.pages(version.form) for field in page.fields()}
    for field, texts in error.fields.items():
        key = field.split(".")[0].split("[")[0]
        if field == "commune_code":
            url = _address(dossier, PLACE)
        elif key in page_of:
            url = f"{_address(dossier, page_of[key])}?sua=1"
        else:
            url = _address(dossier, PAPERS)
        links.extend((url, str(text)) for text in texts)
    return links


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """Ask, then throw the draft away."""
    actor = Actor.citizen(request.user)
    dossier = access.get_draft(public_id, actor=actor)
    if dossier.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp. Bạn có thể rút hồ sơ ở trang hồ sơ."))
    if request.method == "POST":
        filing.discard(public_id, actor=actor)
        messages.success(request, _("Đã xóa bản nháp. Giấy tờ bạn đã tải lên vẫn còn trong kho dữ liệu."))
        return redirect("dossiers:list")
    return render(
        request,
        "dossiers/filing_discard.html",
        {"dossier": dossier, "back_url": _address(dossier, dossier.step or PLACE)},
    )


@never_cache
@require_GET
def submitted(request: HttpRequest, code: str) -> HttpResponse:
    """Confirmation: the code large, what happens next with dates, how to come back."""
    dossier = access.get_dossier(code, actor=Actor.citizen(request.user))
    return render(
        request,
        "dossiers/submitted.html",
        {"dossier": dossier, "needs_payment": dossier.state == DossierState.AWAITING_PAYMENT},
    )
