"""Somebody at the counter acts for an organisation (nộp thay tổ chức tại quầy): which one, and by which paper."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import counter as counters
from portal.backoffice.forms_counter import OrganisationForm
from portal.backoffice.officials import at_a_desk
from portal.core.errors import TooManyRequestsError
from portal.core.tries import is_one_too_many

ENTRIES, ENTRY_SECONDS = 60, 3600
"""Codes one official may send in an hour; they may make an organisation each."""


@never_cache
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for the tax code and the paper by which she acts; what she files then is the organisation's."""
    official = at_a_desk(request)
    found, actor = counters.get_visit(public_id, user=official.user)
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    context = {"official": official, "visit": found, "form": form}
    if request.method != "POST":
        return render(request, "backoffice/counter_organisation.html", context)
    if is_one_too_many(request, "counter-organisation", most=ENTRIES, seconds=ENTRY_SECONDS, account=official.user.pk):
        raise TooManyRequestsError(retry_after_seconds=ENTRY_SECONDS)
    if not form.is_valid():
        return render(request, "backoffice/counter_organisation.html", context, status=422)
    opened = counters.come_for(
        found,
        form.organisation(),
        actor=actor,
        acts_by=form.cleaned_data["acts_by"],
        proof=form.cleaned_data["proof"],
        mandate_until=form.cleaned_data["mandate_until"],
        mandate_procedures=form.cleaned_data["mandate_procedures"],
    )
    if form.has_another_name and form.known:
        words = _("Cổng biết mã số thuế này với tên “%(name)s”. Hãy xem lại giấy đăng ký.")
        messages.warning(request, words % {"name": form.known.name})
    return redirect("admin:counter_visit", opened.public_id)
