"""Somebody at the counter was authorised on paper by another person (giấy ủy quyền tại quầy): whose paper, what for."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import counter as counters
from dossiers import written_mandates
from portal.backoffice import card_scans
from portal.backoffice.forms_counter_mandate import MandateForm
from portal.backoffice.officials import at_a_desk
from portal.core import form_errors
from portal.core.errors import InvalidInputError, TooManyRequestsError
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
    context = {"official": official, "visit": found, "form": form, "warnings": []}
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
