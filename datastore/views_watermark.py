"""A copy that says what it is for: the owner writes the purpose and gets a PDF with it across every page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore import access, watermarking
from datastore.forms_watermark import PurposeForm
from datastore.models import DocumentFile
from datastore.signed_in import SignedInRequest
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.moments import vn_date


@never_cache
@require_http_methods(["GET", "POST"])
def copy(request: SignedInRequest, file_id: int) -> HttpResponse:
    """Ask what for, then send the copy."""
    actor = Actor.citizen(request.user)
    file = DocumentFile.objects.select_related("blob").filter(pk=file_id).first()
    if file is None:
        raise NotFoundError(access.NOT_FOUND)
    document = access.get_document(file.document_id, actor=actor, purpose="")
    form = PurposeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _file, stream = access.open_file(file_id, actor=actor, purpose="")
        with stream:
            try:
                copied = watermarking.stamped(
                    stream, file.blob.content_type, words=_words(form.cleaned_data["purpose"])
                )
            except InvalidInputError as error:
                messages.error(request, str(error.message))
                return redirect("datastore:detail", pk=document.pk)
        response = HttpResponse(copied, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="ban-co-dau-chim-{file_id}.pdf"'
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response
    context = {"document": document, "file": file, "form": form}
    return render(request, "datastore/watermark.html", context, status=422 if form.is_bound else 200)


def _words(purpose: str) -> str:
    """What stands on the copy, in Vietnamese: whoever gets it reads that."""
    return f"Chỉ dùng để: {purpose} – {vn_date(timezone.localdate())}"
