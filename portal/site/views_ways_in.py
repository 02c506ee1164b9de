"""Ways into the catalogue by what happens in life and by who asks (sự kiện trong đời, đối tượng)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, Exists, F, OuterRef, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.agencies.models import AgencyLevel
from portal.core.errors import NotFoundError
from portal.core.language import in_language, pair_text
from portal.core.page_cache import cached_for_anonymous
from portal.site.views import CITIZEN_SLUG, ORGANISATION_SLUG, TILE_COUNT
from procedures import sheets, shown_names
from procedures.models import Audience, LifeEvent, Origin, Procedure, ProcedureVersion, ServiceLevel
from procedures.publication import edition_or_none

MOST_FURTHER = 30
MOST_OF_AUDIENCE = 12
AUDIENCES = {CITIZEN_SLUG: Audience.CITIZEN, ORGANISATION_SLUG: Audience.ORGANISATION}
_SHEET = ("search_text", "form", "source_record")


def event_row(event: LifeEvent) -> dict[str, str]:
    """A life event as a tile."""
    return {
        "url": reverse("site:life_event", kwargs={"slug": event.slug}),
        "icon": event.icon,
        "name": in_language(event.name, event.name_en),
        "text": in_language(event.description, event.description_en),
    }


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none)
def life_event(request: HttpRequest, slug: str) -> HttpResponse:
    """What to do first, then the procedures in the order of life, then the others of the event."""
    event = LifeEvent.objects.filter(slug=slug).first()
    if event is None:
        raise NotFoundError
    named = [code for step in event.steps for code in step.get("procedures", ())]
    rows = _rows(Procedure.objects.filter(code__in=named))
    further = Procedure.objects.filter(life_events=event, province_code="").exclude(code__in=named)
    # of what the national catalogue has, first what is done in the commune, then what citizens do
    nearness = Case(When(current__levels__contains=[AgencyLevel.COMMUNE], then=0), default=1)
    whose = Case(When(current__audience__contains=[Audience.CITIZEN], then=0), default=1)
    further = further.order_by(F("featured_rank").asc(nulls_last=True), nearness, whose, "code")
    steps = [
        {
            "title": in_language(step["title"].get("vi", ""), step["title"].get("en", "")),
            "procedures": [rows[code] for code in step.get("procedures", ()) if code in rows],
        }
        for step in event.steps
    ]
    context = {
        **event_row(event),
        "first": in_language(event.first, event.first_en),
        "steps": [step for step in steps if step["procedures"]],
        "further": list(_rows(further, most=MOST_FURTHER).values()),
        "search_url": f"{reverse('procedures:search')}?su-kien={event.slug}",
        "other_events": [event_row(row) for row in LifeEvent.objects.exclude(pk=event.pk)],
    }
    return render(request, "site/life_event.html", context)


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none)
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    """The life events and the most used procedures of citizens, or of organisations."""
    whose = AUDIENCES.get(slug)
    if whose is None:
        raise NotFoundError
    events = LifeEvent.objects.filter(audience__contains=[whose])
    used = Procedure.objects.filter(current__audience__contains=[whose])
    if whose == Audience.ORGANISATION:  # named among the applicants, but the law has persons only
        used = used.exclude(current__origin=Origin.PACK, current__sheet__has_key="persons_only")
    in_their_events = LifeEvent.procedures.through.objects.filter(procedure=OuterRef("pk"), lifeevent__in=events)
    # published applicants are generous: what only they do comes first, then what belongs to their events
    nearness = Case(When(current__audience=[whose], then=0), When(Exists(in_their_events), then=1), default=2)
    used = used.order_by(nearness, F("featured_rank").asc(nulls_last=True), "code")
    rows = [event_row(event) for event in events]
    context = {
        "title": _("Dành cho công dân") if whose == Audience.CITIZEN else _("Dành cho tổ chức, doanh nghiệp"),
        "text": _("Chọn việc đang đến với bạn, hoặc một thủ tục nhiều người dùng.")
        if whose == Audience.CITIZEN
        else _("Chọn việc của tổ chức, doanh nghiệp, hoặc một thủ tục nhiều nơi dùng."),
        "events": rows[:TILE_COUNT],
        "more_events": rows[TILE_COUNT:],
        "used": list(_rows(used, most=MOST_OF_AUDIENCE).values()),
        "search_url": reverse("procedures:search"),
    }
    return render(request, "site/audience.html", context)


def _rows(procedures: Any, *, most: int | None = None) -> dict[str, dict[str, Any]]:
    """Open procedures as rows of a list, by code; one query."""
    found = procedures.filter(is_open=True, is_internal=False, current__isnull=False).select_related("current")
    found = found.defer(*(f"current__{name}" for name in _SHEET))
    return {row.code: _row(row.code, row.current) for row in (found[:most] if most else found)}


def _row(code: str, version: ProcedureVersion) -> dict[str, Any]:
    return {
        "url": reverse("procedures:detail", kwargs={"code": code}),
        "code": code,
        "name": shown_names.tidied(version.title),
        "summary": pair_text(version.sheet.get("summary")),
        "level": sheets.level_words(version),
        "tone": sheets.LEVEL_TONES[ServiceLevel(version.service_level)],
        "time": sheets.processing_words(version),
    }
