"""The page of one system's exchange: light, lag, what stopped, what differs; redrive and reconcile from here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers.partners import reconciling
from portal.agencies.models import ApiClient
from portal.backoffice import console, operations, systems
from portal.backoffice.officials import Official, operator
from portal.exchange import watching

DAYS = {"7": 7, "30": 30, "365": 365}


@never_cache
@require_http_methods(["GET", "POST"])
def sync(request: HttpRequest, pk: int) -> HttpResponse:
    """See how it goes; POST redrives stopped messages, or asks for a reconciliation."""
    official = operator(request)
    client = systems.get(official, pk)
    if request.method == "GET":
        watching.watch(client.pk)  # whoever looks sees the next calls
        told = {"client": client, "calls": watching.calls(client.pk)}
        if request.headers.get("HX-Request"):
            return render(request, "backoffice/_system_calls.html", told)
        return render(request, "backoffice/system_sync.html", console.facts(client) | told)
    if request.POST.get("do") == "reconcile":
        _reconcile(request, official, client)
    else:
        _redrive(request, official, client)
    return redirect("admin:system_sync", pk)


def _reconcile(request: HttpRequest, official: Official, client: ApiClient) -> None:
    days = DAYS.get(request.POST.get("days", ""), 30)
    if reconciling.ask_for(client, days=days, by=official.user):
        systems.note(official.user, client, f"Đối soát {days} ngày")
        messages.success(request, _("Đang đối soát. Tải lại trang sau ít phút để xem kết quả."))
    else:
        messages.info(request, _("Một lượt đối soát đang chờ chạy."))


def _redrive(request: HttpRequest, official: Official, client: ApiClient) -> None:
    count = 0
    for name in ("thong-diep-di", "thong-diep-den"):
        ids = console.dead_ids(client, name, request.POST.getlist(name))
        if ids:
            count += operations.redrive(official, operations.KINDS[name], ids)
    if not count:
        messages.info(request, _("Chưa xếp lại việc nào. Hãy chọn việc cần thử lại."))
        return
    systems.note(official.user, client, f"Thử lại {count} thông điệp đã dừng")
    words = ngettext("Đã xếp lại %(count)d việc vào hàng đợi.", "Đã xếp lại %(count)d việc vào hàng đợi.", count)
    messages.success(request, words % {"count": count})
