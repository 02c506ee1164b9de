"""Pages of the catalogue: search, and the sheet of a procedure with the answer for one's own commune."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.agencies import routing
from portal.agencies.models import Agency, AgencyLevel
from portal.core.errors import InvalidInputError
from portal.core.page_cache import cached_for_anonymous
from procedures import access, local, search, sheets
from procedures.local import Where
from procedures.models import FeeRule, Field, LifeEvent, Procedure, ProcedureVersion, ServiceLevel
from procedures.publication import edition_or_none
from procedures.search_query import LONGEST
from procedures.territory import Territory

RESULTS_A_PAGE = 20
FILTERS = {"life_event": "su-kien", "field": "linh-vuc", "level": "cap", "online": "truc-tuyen"}
"""Filters by their name in the address."""


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none, parameters=("q", "page", *FILTERS.values()))
def search_page(request: HttpRequest) -> HttpResponse:
    """Search and browse; works as a plain form, suggestions are an extra."""
    chosen = {name: request.GET.get(parameter, "")[:80] for name, parameter in FILTERS.items()}
    filters = search.Filters(**chosen)
    found = search.search(request.GET.get("q", ""), filters)
    page = Paginator(found.hits, RESULTS_A_PAGE).get_page(request.GET.get("page"))
    events = list(LifeEvent.objects.all())
    event = next((each for each in events if each.slug == filters.life_event), None)
    context = {
        "query": found.query,
        "results": _results(page),
        "page_obj": page,
        "total": len(found.hits),
        "filters": filters,
        "facets": _facets(found, filters, events, request.GET),
        "life_event": event,
        "life_event_name": sheets.words(event, "name") if event else "",
        "life_event_text": sheets.words(event, "description") if event else "",
        "event_links": [
            {
                "url": _address(QueryDict(), **{FILTERS["life_event"]: each.slug}),
                "name": sheets.words(each, "name"),
                "icon": each.icon,
            }
            for each in events
        ],
        "chosen_filters": [(FILTERS[name], value) for name, value in chosen.items() if value],
        "suggestions_url": reverse("procedures:suggestions"),
        "too_long_text": _("Câu hỏi dài quá %(limit)d ký tự nên chỉ tìm theo phần đầu.") % {"limit": LONGEST},
        "kept_query": _kept(request.GET, drop=("page",)),
        "all_url": reverse("procedures:search"),
        "without_filters_url": _address(request.GET, drop=(*FILTERS.values(), "page")),
    }
    return render(request, "procedures/search.html", context)


def _results(page: Page[search.Hit]) -> list[dict[str, Any]]:
    hits = list(page.object_list)
    versions = ProcedureVersion.objects.select_related("procedure__field").in_bulk([hit.version_id for hit in hits])
    rules: dict[int, list[Any]] = {}
    today = timezone.localdate()
    for rule in FeeRule.objects.filter(version_id__in=versions).order_by("version_id", "position"):
        rules.setdefault(rule.version_id, []).append(rule)
    results = []
    for hit in hits:
        version = versions[hit.version_id]
        texts = version.sheet
        results.append(
            {
                "url": reverse("procedures:detail", kwargs={"code": hit.code}),
                "name": sheets.words(version, "short_name") or sheets.words(version, "name"),
                "summary": sheets.pair(texts.get("summary")),
                "code": hit.code,
                "level": sheets.level_words(version),
                "level_tone": sheets.LEVEL_TONES[ServiceLevel(version.service_level)],
                "processing": sheets.processing_words(version),
                "fee": sheets.cost_words(
                    version, rules.get(version.pk, []), today, channel=sheets.usual_channel(version)
                ),
                "field": sheets.words(version.procedure.field, "name"),
            }
        )
    return results


def _kept(query: QueryDict, *, drop: tuple[str, ...] = (), **changes: str) -> str:
    """The query string with some parameters changed or dropped, ready for more: ``q=…&cap=…&``."""
    known = ("q", *FILTERS.values(), "page")
    kept = QueryDict(mutable=True)
    for name in known:
        value = changes.get(name, query.get(name, ""))
        if value and (name not in drop or name in changes):
            kept[name] = value
    return f"{kept.urlencode()}&" if kept else ""


def _address(query: QueryDict, *, drop: tuple[str, ...] = (), **changes: str) -> str:
    kept = _kept(query, drop=drop, **changes).rstrip("&")
    return reverse("procedures:search") + (f"?{kept}" if kept else "")


def _facets(
    found: search.Found, filters: search.Filters, events: list[LifeEvent], query: QueryDict
) -> list[dict[str, Any]]:
    fields = {field.code: sheets.words(field, "name") for field in Field.objects.filter(code__in=found.counts["field"])}
    names: dict[str, tuple[str, dict[str, str]]] = {
        "life_event": (_("Sự kiện trong đời"), {event.slug: sheets.words(event, "name") for event in events}),
        "online": (
            _("Làm trên mạng"),
            {
                ServiceLevel.FULL.value: _("Trọn vẹn"),
                ServiceLevel.PARTIAL.value: _("Một phần"),
                ServiceLevel.NONE.value: _("Trực tiếp"),
            },
        ),
        "level": (_("Cấp giải quyết"), {value: str(label) for value, label in AgencyLevel.choices}),
        "field": (_("Lĩnh vực"), fields),
    }
    facets = []
    for name, (title, labels) in names.items():
        parameter = FILTERS[name]
        options = [
            {
                "label": label,
                "count": found.counts[name][value],
                "is_chosen": getattr(filters, name) == value,
                "url": _address(
                    query,
                    drop=("page", *([parameter] if getattr(filters, name) == value else [])),
                    **({} if getattr(filters, name) == value else {parameter: value}),
                ),
            }
            for value, label in labels.items()
            if found.counts[name][value] or getattr(filters, name) == value
        ]
        if len(options) > 1 or any(option["is_chosen"] for option in options):
            if name == "field":
                options.sort(key=lambda option: (-option["count"], option["label"]))
            is_chosen = any(option["is_chosen"] for option in options)
            facets.append({"title": title, "options": options, "is_chosen": is_chosen})
    return facets


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none, parameters=("tinh", "xa"))
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Everything the law says about a procedure, and above it the answer for the reader's own commune."""
    procedure = access.get_procedure(code)
    if procedure.current_id is None and not procedure.versions.exists():
        if procedure.replaced_by is None:
            return redirect("procedures:search")
        return render(
            request, "procedures/replaced.html", {"procedure": procedure, "replacement": _link(procedure.replaced_by)}
        )
    version = access.get_version(code)
    today = timezone.localdate()
    place = _place(request, version)
    papers, others = sheets.component_rows(version)
    rules = list(version.fees.all())
    online, direct = (
        sheets.cost_words(
            version, rules, today, channel=channel, where=place["where"], local_policies=place["policies"]
        )
        for channel in ("online", "direct")
    )
    can_file = version.procedure.is_open and version.service_level != ServiceLevel.NONE
    context = {
        "version": version,
        "procedure": version.procedure,
        "sheet": sheets.contents(version),
        "field_name": sheets.words(version.procedure.field, "name"),
        "parts": _parts(linked=bool(version.sheet.get("linked"))),
        "communes_url": reverse("procedures:communes", kwargs={"province_code": "00"}).replace("00", "{value}"),
        "papers": papers,
        "others": others,
        "fee_rows": sheets.fee_rows(rules, today),
        "fee_online": online if version.service_level != ServiceLevel.NONE else direct,
        "fee_direct": direct,
        "fees_differ": online != direct and version.service_level != ServiceLevel.NONE,
        "can_file": can_file,
        "minutes": sheets.minutes_to_fill(version),
        "place": place,
        "replacement": _link(version.procedure.replaced_by) if version.procedure.replaced_by else None,
        "linked": [
            _link(row)
            for row in Procedure.objects.filter(code__in=version.sheet.get("linked", ())).select_related("current")
        ],
        "canonical_url": request.build_absolute_uri(reverse("procedures:detail", kwargs={"code": code})),
        "start_url": reverse("dossiers:start", kwargs={"code": code}),
    }
    return render(request, "procedures/sheet.html", context)


def _parts(*, linked: bool) -> list[tuple[str, str]]:
    """The table of contents: anchors and titles in the order of the page."""
    parts = [
        ("cho-toi", _("Ở đâu, bao nhiêu, bao lâu")),
        ("buoc", _("Các bước")),
        ("giay-to", _("Giấy tờ cần nộp")),
        ("muc-thu", _("Phí, lệ phí")),
        ("thoi-gian", _("Thời hạn giải quyết")),
        ("cach-nop", _("Cách nộp")),
        ("ket-qua", _("Kết quả bạn nhận")),
        ("doi-tuong", _("Ai được làm")),
        ("co-quan", _("Cơ quan giải quyết")),
        ("dieu-kien", _("Yêu cầu, điều kiện")),
    ]
    if linked:
        parts.append(("lien-thong", _("Gồm các thủ tục")))
    return [*parts, ("can-cu", _("Căn cứ pháp lý")), ("cong-bo", _("Công bố"))]


def _link(procedure: Procedure) -> dict[str, str]:
    version = procedure.current
    name = (sheets.words(version, "short_name") or version.name) if version else procedure.code
    return {"url": reverse("procedures:detail", kwargs={"code": procedure.code}), "name": name, "code": procedure.code}


def _in_sentence(name: str) -> str:
    """A place's name inside a sentence: ``phường Hải Châu``."""
    return name[:1].lower() + name[1:]


def _place(request: HttpRequest, version: ProcedureVersion) -> dict[str, Any]:
    """The chosen province and commune, the lists to choose from, and the agency that follows."""
    territory = Territory()
    province_code = request.GET.get("tinh", "")
    if not territory.is_province(province_code):
        province_code = ""
    commune_code = request.GET.get("xa", "")
    if not territory.is_commune_of(commune_code, province_code):
        commune_code = ""
    where = Where(province_code, commune_code)
    needs_commune = version.competent_level == AgencyLevel.COMMUNE
    agency: Agency | None = None
    problem = ""
    if province_code and (commune_code or not needs_commune):
        try:
            agency = routing.competent_agency(
                level=version.competent_level,
                branch=version.competent_branch,
                province_code=province_code,
                commune_code=commune_code,
            )
        except InvalidInputError as error:
            problem = " ".join(str(text) for texts in error.fields.values() for text in texts) or str(error.message)
    return {
        "provinces": territory.provinces(),
        "communes": territory.communes(province_code),
        "where": where,
        "policies": local.policies_for(version, where, on=timezone.localdate()),
        "province_code": province_code,
        "commune_code": commune_code,
        "needs_commune": needs_commune,
        "name": _in_sentence(territory.name(commune_code or province_code)) if province_code else "",
        "agency": agency,
        "problem": problem,
    }
