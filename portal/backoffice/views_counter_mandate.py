"""Somebody at the counter was authorised on paper by another person (giấy ủy quyền tại quầy): whose paper, what for."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import counter as counters
from dossiers import ending_mandates, written_mandates
from dossiers.models import CounterVisit
from portal.backoffice import card_scans
from portal.backoffice.forms_counter_mandate import EndMandateForm, MandateForm
from portal.backoffice.officials import at_a_desk
from portal.core import form_errors
from portal.core.errors import InvalidInputError, NotFoundError, TooManyRequestsError
from portal.core.tries import is_one_too_many

ENTRIES, ENTRY_SECONDS = 60, 3600
"""Papers one official may send in an hour; they may make an account each."""


@never_cache
@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask who signed, which paper and what for; what she files then is that person's."""
    official = at_a_desk(request)
    found, actor = counters.get_visit(public_id, user=official.user)
    form = MandateForm(
        request.POST if request.method == "POST" else None, initial={"procedures": request.GET.get("thu-tuc", "")[:20]}
    )
    signed, noted = ending_mandates.signed_by_visitor(found), ending_mandates.noted_here(found)
    named = [person for held in (*signed, *noted) for person in (held.principal, held.representative) if person]
    counters.note_named(found, named, actor=actor)
    lists = {"signed": signed, "noted": noted}
    context = {"official": official, "visit": found, "form": form, "warnings": [], **lists}
    if request.method != "POST":
        return render(request, "backoffice/counter_mandate.html", context)
    if is_one_too_many(request, "counter-mandate", most=ENTRIES, seconds=ENTRY_SECONDS, account=official.user.pk):
        raise TooManyRequestsError(retry_after_seconds=ENTRY_SECONDS)
    if card := card_scans.card_of(request.POST.get("personal_id", "")):
        scanned = MandateForm(initial=card_scans.filled(request.POST, card, ticks=["has_seen_proof"]))
        said = [str(warning.message) for warning in card.warnings()]
        return render(request, "backoffice/counter_mandate.html", {**context, "form": scanned, "warnings": said})
    if not form.is_valid():
        return render(request, "backoffice/counter_mandate.html", context, status=422)
    warnings = [str(warning.message) for warning in form.warnings()]
    warnings += ending_mandates.ended_before(found, form.cleaned_data["personal_id"], form.cleaned_data["made_on"])
    if warnings and request.POST.get("seen_warnings") != "1":
        return render(request, "backoffice/counter_mandate.html", {**context, "warnings": warnings})
    try:
        opened = written_mandates.show(found, actor=actor, person=form.person(), paper=form.read())
    except InvalidInputError as error:
        form_errors.tell(form, error)
        return render(request, "backoffice/counter_mandate.html", context, status=422)
    names = {"name": found.applicant, "principal": opened.principal}
    messages.success(request, _("Đã ghi nhận: %(name)s nộp hồ sơ thay %(principal)s tại quầy theo giấy này.") % names)
    return redirect("admin:counter_visit", opened.public_id)


@never_cache
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, public_id: UUID, mandate_id: UUID) -> HttpResponse:
    """Ask once more, and the desk that noted it why; with the button the paper serves at no desk."""
    official = at_a_desk(request)
    found, actor = counters.get_visit(public_id, user=official.user)
    held = ending_mandates.find(found, mandate_id)
    if held is None:
        return _over(request, found, mandate_id)
    is_by_signer = held.principal_id == found.applicant_id
    form = EndMandateForm(request.POST if request.method == "POST" else None, is_by_signer=is_by_signer)
    if form.is_bound and form.is_valid():
        try:
            ending_mandates.end(found, mandate_id, actor=actor, reason=form.cleaned_data.get("reason", ""))
        except InvalidInputError as error:
            form_errors.tell(form, error)
        except NotFoundError:  # somebody else ended it since the line above
            return _over(request, found, mandate_id)
        else:
            names = {"name": held.representative, "principal": held.principal}
            done = _("Đã chấm dứt: %(name)s không còn nộp thay %(principal)s theo giấy này.") % names
            messages.success(request, done)
            return redirect("admin:counter_visit", found.public_id)
    context = {"official": official, "visit": found, "form": form, "held": held, "is_by_signer": is_by_signer}
    return render(request, "backoffice/counter_mandate_end.html", context, status=422 if form.errors else 200)


def _over(request: HttpRequest, visit: CounterVisit, mandate_id: UUID) -> HttpResponse:
    """Say that it is over already, as after a second press; raises NotFoundError for what is none of this visit's."""
    if not ending_mandates.is_over(visit, mandate_id):
        raise NotFoundError
    messages.info(request, _("Giấy ủy quyền này đã hết dùng."))
    return redirect("admin:counter_visit", visit.public_id)
