"""The token endpoint (OAuth 2 client credentials): allauth's, and nobody renews a secret while it is looked at."""

import base64
import binascii
from http import HTTPStatus
from urllib.parse import unquote_plus

from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client as OidcClient
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.agencies.models import ApiClient


class TokenView(views.TokenView):
    """A token is given out before the old credentials end, and then ends with them; or after, and then not at all."""

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Hold the client's row while the token is kept: whoever ends its tokens holds that row, too.

        Only once the secret was right: a client's id is no secret, and who knows no more makes nobody wait.
        """
        rows = OidcClient.objects.filter(pk=_client_id(request)).order_by().values_list("secret", flat=True)
        before = rows.first()
        answer: HttpResponse = super().post(request)
        if answer.status_code != HTTPStatus.OK:
            return answer
        now = rows.select_for_update(no_key=True).first()
        if now != before or ApiClient.objects.filter(oidc_client_id=_client_id(request), is_active=False).exists():
            transaction.set_rollback(True)
            return JsonResponse({"error": "invalid_client"}, status=HTTPStatus.UNAUTHORIZED)
        return answer


def _client_id(request: HttpRequest) -> str:
    """As RFC 6749 §2.3.1 has it: by HTTP Basic, else in the form. It only says what to hold; allauth looks itself."""
    scheme, _space, told = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            account = base64.b64decode(told, validate=True).decode()
        except (binascii.Error, ValueError):
            return ""
        return unquote_plus(account.partition(":")[0]).replace("\x00", "")
    return request.POST.get("client_id", "")


token = TokenView.as_view()
