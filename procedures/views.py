"""Pages of the catalogue: search, and the sheet of a procedure with the answer for one's own commune."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.agencies import routing
from portal.agencies.models import Agency, AgencyLevel
from portal.core.errors import InvalidInputError
from portal.core.page_cache import cached_for_anonymous
from procedures import access, local, sheets
from procedures.local import Where
from procedures.models import Procedure, ProcedureVersion, ServiceLevel
from procedures.publication import edition_or_none
from procedures.territory import Territory


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
