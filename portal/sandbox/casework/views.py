"""Pages of the case system: the list of dossiers as they arrive, one dossier with its decisions, its papers."""

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.sandbox.casework import automation, decisions, pushes
from portal.sandbox.casework.actions import allowed_in, label_of
from portal.sandbox.casework.chaos import FAULTS, LABELS, chaos
from portal.sandbox.casework.forms import CounterForm, DecisionForm
from portal.sandbox.casework.models import Case, Desk, Paper, Push, ResultFile
from portal.sandbox.casework.reading import form_for, rows_of
from portal.sandbox.casework.results import result_bytes
from portal.sandbox.casework.transports import transport

SHOWN = 50
SHOWN_IN_PLACE = {"application/pdf", "image/png", "image/jpeg"}


@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    return _case_list(request, CounterForm())


def _case_list(request: HttpRequest, form: CounterForm, status: int = 200) -> HttpResponse:
    unsettled = Push.objects.filter(state__in=Push.UNSETTLED)
    page = {
        "cases": Case.objects.all()[:SHOWN],
        "total": Case.objects.count(),
        "waiting": unsettled.filter(state=Push.State.WAITING).count(),
        "refused": unsettled.filter(state=Push.State.REFUSED).count(),
        "desk": Desk.current(),
        "delay_seconds": settings.SANDBOX.delay_seconds,
        "is_asked": transport().is_asked,
        "faults": [LABELS[name] for name in FAULTS if chaos.has(name)],
        "counter_form": form if settings.PROGRAM == "ministry" else None,
    }
    return render(request, "casework/list.html", page, status=status)


@require_GET
def case_detail(request: HttpRequest, code: str) -> HttpResponse:
    return _case_detail(request, get_object_or_404(Case, code=code))


def _case_detail(request: HttpRequest, case: Case, problem: str = "", status: int = 200) -> HttpResponse:
    actions = allowed_in(case.state)
    page = {
        "case": case,
        "applicant": rows_of(case.applicant),
        "answers": rows_of(case.answers, form=form_for(case.procedure_code)) if case.answers else [],
        "papers": case.papers.all(),
        "pushes": [(push, label_of(push.action)) for push in case.pushes.all()],
        "results": case.results.all(),
        "actions": actions,
        "plain_actions": [action for action in actions if action.name in ("accept", "start_processing")],
        "reason_actions": [action for action in actions if action.needs_reason],
        "can_approve": any(action.name == "approve" for action in actions),
        "can_ask_supplement": any(action.name == "request_supplement" for action in actions),
        "proposed": decisions.default_result(case),
        "typed": request.POST,
        "problem": problem,
        "is_auto": Desk.current().handling == Desk.Handling.AUTO and not case.by_hand,
    }
    return render(request, "casework/detail.html", page, status=status)


@require_POST
def decide(request: HttpRequest, code: str) -> HttpResponse:
    case = get_object_or_404(Case, code=code)
    form = DecisionForm(case, request.POST, request.FILES)
    if not form.is_valid():
        return _case_detail(request, case, problem=form.first_error, status=422)
    data = form.cleaned_data
    try:
        decisions.decide(
            code,
            data["action"],
            reason=data["reason"],
            components=data["components"],
            document_number=data["document_number"],
            title=data["title"],
            upload=data["upload"],
            by_hand=True,
        )
    except decisions.DecisionProblem as problem:
        case.refresh_from_db()
        return _case_detail(request, case, problem=str(problem), status=422)
    return redirect("case", code=code)


@require_POST
def settle_push(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a refused push again, or give it up."""
    push = get_object_or_404(Push.objects.select_related("case"), pk=pk)
    if request.POST.get("do") == "skip":
        pushes.give_up(push)
    else:
        pushes.send_again(push)
    return redirect("case", code=push.case.code)


@require_POST
def set_handling(request: HttpRequest) -> HttpResponse:
    if request.POST.get("handling") in Desk.Handling.values:
        automation.work_by(request.POST["handling"])
    return redirect("cases")


@require_POST
def open_at_counter(request: HttpRequest) -> HttpResponse:
    if settings.PROGRAM != "ministry":
        return HttpResponseNotFound()
    form = CounterForm(request.POST)
    if not form.is_valid():
        return _case_list(request, form, status=422)
    return redirect("case", code=decisions.open_at_counter(**form.cleaned_data).code)


@require_GET
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """Show a fetched paper; what a browser could run is only offered for download."""
    row = get_object_or_404(Paper, pk=pk, state=Paper.State.FETCHED)
    in_place = row.content_type in SHOWN_IN_PLACE
    return FileResponse(
        row.path.open("rb"),
        as_attachment=not in_place,
        filename=row.name,
        content_type=row.content_type if in_place else "application/octet-stream",
    )


@require_GET
def result(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Hand out a result paper to whoever knows its address: the portal fetches it from here."""
    row = get_object_or_404(ResultFile.objects.select_related("case"), token=token)
    response = HttpResponse(
        result_bytes(row, decisions.issuer_of(row.case), decisions.official_for(row.case, "approve")),
        content_type="application/pdf",
    )
    response["Content-Disposition"] = f'inline; filename="{row.name}"'
    return response
