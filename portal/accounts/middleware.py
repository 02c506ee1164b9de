"""Officials work only with a second factor (xác thực hai lớp)."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

OPEN_PREFIXES = ("/tai-khoan/", "/en/tai-khoan/", "/static/", "/healthz", "/readyz")


class OfficialSecondFactorMiddleware:
    """Send an official who has not set up her second factor to do so before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and (user.is_official or user.is_staff)
            and not request.path.startswith(OPEN_PREFIXES)
            and not request.session.get("second_factor_seen")
        ):
            if not is_mfa_enabled(user):
                return redirect(reverse("mfa_activate_totp"))
            request.session["second_factor_seen"] = True
        return self.get_response(request)
