"""Money that has to go back (hoàn tiền): what is due, what was sent, and the sheet of each refund for the accounts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from payments import access, refunds
from payments.gateways import registry
from payments.lifecycle import RefundState
from payments.models import CashPayout, Refund
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.agencies.memberships import cashiers_for, first_actor
from portal.backoffice.officials import Official, at_work
from portal.core import form_errors, money
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from portal.core.text import whole_number

PAGE_SIZE = 50
BY_TRANSFER = "chuyen-khoan"


class ReturnForm(forms.Form):
    """What proves that the money went back."""

    voucher_number = forms.CharField(
        label=gettext_lazy("Mã lệnh chuyển tiền hoặc số phiếu chi"),
        help_text=gettext_lazy("Ghi như trên chứng từ. Mỗi chứng từ ghi cho một khoản hoàn."),
        max_length=refunds.REFERENCE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={
            "required": gettext_lazy("Hãy ghi mã lệnh chuyển tiền hoặc số phiếu chi."),
            "max_length": gettext_lazy("Số chứng từ dài quá %(limit_value)d ký tự."),
        },
    )

    paid_from = forms.ChoiceField(
        label=gettext_lazy("Trả bằng"),
        initial=BY_TRANSFER,
        help_text=gettext_lazy("Tiền mặt được trừ vào quỹ của người thu đã trả."),
    )

    def __init__(self, *args: Any, found: Refund) -> None:
        """With the tills of the collecting agency; without any there is only the transfer."""
        super().__init__(*args)
        collector = access.collector_of(found)
        self.cashiers = {str(person.pk): person for person in (cashiers_for(collector) if collector else [])}
        field: Any = self.fields["paid_from"]
        named = [(pk, _("Tiền mặt, quỹ của %(name)s") % {"name": person}) for pk, person in self.cashiers.items()]
        field.choices = [(BY_TRANSFER, _("Chuyển khoản")), *named]
        if not named:
            del self.fields["paid_from"]

    @property
    def cashier(self) -> User | None:
        """Out of whose till it was paid, once the form is valid."""
        return self.cashiers.get(self.cleaned_data.get("paid_from", ""))


@never_cache
@require_GET
def refund_list(request: HttpRequest) -> HttpResponse:
    """What has to go back, oldest first; `?da-hoan=1` what was sent, newest first. Keyset pages; printable."""
    official = at_work(request)
    is_done = request.GET.get("da-hoan") == "1"
    found = access.refunds_within(official.top_paths()).filter(state=RefundState.DONE if is_done else RefundState.DUE)
    mark = whole_number(request.GET.get("sau", ""))
    if is_done:
        found = found.order_by("-pk") if mark is None else found.filter(pk__lt=mark).order_by("-pk")
    else:
        found = found.order_by("pk") if mark is None else found.filter(pk__gt=mark).order_by("pk")
    rows = list(found[: PAGE_SIZE + 1])
    page = rows[:PAGE_SIZE]
    kept = "da-hoan=1&" if is_done else ""
    context = {
        "official": official,
        "rows": [{"refund": row, "collector": access.collector_of(row)} for row in page],
        "total_vnd": sum(row.amount_vnd for row in page),
        "is_done": is_done,
        "next_url": f"?{kept}sau={page[-1].pk}" if len(rows) > PAGE_SIZE else "",
        "first_url": f"{reverse('admin:refunds')}?{kept}" if mark is not None else "",
    }
    return render(request, "backoffice/refunds.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of one refund; a leader of the collecting agency records the transfer on it."""
    official = at_work(request)
    found = access.refunds_within(official.top_paths()).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(code="refund.not_found")
    actor = _recorder(official, found)
    form = ReturnForm(request.POST if request.method == "POST" else None, found=found)
    status = 200
    if request.method == "POST":
        if actor is None:
            raise NotAllowedError(_("Chỉ lãnh đạo của đơn vị thu được ghi nhận hoàn tiền."))
        status = 422
        if form.is_valid():
            try:
                reference = form.cleaned_data["voucher_number"]
                refunds.mark_done(pk, actor=actor, voucher_number=reference, cashier=form.cashier)
            except InvalidInputError as error:
                form_errors.tell(form, error)
            except ConflictError as error:  # two windows, or two leaders: what the first one wrote stands
                messages.info(request, str(error.message))
                return redirect("admin:refund", pk)
            else:
                messages.success(request, _("Đã ghi nhận hoàn tiền. Người trả được báo tin."))
                return redirect("admin:refund", pk)
    context = {
        "official": official,
        "refund": found,
        "rows": _rows(found),
        "form": form if actor is not None and found.state == RefundState.DUE else None,
        "is_due": found.state == RefundState.DUE,
    }
    return render(request, "backoffice/refund.html", context, status=status)


def _recorder(official: Official, found: Refund) -> Actor | None:
    return first_actor(official.actors_at(access.collector_of(found)), refunds.RECORDED_BY)


def _rows(found: Refund) -> list[dict[str, Any]]:
    order, collector, now_at = found.order, access.collector_of(found), found.dossier.agency
    has_dossier = found.line is None or found.line.dossier is not None
    is_moved = has_dossier and now_at is not None and collector is not None and now_at.pk != collector.pk
    rows: list[dict[str, Any]] = [
        {"key": _("Số tiền hoàn"), "value": money.format_vnd(found.amount_vnd)},
        {"key": _("Bằng chữ"), "value": money.in_words(found.amount_vnd)},
        {"key": _("Lý do"), "value": found.get_reason_display()},
        {"key": _("Người đã trả"), "value": str(order.payer or order.dossier.applicant_name)},
        {"key": _("Đơn vị thu"), "value": collector.name if collector else ""},
        {"key": _("Khoản"), "value": found.line.description if found.line else ""},
        {"key": _("Hồ sơ"), "value": found.dossier.code},
        {"key": _("Hồ sơ nay ở"), "value": now_at.name if is_moved and now_at else ""},
        {"key": _("Cổng thanh toán"), "value": str(registry.get(order.gateway).label)},
        {"key": _("Mã tham chiếu"), "value": order.reference},
        {"key": _("Mã giao dịch đã thu"), "value": found.notice.gateway_transaction},
        {"key": _("Ngân hàng"), "value": order.bank_code},
        {"key": _("Trả bằng"), "value": _paid_by(found)},
    ]
    return [row for row in rows if row["value"]]


def _paid_by(found: Refund) -> str:
    """How it went back, once it did."""
    if found.state != RefundState.DONE:
        return ""
    payout = CashPayout.objects.filter(refund=found).select_related("cashier").first()
    return _("Tiền mặt, quỹ của %(name)s") % {"name": payout.cashier} if payout else _("Chuyển khoản")
