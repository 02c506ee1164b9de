"""A national record that changed beside the portal's own version: an official says that she has looked at it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.backoffice import builder
from portal.core.errors import ConflictError
from procedures.national import beside


@never_cache
@require_POST
def seen(request: HttpRequest, code: str) -> HttpResponse:
    """She looked at the change and mends, or has mended, what has to be; one that came since is shown to her first."""
    official, _version = builder.editor_of(request, code)
    try:
        changed_at = parse_datetime(request.POST.get("changed_at", "")[:40])
    except ValueError:
        changed_at = None
    try:
        beside.mark_seen(code, changed_at=changed_at, user=official.user)
    except ConflictError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Đã ghi là bạn đã xem thay đổi của %(code)s.") % {"code": code})
    return redirect("admin:form_list")
