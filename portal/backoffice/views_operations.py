"""Pages for administrators: background work, and the way into the generic lists."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.backoffice import operations, setting_log
from portal.backoffice.officials import operator
from portal.core import keyset
from portal.core.errors import NotFoundError
from portal.core.text import whole_number
from portal.core.work import WorkState


@never_cache
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What stopped, what fails, what waits; each figure opens its rows."""
    official = operator(request)
    return render(
        request, "backoffice/operations.html", {"official": official, "counts": operations.stuck_counts(official)}
    )


SET_OFTEN = ("InternalProcess", "StepLimit", "RoutingRule", "Membership", "CalendarDay")
"""Lists that an agency's administrator comes for, before the alphabet of all."""


@never_cache
@require_http_methods(["GET", "POST"])
def rows(request: HttpRequest, kind: str) -> HttpResponse:
    """Rows of one kind with their reason; POST puts the chosen ones back in the queue."""
    official = operator(request)
    wanted = next((known for known in operations.kinds_for(official) if known.name == kind), None)
    if wanted is None:
        raise NotFoundError
    if request.method == "POST":
        ids = list(filter(None, map(whole_number, request.POST.getlist("id"))))
        count = operations.redrive(official, wanted, ids)
        if count:
            messages.success(
                request,
                ngettext("Đã xếp lại %(count)d việc vào hàng đợi.", "Đã xếp lại %(count)d việc vào hàng đợi.", count)
                % {"count": count},
            )
        else:
            messages.info(request, _("Chưa xếp lại việc nào. Hãy chọn việc cần thử lại."))
        return redirect("admin:work", kind)
    found = operations.unfinished(official, wanted)
    context = {
        "official": official,
        "kind": wanted,
        "rows": [
            {
                "work": work,
                "subject": wanted.subject(work),
                "dossier_code": wanted.dossier_code(work),
                "is_dead": work.work_state == WorkState.DEAD,
                "reason": getattr(work, "quarantine_reason", "") or work.last_error,
            }
            for work in found
        ],
        "is_cut": len(found) == operations.PAGE_SIZE,
        "limit": operations.PAGE_SIZE,
    }
    return render(request, "backoffice/work.html", context)


@never_cache
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """The generic lists that this official may open."""
    official = operator(request)
    apps = admin.site.get_app_list(request)
    there = {model["object_name"]: model for app in apps for model in app["models"] if model["perms"].get("change")}
    often = [there[name] for name in SET_OFTEN if name in there]
    return render(request, "backoffice/data.html", {"official": official, "apps": apps, "often": often})


@never_cache
@require_GET
def settings_log(request: HttpRequest) -> HttpResponse:
    """Who changed which setting of her agencies, from what to what; newest first."""
    official = operator(request)
    page = keyset.newest_first(setting_log.entries(official), request, size=setting_log.PAGE_SIZE)
    context = {
        "official": official,
        "rows": [setting_log.row(entry) for entry in page.rows],
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "backoffice/settings_log.html", context)
