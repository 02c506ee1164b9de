"""The inbox, and in development the mailbox that shows what e-mails were sent."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.models import User
from portal.core import keyset
from portal.core.errors import InvalidInputError
from portal.notifications import links, services
from portal.notifications import preferences as choosing
from portal.notifications.channels import registry
from portal.notifications.models import Channel, DemoMail, Message

PAGE_SIZE = 20
MOST_RECEIVERS = 200


@never_cache
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    found = services.inbox(request.user)
    only_unread = "chua-doc" in request.GET
    keep = {"chua-doc": "1" if only_unread else ""}
    page = keyset.newest_first(found.unread() if only_unread else found, request, size=PAGE_SIZE, keep=keep)
    context = {
        "only_unread": only_unread,
        "letters": _folded(page.rows),
        "is_in_another_language": any(row.language != get_language() for row in page.rows),
        "has_unread": services.unread_count(request.user, most=1) > 0,
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "notifications/inbox.html", context)


def _folded(letters: Iterable[Message]) -> list[dict[str, Any]]:
    """The letters; those read of a dossier are folded under its newest, and nothing unread is hidden."""
    shown: list[dict[str, Any]] = []
    newest: dict[str, dict[str, Any]] = {}
    for letter in letters:
        above = newest.get(letter.reference)
        if above is not None and letter.read_at is not None:
            above["earlier"].append(letter)
            continue
        row = {"letter": letter, "earlier": []}
        shown.append(row)
        if letter.reference:
            newest.setdefault(letter.reference, row)
    return shown


@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What comes by which way: at once, once a day, or not at all."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else is let in
    channels = [channel for channel in registry.channels() if not channel.is_delivered_by_writing]
    choices = choosing.choices_of(user, [channel.name for channel in channels])
    if request.method == "POST":
        wanted = {
            (choice.topic.value, choice.channel): request.POST.get(f"{choice.topic}-{choice.channel}", choice.mode)
            for choice in choices
        }
        try:
            choosing.choose(user, wanted)
        except InvalidInputError:
            flash.error(request, _("Có lựa chọn không dùng được. Hãy chọn lại trong danh sách."))
        else:
            flash.success(request, _("Đã lưu cách nhận tin."))
        return redirect("notifications:preferences")
    reached = {channel.name: channel.reaches(user) for channel in channels}
    context = {
        "groups": [
            {"topic": topic, "choices": [choice for choice in choices if choice.topic == topic]}
            for topic in dict.fromkeys(choice.topic for choice in choices)
        ],
        "unreached": [Channel(name).label for name, is_reached in reached.items() if not is_reached],
        "digest_at": f"{choosing.DIGEST_AT:%H:%M}",
    }
    return render(request, "notifications/preferences.html", context)


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
    """What e-mails and texts were sent, newest first; only where nobody's real mail can be."""
    if not settings.IS_DEVELOPMENT:
        raise Http404
    receivers = DemoMail.objects.order_by("to").values_list("to", flat=True).distinct()[:MOST_RECEIVERS]
    asked = request.GET.get("den", "")
    chosen = asked if asked in set(receivers) else ""
    mails = DemoMail.objects.filter(to=chosen) if chosen else DemoMail.objects.all()
    page = keyset.newest_first(mails, request, size=PAGE_SIZE, keep={"den": chosen})
    context = {
        "receivers": receivers,
        "chosen": chosen,
        "mails": page.rows,
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "notifications/demo_mailbox.html", context)
