"""How allauth's sign-in becomes the portal's: citizens by VNeID only, officials by password and second factor."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from portal.accounts import vneid
from portal.core import encryption
from portal.core.errors import PortalError


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up with a password; officials' accounts are made by their agency."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again, but not of who gave it a moment ago to sign in.

        allauth counts repetitions only: an official without a second factor would type her password, be sent to set
        one up, and type it once more. Nobody is signed in who owes a code, so the last thing proven stands for all.
        """
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        proven = [record["at"] for record in get_authentication_records(self.request, self.request.user)]
        return not proven or time.time() - max(proven) >= app_settings.REAUTHENTICATION_TIMEOUT


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A VNeID account becomes a user at its first sign-in, and its profile is renewed at each."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Open: the identity provider vouches for the person."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Check the claims before anything is stored; find the user by identification number if she is known."""
        try:
            claims = vneid.parse_claims(sociallogin.account.extra_data)
        except PortalError as error:
            raise ImmediateHttpResponse(
                render(
                    request,
                    "accounts/sign_in_failed.html",
                    {"error": error},
                    status=400,
                )
            ) from error
        # The address of a person lies in her profile. A family may share one: allauth would ask for another on a form.
        sociallogin.email_addresses = []
        if sociallogin.is_existing:
            vneid.refresh_profile(sociallogin.user, claims)
            return
        known = vneid.find_user(claims)
        if known is not None:
            sociallogin.connect(request, known)
            vneid.refresh_profile(known, claims)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Give the new user an opaque username; the identification number never becomes one."""
        user = sociallogin.user
        user.username = vneid.new_username()
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """Store the user and her profile together."""
        claims = vneid.parse_claims(sociallogin.account.extra_data)
        user = sociallogin.user
        user.set_unusable_password()
        user.display_name = claims.full_name
        sociallogin.account.extra_data = vneid.kept_claims(sociallogin.account.extra_data)
        with transaction.atomic():  # two first sign-ins at once: the slower one leaves nothing behind
            sociallogin.save(request)
            vneid.refresh_profile(user, claims)
        return user


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors of officials; their secrets lie encrypted, as everything that opens a door."""

    def encrypt(self, text: str) -> str:
        """Encrypt with the newest field key."""
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt; what was written before it was encrypted is read as it is."""
        try:
            return encryption.decrypt(encrypted_text)
        except ValueError:
            return encrypted_text


class MachineClientAdapter(DefaultOIDCAdapter):
    """Scopes that agencies' systems may ask for."""

    scope_display = {
        "dossiers:read": "Đọc hồ sơ được giao",
        "events:write": "Gửi sự kiện của hồ sơ",
        "results:write": "Gửi kết quả",
        "results:revoke": "Thu hồi, thay kết quả đã cấp",
        "documents:read": "Đọc giấy tờ của hồ sơ được giao",
    }
