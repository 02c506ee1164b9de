"""OpenID Connect with VNeID: what allauth leaves to the application.

allauth trusts the line to the token endpoint and checks neither the ID token's signature nor a nonce. Both are checked
here, together with the rule that userinfo must speak of the person the ID token names (OIDC Core 3.1.3.7 and 5.3.2).
A provider that is away, or answers nonsense, leads to the page that says so; never to an error of ours.
"""

import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from requests import RequestException  # noqa: TID251 - what allauth raises, nothing is sent with it here

from portal.core.errors import NotAllowedError

PROVIDER_ID = "vneid"
SIGNATURES = ["RS256", "PS256", "ES256"]
"""Asymmetric only: with a symmetric one, whoever knows our client secret could sign."""
LEEWAY_SECONDS = 30
NEEDED_CLAIMS = ["iss", "aud", "sub", "exp", "iat", "nonce"]


class VneidAdapter(OpenIDConnectOAuth2Adapter):
    """One sign-in, from the request to VNeID to the person who comes back."""

    expected_nonce = ""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The one address registered with the provider, whatever language the person reads."""
        with translation.override("vi"):
            return str(super().get_callback_url(request, app))

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Read the token endpoint's answer; one without an access token is an error of the provider."""
        if not isinstance(data, dict) or not data.get("access_token") or not data.get("id_token"):
            raise OAuth2Error("the token endpoint sent no tokens")
        return super().parse_token(data)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """Check the ID token, read userinfo, and make sure both speak of the same person."""
        claims = self._decode_id_token(app, kwargs["response"]["id_token"])
        if not self.expected_nonce or not secrets.compare_digest(str(claims["nonce"]), self.expected_nonce):
            raise OAuth2Error("the ID token answers another sign-in")
        userinfo = self._fetch_user_info(token.token)
        if not isinstance(userinfo, dict) or str(userinfo.get("sub", "")) != str(claims["sub"]):
            raise OAuth2Error("userinfo is about somebody else")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": userinfo, "id_token": claims})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            key_id = jwt.get_unverified_header(id_token).get("kid")
            with get_adapter().get_requests_session() as session:
                answer = session.get(self.openid_config["jwks_uri"])
                answer.raise_for_status()
                keys = jwt.PyJWKSet.from_dict(answer.json())
            key = next((key for key in keys.keys if key.key_id == key_id), None)
            if key is None:
                raise OAuth2Error("the ID token is signed with an unknown key")
            return dict(
                jwt.decode(
                    id_token,
                    key.key,
                    algorithms=SIGNATURES,
                    issuer=self.openid_config["issuer"],
                    audience=app.client_id,
                    leeway=LEEWAY_SECONDS,
                    options={"require": NEEDED_CLAIMS},
                )
            )
        except (jwt.PyJWTError, TypeError, ValueError, AttributeError) as error:
            raise OAuth2Error("the ID token is not valid") from error


class VneidProvider(OpenIDConnectProvider):
    """The provider with a nonce of its own for each sign-in; the address of the page cannot add parameters."""

    oauth2_adapter_class = VneidAdapter

    @classmethod
    def get_package(cls) -> str:
        """Where allauth finds the addresses of this provider."""
        return str(OpenIDConnectProvider.get_package())

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """What the settings say, and nothing from the query."""
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """What the settings say, and nothing from the query."""
        return list(self.get_scope())

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the person to VNeID, or say that VNeID is away.

        Only to sign in: tying a VNeID account to a signed-in one would let a citizen's identity open an official's
        account, whose door is the password with a second factor. Raises NotAllowedError.
        """
        if process != AuthProcess.LOGIN:
            raise NotAllowedError(_("VNeID chỉ dùng để đăng nhập, không gắn thêm vào tài khoản khác."))
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or self.get_auth_params()), "nonce": nonce}
        try:
            return super().redirect(request, process, next_url=next_url, data=data, nonce=nonce, **kwargs)
        except (RequestException, KeyError) as error:
            return render_authentication_error(request, self, exception=error)


class VneidCallbackView(OAuth2CallbackView):
    """The way back from VNeID."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.expected_nonce = (state or {}).get("nonce", "")
        return state, response


@login_not_required
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Complete a sign-in; everything that can be wrong with the provider's answer ends on the same page."""
    adapter = VneidAdapter(request, PROVIDER_ID)
    try:
        return VneidCallbackView.adapter_view(adapter)(request)
    except (RequestException, OAuth2Error, PermissionDenied, IntegrityError, KeyError, TypeError, ValueError) as error:
        # IntegrityError: the same person signed in for the first time in another window at this moment
        return render_authentication_error(request, adapter.get_provider(), exception=error)
