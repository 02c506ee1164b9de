"""The door for uploads in pieces, for signed-in people: the tus protocol (datastore.tus).

The page's own script is static/js/pieces.js. Without scripts the form brings the file itself.
"""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore import tus
from datastore.signed_in import SignedInRequest


@never_cache
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: SignedInRequest) -> HttpResponse:
    """Say what is spoken here, or announce a file."""
    if request.method == "OPTIONS":
        return tus.spoken()
    return tus.announce(
        request, request.user, address=lambda public_id: reverse("datastore:upload_piece", args=[public_id])
    )


@never_cache
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload_piece(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say how far a file has come, take the next piece, or forget it."""
    return tus.piece(request, request.user, public_id)
