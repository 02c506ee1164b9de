"""The till at the end of the day (đối soát quỹ): the cashier counts, a leader reads what was counted."""

from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from payments import till
from payments.models import CashTaking
from portal.agencies.models import MembershipRole
from portal.backoffice.forms import TOO_LONG
from portal.backoffice.officials import Official, official_of
from portal.core import form_errors, keyset, spreadsheets
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError
from portal.core.money import format_vnd
from portal.core.money_fields import VndField
from portal.core.text import whole_number

log = structlog.get_logger(__name__)
PAGE_SIZE = 30


class TillForm(forms.Form):
    """What lies in the till, and why it is not what the receipts say."""

    counted_vnd = VndField(
        label=gettext_lazy("Tiền mặt đếm được (đồng)"),
        min_value=0,
        max_value=till.LARGEST_VND,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
        error_messages={
            "required": gettext_lazy("Hãy ghi số tiền đếm được."),
            "min_value": gettext_lazy("Số tiền không thể âm."),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Lý do chênh lệch"),
        help_text=gettext_lazy("Chỉ ghi khi tiền đếm được khác biên lai."),
        required=False,
        max_length=till.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """What was taken and handed back since the last closing, the form to close, and the closings before."""
    official = official_of(request)
    led, takings = _may_look(official)
    agency = takings[0].order.agency if takings else None
    payouts = list(till.handed_back(official.user, agency.pk)) if agency else []
    form = TillForm(request.POST if request.method == "POST" else None)
    status, conflict = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                closed = till.close(
                    official.user,
                    agency_id=_number(request, "agency"),
                    shown_vnd=_number(request, "shown"),
                    **form.cleaned_data,
                )
            except InvalidInputError as error:
                form_errors.tell(form, error)
            except ConflictError as error:
                status, conflict = 409, str(error.message)
            else:
                words = _("Đã đối soát %(amount)s của %(number)d biên lai.")
                messages.success(request, words % {"amount": format_vnd(closed.counted_vnd), "number": closed.receipts})
                return redirect("admin:till")
    page = keyset.newest_first(till.closings(official.user, led), request, size=PAGE_SIZE)
    context: dict[str, Any] = {
        "official": official,
        "takings": takings,
        "payouts": payouts,
        "agency": agency,
        "sums": till.sums(takings, payouts),
        "form": form,
        "conflict": conflict,
        "closings": page.rows,
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "backoffice/till.html", context, status=status)


@never_cache
@require_GET
def file(request: HttpRequest) -> StreamingHttpResponse:
    """Each receipt in cash and each refund handed back, as CSV: her own, and those of the agencies she leads."""
    official = official_of(request)
    led, _takings = _may_look(official)
    log.info("till.exported", user_id=official.user.pk)
    head = [str(words) for words in till.MOVEMENT_HEAD]
    return spreadsheets.csv_response("quy-tien-mat.csv", head, till.movements(official.user, led))


def _may_look(official: Official) -> tuple[list[str], list[CashTaking]]:
    """Paths of the agencies she leads and her uncounted cash; raises NotFoundError for who handles no cash."""
    led = [post.agency.path for post in official.posts if post.role == MembershipRole.LEADER]
    takings = list(till.uncounted(official.user))
    if not led and not takings and not any(post.takes_cash for post in official.posts):
        raise NotFoundError
    return led, takings


def _number(request: HttpRequest, name: str) -> int:
    """What the page showed; nonsense fits no till."""
    number = whole_number(request.POST.get(name, ""))
    return -1 if number is None else number
