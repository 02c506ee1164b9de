"""Pages of the gateway: the list of payments with their notices, and the payment page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.sandbox.gateway import paying
from portal.sandbox.gateway.messages import return_url
from portal.sandbox.gateway.models import BANKS, Notice, Payment
from portal.sandbox.gateway.opening import OpeningProblem, open_vnpay

SHOWN = 50


@require_GET
def payment_list(request: HttpRequest) -> HttpResponse:
    page = {
        "payments": Payment.objects.prefetch_related("notices")[:SHOWN],
        "total": Payment.objects.count(),
        "kinds": [
            (kind.value, kind.label)
            for kind in (Notice.Kind.REPEAT, Notice.Kind.WRONG_AMOUNT, Notice.Kind.WRONG_SIGNATURE)
        ],
    }
    return render(request, "gateway/list.html", page)


@never_cache
@require_GET
def vnpay_pay(request: HttpRequest) -> HttpResponse:
    """Take the redirect of a VNPAY merchant (vpcpay.html)."""
    try:
        payment = open_vnpay(request.GET.dict())
    except OpeningProblem as problem:
        return render(request, "gateway/refused.html", {"problem": problem}, status=400)
    return redirect("pay", token=payment.token)


@never_cache
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """The page on which the payer chooses a bank and how the payment ends."""
    payment = get_object_or_404(Payment, token=token)
    problem = ""
    if request.method == "POST":
        try:
            payment = paying.settle(
                token,
                request.POST.get("outcome", ""),
                request.POST.get("bank_code", ""),
                request.POST.get("trouble", "none"),
            )
        except KeyError:
            problem = "Hãy chọn một ngân hàng rồi bấm lại."
        else:
            paying.wait_for_notice(payment)
            return HttpResponseRedirect(return_url(payment))
    page = {
        "payment": payment,
        "banks": BANKS,
        "troubles": paying.TROUBLES.items(),
        "bank_code": request.POST.get("bank_code") or BANKS[0][0],
        "problem": problem,
        "return_url": "" if payment.state == Payment.State.OPEN else return_url(payment),
    }
    return render(request, "gateway/pay.html", page, status=422 if problem else 200)


@require_POST
def notify_again(request: HttpRequest, token: str) -> HttpResponse:
    """Send one more notice about a settled payment, faulty if so chosen."""
    payment = get_object_or_404(Payment.objects.exclude(state=Payment.State.OPEN), token=token)
    if request.POST.get("kind") in Notice.Kind.values:
        paying.notify(payment, request.POST["kind"])
    return redirect("payments")
