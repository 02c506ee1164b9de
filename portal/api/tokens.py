"""The token endpoint (OAuth 2 client credentials): allauth's, and nobody renews a secret while it is looked at."""

import base64
import binascii
from http import HTTPStatus
from urllib.parse import unquote_plus

from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client as OidcClient
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from portal.agencies.models import ApiClient
from portal.api import watched_calls
from portal.exchange import watching


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
        now = rows.select_for_update(no_key=True).first() if answer.status_code == HTTPStatus.OK else before
        mine = ApiClient.objects.filter(oidc_client_id=_client_id(request)).exclude(oidc_client_id="")
        client_id, is_active = mine.values_list("pk", "is_active").first() or (None, True)
        watching.claim(client_id)
        if answer.status_code != HTTPStatus.OK:
            return answer
        if now != before or not is_active:
            transaction.set_rollback(True)
            return JsonResponse({"error": "invalid_client"}, status=HTTPStatus.UNAUTHORIZED)
        watching.is_claimed.set(False)
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


issue = TokenView.as_view()


@csrf_exempt
@login_not_required
def token(request: HttpRequest) -> HttpResponse:
    """The endpoint of RFC 6749; who looks at a system's calls sees those for a token, too."""
    watching.begin()
    answer = issue(request)
    watched_calls.note(request, answer)
    return answer
