"""The whole store as one download."""

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from datastore import exporting
from datastore.requests import SignedInRequest


@never_cache
@require_GET
def everything(request: SignedInRequest) -> StreamingHttpResponse:
    """Send every document of the signed-in person as a ZIP, written while it is sent."""
    name = f"kho-du-lieu-{timezone.localdate():%Y%m%d}.zip"
    response = StreamingHttpResponse(exporting.archive(request.user), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
