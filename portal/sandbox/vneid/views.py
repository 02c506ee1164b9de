"""Pages of the identity provider: what it is, signing in, and an authorization that asks anew each time."""

from allauth.idp.oidc.views import AuthorizationView
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.sandbox.vneid.forms import PasscodeForm
from portal.sandbox.vneid.models import Account

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Say what this program is and whom one can sign in as."""
    return render(request, "vneid/home.html", {"accounts": Account.objects.all()})


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Pick one of the invented people, or give number and passcode; then back to the authorization."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    form = PasscodeForm()
    if request.method == "POST":
        if picked := request.POST.get("account"):
            account = Account.objects.filter(number=picked).first()
        else:
            form = PasscodeForm(request.POST)
            account = form.account if form.is_valid() else None
        if account:
            login(request, account, backend=BACKEND)
            return redirect(target)
    page = {"accounts": Account.objects.all(), "form": form, "next": target, "asked_by_portal": target != "/"}
    return render(request, "vneid/sign_in.html", page, status=422 if form.errors else 200)


class AuthorizeOnceView(AuthorizationView):
    """Forget the citizen once the code is issued: VNeID asks at every sign-in, and a demo changes people often."""

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        logout(self.request)
        return response
