"""The page that pays for a bundle: what its dossiers owe now and will ask for, by dossier, and one press for all."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import bundle_reading, naming
from dossiers.models import BundleFiling
from payments import bundle_orders
from payments.bundle_orders import Payable
from payments.errors import GatewayUnavailableError, NothingOwedError
from payments.forms import GatewayForm
from portal.core.callers import client_ip
from portal.core.errors import ConflictError
from procedures.models import FeeKind

ALL, DUE = "tat-ca", "den-han"


class BundleForm(GatewayForm):
    """The gateway, and what is paid: each choice carries the sum that it showed, so that another one is noticed."""

    def __init__(self, *args: Any, due: list[Payable], later: list[Payable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due_vnd, self.later_vnd = bundle_orders.total_vnd(due), bundle_orders.total_vnd(later)
        self.sums = {f"{ALL}-{self.due_vnd + self.later_vnd}": self.due_vnd + self.later_vnd}
        if due and later:
            self.sums[f"{DUE}-{self.due_vnd}"] = self.due_vnd
        changed = _("Số tiền phải nộp vừa đổi. Chưa thu gì. Hãy xem lại rồi trả.")
        self.fields["what"] = forms.ChoiceField(
            label=_("Nộp những khoản nào?"),
            choices=[(value, value) for value in self.sums],
            initial=next(iter(self.sums)),
            widget=forms.RadioSelect,
            error_messages={"required": changed, "invalid_choice": changed},
        )

    def whats(self) -> list[dict[str, Any]]:
        """The choices of what is paid: value, sum, whether all of it, whether chosen."""
        chosen = self["what"].value()
        if chosen not in self.sums:  # the sum that she saw is another one now
            chosen = next((value for value in self.sums if _what(value) == _what(str(chosen))), next(iter(self.sums)))
        return [
            {"value": value, "amount_vnd": sum_vnd, "is_all": _what(value) == ALL, "is_chosen": value == chosen}
            for value, sum_vnd in self.sums.items()
        ]


def _what(value: str) -> str:
    """What a choice stands for, ALL or DUE, whatever the sum that it showed."""
    return value.rpartition("-")[0]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the dossiers of a bundle owe and will ask for; a POST leads to the chosen gateway's page."""
    user: Any = request.user
    bundle = bundle_reading.get(public_id, user=user)
    due, later = bundle_orders.due(bundle), bundle_orders.later(bundle)
    form = BundleForm(request.POST if request.method == "POST" else None, due=due, later=later)
    if request.method != "POST":
        return _page(request, bundle, form, due, later)
    if not (due or later):
        return _page(request, bundle, form, due, later, status=409)
    if not form.is_valid():
        return _page(request, bundle, form, due, later, status=422)
    what = form.cleaned_data["what"]
    try:
        _order, address = bundle_orders.create_order(
            public_id,
            user=user,
            gateway=form.cleaned_data["gateway"],
            with_later=_what(what) == ALL,
            shown_vnd=form.sums[what],
            client_ip=client_ip(request) or "127.0.0.1",  # over a socket there is none; gateways insist on one
            is_fresh=request.POST.get("fresh") == "1",
            language=get_language() or settings.LANGUAGE_CODE,
        )
    except NothingOwedError:
        return _page(request, bundle, form, [], [], status=409)
    except ConflictError as error:
        form.add_error("what", str(error.message))
        return _page(request, bundle, form, due, later, status=409)
    except GatewayUnavailableError as error:
        form.add_error("gateway", str(error.message))
        return _page(request, bundle, form, due, later, status=503)
    return redirect(address)


def _page(
    request: HttpRequest,
    bundle: BundleFiling,
    form: BundleForm,
    due: list[Payable],
    later: list[Payable],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "bundle": bundle,
        "title": bundle_reading.heading(bundle),
        "groups": _groups(bundle, [*due, *later]),
        "due_vnd": form.due_vnd,
        "later_vnd": form.later_vnd,
        "total_vnd": form.due_vnd + form.later_vnd,
        "form": form,
        "is_fresh": "1" in {request.GET.get("fresh"), request.POST.get("fresh")},
    }
    return render(request, "payments/bundle.html", context, status=status)


def _groups(bundle: BundleFiling, lines: list[Payable]) -> list[dict[str, Any]]:
    """By dossier, in the order of the plan: its title, who collects, its lines and their sum."""
    groups = []
    for row in bundle_reading.standings(bundle, timezone.now()):
        ours = [line for line in lines if line.part.pk == row.part.pk]
        if ours:
            groups.append(
                {
                    "title": row.title,
                    "agency": ours[0].agency.title if ours[0].agency else "",
                    "lines": [_told(line, row.part.dossier) for line in ours],
                    "amount_vnd": bundle_orders.total_vnd(ours),
                }
            )
    return groups


def _told(line: Payable, dossier: Any) -> dict[str, Any]:
    names = naming.charge_titles(dossier) if dossier is not None else {}
    if line.foreseen is not None:
        kind, description, basis = (
            line.foreseen.line.kind,
            line.foreseen.line.description,
            line.foreseen.line.legal_basis,
        )
    else:
        assert line.owed is not None  # noqa: S101 - one of the two
        kind, basis = line.owed.kind, line.owed.legal_basis
        description = names.get(line.owed.description, line.owed.description)
    return {
        "kind": dict(FeeKind.choices).get(kind, ""),
        "description": description,
        "legal_basis": basis,
        "amount_vnd": line.amount_vnd,
        "is_later": line.foreseen is not None,
    }
