"""The inbox, and in development the mailbox that shows what e-mails were sent."""

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from portal.core import keyset
from portal.notifications import links, services
from portal.notifications.models import DemoMail

PAGE_SIZE = 20


@never_cache
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    page = keyset.newest_first(services.inbox(request.user), request, size=PAGE_SIZE)
    context = {
        "letters": page.rows,
        "has_unread": services.unread_count(request.user, most=1) > 0,
        "is_first_page": page.is_first,
        "first_url": reverse("notifications:inbox"),
        "next_url": page.next_url,
    }
    return render(request, "notifications/inbox.html", context)


@require_POST
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as read and go where it points, in the reader's language."""
    message = services.read(pk, user=request.user)
    if not message.link:
        return redirect("notifications:inbox")
    return redirect(links.in_language(message.link, get_language() or settings.LANGUAGE_CODE))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    count = services.read_all(user=request.user)
    if count:
        flash.success(
            request,
            ngettext("Đã đánh dấu %(count)d thư là đã đọc.", "Đã đánh dấu %(count)d thư là đã đọc.", count)
            % {"count": count},
        )
    else:
        flash.info(request, _("Không còn thư nào chưa đọc."))
    return redirect("notifications:inbox")


@login_not_required
@never_cache
@require_GET
def demo_mailbox(request: HttpRequest) -> HttpResponse:
    """What e-mails were sent, newest first; only where nobody's real mail can be."""
    if not settings.IS_DEVELOPMENT:
        raise Http404
    page = keyset.newest_first(DemoMail.objects.all(), request, size=PAGE_SIZE)
    context = {
        "mails": page.rows,
        "is_first_page": page.is_first,
        "next_url": page.next_url,
        "first_url": reverse("notifications:demo_mailbox"),
    }
    return render(request, "notifications/demo_mailbox.html", context)
