"""Pages that belong to no app: home, help, and how the portal treats its readers."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import own_list, subjects
from dossiers.lifecycle import BEFORE_DECISION
from dossiers.models import Dossier, DraftState
from portal.core.language import in_language
from portal.core.page_cache import cached_for_anonymous
from portal.indicators import services as indicators
from portal.site.context import THEME_COOKIE, THEMES
from portal.site.forms import DisplayForm
from procedures.models import LifeEvent, Procedure, ServiceLevel
from procedures.publication import edition_or_none
from procedures.sheets import LEVEL_TONES, level_words

FEATURED_COUNT = 6
CITIZEN_SLUG, ORGANISATION_SLUG = "cong-dan", "to-chuc"
TILE_COUNT = 8
"""Two full rows of tiles on a wide screen; further life events follow as chips."""
THEME_COOKIE_AGE = timedelta(days=365)


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none)
def home(request: HttpRequest) -> HttpResponse:
    """Search first, then life events, the most used procedures, tracking and live figures."""
    life_events = _life_events()
    context = {
        "life_events": life_events[:TILE_COUNT],
        "more_life_events": life_events[TILE_COUNT:],
        "audiences": [
            {
                "url": reverse("site:audience", kwargs={"slug": slug}),
                "name": name,
                "text": text,
                "icon": icon,
            }
            for slug, name, text, icon in (
                (
                    CITIZEN_SLUG,
                    _("Tôi là công dân"),
                    _("Giấy tờ, chỗ ở, gia đình, việc làm, bảo hiểm"),
                    "users",
                ),
                (
                    ORGANISATION_SLUG,
                    _("Tôi đại diện tổ chức, doanh nghiệp"),
                    _("Mở, thay đổi, tạm ngừng, lao động, xây dựng"),
                    "building-2",
                ),
            )
        ],
        "featured": _featured(),
        "figures": indicators.public_figures(),
        **_waiting(request),
        **_waiting_drafts(request),
        "examples": [
            _("khai sinh cho con"),
            _("đổi bằng lái xe"),
            _("mất căn cước"),
            _("đăng ký tạm trú"),
            _("lý lịch tư pháp"),
            _("mở hộ kinh doanh"),
        ],
    }
    return render(request, "site/home.html", context)


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon beside documents that cannot name one (a PDF, an API answer)."""
    return redirect(static("img/favicon.svg"), permanent=True)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to file, step by step, and where people help."""
    return render(request, "site/help.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the portal promises readers who cannot see, hear or click like others."""
    return render(request, "site/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Which personal data are kept, why, how long, and who read them."""
    return render(request, "site/privacy.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Choose light, dark, or the device's own setting; kept in a cookie of this browser only."""
    if request.method != "POST":
        chosen = request.COOKIES.get(THEME_COOKIE, "")
        form = DisplayForm(initial={"theme": chosen if chosen in THEMES else "auto"})
        return render(request, "site/display.html", {"form": form})
    form = DisplayForm(request.POST)
    if not form.is_valid():
        return render(request, "site/display.html", {"form": form}, status=422)
    messages.success(request, _("Đã đổi cách hiển thị."))
    response = redirect("site:display")
    if form.cleaned_data["theme"] in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            form.cleaned_data["theme"],
            max_age=THEME_COOKIE_AGE,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _life_events() -> list[dict[str, str]]:
    return [
        {
            "slug": event.slug,
            "icon": event.icon,
            "name": in_language(event.name, event.name_en),
            "text": in_language(event.description, event.description_en),
        }
        for event in LifeEvent.objects.order_by("position", "name")
    ]


def _featured() -> list[dict[str, str]]:
    procedures = (
        Procedure.objects.filter(featured_rank__isnull=False, is_open=True, current__isnull=False)
        .select_related("current")
        .order_by("featured_rank", "code")[:FEATURED_COUNT]
    )
    return [
        {
            "code": procedure.code,
            "name": version.title,
            "level": level_words(version),
            "tone": LEVEL_TONES[ServiceLevel(version.service_level)],
        }
        for procedure in procedures
        if (version := procedure.current)
    ]


def _waiting(request: HttpRequest) -> dict[str, Any]:
    """How many of the reader's dossiers wait for the reader; a single one by its name, one press away."""
    if not request.user.is_authenticated:
        return {"waiting_count": 0}
    found = Dossier.objects.of_citizen(request.user).filter(state__in=own_list.CITIZENS_TURN)
    count = found.count()
    only = found.select_related("procedure_version").first() if count == 1 else None
    return {
        "waiting_count": count,
        "waiting_name": subjects.titled(only) if only else "",
        "waiting_url": reverse("dossiers:detail", args=[only.code]) if only else reverse("dossiers:list"),
    }


def _waiting_drafts(request: HttpRequest) -> dict[str, Any]:
    """How many drafts of results wait for the reader's yes, and until when for the first: silence counts as a yes."""
    if not request.user.is_authenticated:
        return {"draft_count": 0}
    open_now = Q(draft_checks__state=DraftState.OPEN, draft_checks__answer_due_at__gt=timezone.now())
    found = (
        Dossier.objects.of_citizen(request.user)
        .filter(open_now, state__in=BEFORE_DECISION)
        .order_by("draft_checks__answer_due_at")
        .values_list("code", "draft_checks__answer_due_at")
    )
    waiting = list(found)
    if not waiting:
        return {"draft_count": 0}
    code, limit = waiting[0]
    first = Dossier.objects.select_related("procedure_version").get(code=code)
    return {
        "draft_count": len(waiting),
        "draft_code": code,
        "draft_limit": limit,
        "draft_name": subjects.titled(first),
    }


@login_not_required
@require_safe
def back_office_in_english(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Officials work in Vietnamese: the address with /en/ before it leads to the same page without, which says so."""
    words = "The back office is in Vietnamese only."  # the page that shows it is not in English, so that none is chosen
    messages.info(request, format_html('<span lang="en">{}</span>', words))
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("admin:index") + iri_to_uri(rest) + (f"?{query}" if query else ""))
