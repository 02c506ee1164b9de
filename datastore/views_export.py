"""The whole store as one download."""

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from datastore import exporting
from datastore.signed_in import SignedInRequest
from portal.accounts import representing
from portal.accounts.models import Organisation, User
from portal.core.text import whole_number


@never_cache
@require_GET
def everything(request: SignedInRequest) -> StreamingHttpResponse:
    """Send every document of the reader, or of an organisation she acts for, as a ZIP, written while it is sent.

    Letters of an organisation's dossiers go to who files for it.
    """
    asked = request.GET.get("to-chuc", "")
    holder: User | Organisation = request.user
    with_letters = True
    if asked:
        holder = representing.organisation_of(request.user, whole_number(asked) or 0)
        with_letters = representing.may_file(request.user, holder.pk)
    name = f"kho-du-lieu-{timezone.localdate():%Y%m%d}.zip"
    response = StreamingHttpResponse(
        exporting.archive(holder, with_letters=with_letters), content_type="application/zip"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
