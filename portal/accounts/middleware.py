"""What is asked of, and noted about, the person who signed in: a second factor, and the language she works in."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language

from portal.accounts.models import User

OPEN_PREFIXES = ("/tai-khoan/", "/en/tai-khoan/", "/static/", "/healthz", "/readyz")


class OfficialSecondFactorMiddleware:
    """Send an official who has not set up her second factor to do so before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # the person herself: through the lazy stand-in each look at her is several calls, and a page makes dozens
        user = request.user = get_user(request)
        if (
            user.is_authenticated
            and (user.is_official or user.is_staff)
            and not request.path.startswith(OPEN_PREFIXES)
            and not request.session.get("second_factor_seen")
        ):
            if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):  # recovery codes alone are asked for by nobody
                return redirect(reverse("mfa_activate_totp"))
            request.session["second_factor_seen"] = True
        return self.get_response(request)


class WorkingLanguageMiddleware:
    """Note the language in which a person sends forms, so that later messages speak it.

    Forms, not pages: a link that somebody shared is no choice of language, filling in a form is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Write the language before the view runs: what the form causes is already told in it."""
        language, user = get_language(), request.user
        if request.method == "POST" and language and user.is_authenticated and user.language != language:
            User.objects.filter(pk=user.pk).update(language=language)
            user.language = language
