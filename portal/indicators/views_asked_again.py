"""The public page of papers that are asked for though the State has them."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.indicators import asked_again, services
from portal.indicators.views import choices, label, label_within, period_of


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """By procedure and by child agency, in one period."""
    period, code = period_of(request), request.GET.get("co-quan", "")
    agency = services.get_agency(code)
    agencies = asked_again.by_agency(agency, period)

    def address(name: str, of: str) -> str:
        return f"{reverse(name)}?{urlencode({'ky': period.key, **({'co-quan': of} if of else {})})}"

    context = {
        "agency_name": services.name_of(agency) if agency else _("Cả nước"),
        "code": code,
        "periods": choices(period),
        "period_label": label(period),
        "period_within": label_within(period),
        "procedures": asked_again.by_procedure(agency, period),
        "agencies": [
            {"line": line, "url": address("indicators:asked_again", line.code) if line.code else ""}
            for line in agencies
        ],
        "total": sum(line.total for line in agencies),
        "figures_url": address("indicators:public", code),
    }
    return render(request, "indicators/asked_again.html", context)
