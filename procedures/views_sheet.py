"""The sheet of a procedure: everything the law says, and above it the answer for the reader's own commune."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.agencies import titles
from portal.agencies.models import Agency, AgencyLevel
from portal.core.errors import InvalidInputError
from portal.core.language import column_text
from portal.core.page_cache import cached_for_anonymous
from procedures import (
    access,
    competence,
    fees_by_case,
    linked_data,
    local,
    places,
    questions,
    related,
    sheet_case,
    sheet_local,
    sheet_papers,
    sheet_texts,
    sheets,
)
from procedures.eforms import own_case
from procedures.eforms.own_case import CASES
from procedures.local import NOWHERE, Where
from procedures.models import LocalPolicy, Origin, ProcedureVersion, ServiceLevel
from procedures.places import COMMUNE, PROVINCE
from procedures.publication import edition_or_none
from procedures.searching.documents import NOT_HERE
from procedures.territory import Territory


@login_not_required
@require_safe
@cached_for_anonymous(
    edition_or_none, parameters=(PROVINCE, COMMUNE, *sheet_case.PARAMETERS.values()), cookies=(places.COOKIE,)
)
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet; for a reader with a place, with her agency, fee, time and local reductions."""
    procedure = access.get_procedure(code)
    if procedure.current_id is None and not procedure.versions.exists():
        if procedure.replaced_by is None:
            return redirect("procedures:search")
        replacement = related.link(procedure.replaced_by)
        return render(request, "procedures/replaced.html", {"procedure": procedure, "replacement": replacement})
    version = access.get_version(code)
    prefetch_related_objects([version], "components", "fees")
    today = timezone.localdate()
    place = Place.of(request, version, today)
    waiting = access.waiting_version(version, today)
    is_to_come = version.valid_from > today
    takes_filings = not is_to_come and version.procedure.takes_dossiers and version.service_level != ServiceLevel.NONE
    nobody_known = takes_filings and not place.has_agency and not place.is_elsewhere
    texts = sheets.contents(version)
    bundles = related.links(related.bundles_of(code))
    linked = related.links(version.sheet.get("linked", ()))
    asked = questions.about(code)
    replaces = sorted(version.procedure.replaces.values_list("code", flat=True))
    context = {
        "version": version,
        "procedure": version.procedure,
        "sheet": texts,
        "issuer": texts["issuer"],
        "field_name": column_text(version.procedure.field, "name"),
        "is_from_record": version.origin != Origin.PACK,
        "waiting": waiting if version.procedure.is_open else None,
        "is_to_come": is_to_come,
        "can_file": takes_filings and place.has_agency,
        "nobody_known": nobody_known,
        "level": sheets.level_names()[NOT_HERE] if nobody_known else texts["level"],
        "level_tone": sheets.LEVEL_TONES[NOT_HERE] if nobody_known else texts["level_tone"],
        "minutes": sheets.minutes_to_fill(version),
        "place": place,
        "linked": linked,
        "bundles": bundles,
        "replaces": replaces,
        "neighbours": related.neighbours(version.procedure, besides=[row["code"] for row in (*bundles, *linked)]),
        "questions": [
            {
                "question": column_text(row, "question"),
                "answer": column_text(row, "answer"),
                "legal_basis": row.legal_basis,
            }
            for row in asked
        ],
        "replacement": related.link(version.procedure.replaced_by) if version.procedure.replaced_by else None,
        "structured_data": linked_data.embedded(version, request.build_absolute_uri("/").rstrip("/")),
        **_money_and_time(request, version, place, today),
        **_sizes(texts, has_questions=bool(asked), linked=bool(linked)),
        **_addresses(request, code),
    }
    return render(request, "procedures/sheet.html", context)


def _addresses(request: HttpRequest, code: str) -> dict[str, str]:
    own = {"code": code}
    return {
        "canonical_url": request.build_absolute_uri(reverse("procedures:detail", kwargs=own)),
        "start_url": reverse("dossiers:start", kwargs=own),
        "place_url": reverse("procedures:place", kwargs=own),
        "versions_url": reverse("procedures:versions", kwargs=own),
        "papers_url": reverse("datastore:papers_for", kwargs=own),
        "communes_url": reverse("procedures:communes", kwargs={"province_code": "00"}).replace("00", "{value}"),
    }


def _money_and_time(request: HttpRequest, version: ProcedureVersion, place: Place, today: date) -> dict[str, Any]:
    rules = list(version.fees.all())
    asked, answers = sheet_case.choices(request, version, rules, today)
    case = sheet_case.address_of(answers, version)
    here = {PROVINCE: place.where.province_code, COMMUNE: place.where.commune_code} if place.agency else {}
    online, direct = (
        sheets.cost_words(
            version,
            rules,
            today,
            channel=channel,
            where=place.where,
            local_policies=place.policies,
            answers=answers,
        )
        for channel in ("online", "direct")
    )
    time = local.processing_time(version, place.where, on=today, answers=answers, rows=place.policies)
    return {
        "fee_rows": sheets.fee_rows(rules, today),
        "fee_online": online if version.service_level != ServiceLevel.NONE else direct,
        "fee_direct": direct,
        "fees_differ": online != direct and version.service_level != ServiceLevel.NONE,
        "fees_untold": fees_by_case.untold(rules, today, sheets.usual_channel(version)),
        "local_rows": sheet_local.rows(place.policies, place.where, today),
        "time_here": time.duration.label() if time.policy is not None and time.duration is not None else "",
        "time_of_case": time.published.label() if own_case.TIME_CASE in answers and time.published else "",
        "case_choices": asked,
        "chosen_case": [(name, value) for name, values in case.items() for value in values],
        "start_query": urlencode({**here, **case}, doseq=True),
        "papers": sheet_papers.of(version, answers.get(CASES, ())),
        "told_by_choice": sheet_case.told_by_choice(asked, place.everywhere, today, is_place_asked=place.is_asked),
    }


def _sizes(texts: dict[str, Any], *, has_questions: bool, linked: bool) -> dict[str, Any]:
    """The table of contents, with the size of the parts that are folded because they are long."""
    sizes = {
        "buoc": sheet_texts.measure(texts["steps"]),
        "thoi-gian": sheet_texts.measure([texts["processing"]]),
        "co-quan": sheet_texts.measure([texts["competent"]]),
        "dieu-kien": sheet_texts.measure([*texts["requirements"], *texts["notes"]]),
        "can-cu": sheet_texts.measure(map(str, texts["legal_basis"])),
    }
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
        *([("lien-thong", _("Gồm các thủ tục"))] if linked else []),
        *([("hoi-dap", _("Hỏi đáp"))] if has_questions else []),
        ("can-cu", _("Căn cứ pháp lý")),
        ("cong-bo", _("Công bố")),
    ]
    return {
        "sizes": {anchor.replace("-", "_"): size for anchor, size in sizes.items()},
        "parts": [
            (anchor, title, sizes[anchor].minutes if anchor in sizes and sizes[anchor].is_long else 0)
            for anchor, title in parts
        ],
    }


@dataclass
class Place:
    """The chosen province and commune, the lists to choose from, and what follows from them."""

    where: Where
    source: str
    needs_commune: bool
    provinces: list[Any]
    communes: list[Any]
    name: str = ""
    agency: Agency | None = None
    problem: str = ""
    own: str = ""
    """In words the one province whose own procedure it is; empty where it is the whole country's."""
    is_elsewhere: bool = False
    """The chosen place is not in that province: the procedure does not exist there."""
    has_agency: bool = True
    """Whether it is known who would take a filing: at the place, or without one anywhere."""
    is_asked: bool = True
    """Whether a place tells anything: not where no place names an agency, nor has policies."""
    policies: list[LocalPolicy] = field(default_factory=list)
    """Of the procedure, at this place; without a place none."""
    everywhere: list[LocalPolicy] = field(default_factory=list)
    """Of the procedure, in any province."""
    elsewhere: list[str] = field(default_factory=list)
    """Names of provinces that have policies of their own, while no place is chosen."""

    @classmethod
    def of(cls, request: HttpRequest, version: ProcedureVersion, today: date) -> Place:
        """The reader's place on this sheet."""
        territory = Territory(today)
        found = places.chosen(request, territory)
        where, own = found.where, version.procedure.province_code
        place = cls(
            where=where,
            source=found.source,
            needs_commune=version.competent_level == AgencyLevel.COMMUNE,
            provinces=[unit for unit in territory.provinces() if own in {"", unit.code}],
            communes=territory.communes(where.province_code) if own in {"", where.province_code} else [],
            own=titles.unit_in_a_sentence(territory.name(own)) if own else "",
            is_elsewhere=bool(own) and where != NOWHERE and where.province_code != own,
        )
        policies = place.everywhere = local.policies_of(version, on=today)
        is_known = competence.is_known(version)
        place.is_asked = bool(policies) or place.is_elsewhere or is_known
        if not place.is_elsewhere and (where == NOWHERE or (place.needs_commune and not where.commune_code)):
            place.has_agency = is_known
        if not place.is_asked:
            place.has_agency = False
            return place
        if where == NOWHERE:
            codes = sheet_local.provinces_of(policies)
            territory.learn(codes)
            place.elsewhere = [territory.name(code) for code in codes]
            return place
        place.name = titles.unit_in_a_sentence(territory.name(where.commune_code or where.province_code))
        if place.is_elsewhere:
            place.has_agency = False
            return place
        place.policies = [policy for policy in policies if where.province_code in policy.provinces]
        place.find_agency(version)
        return place

    def find_agency(self, version: ProcedureVersion) -> None:
        """The agency that decides at this place, or why none can be named."""
        if self.needs_commune and not self.where.commune_code:
            return
        try:
            self.agency = competence.route(
                version, province_code=self.where.province_code, commune_code=self.where.commune_code
            ).agency
        except InvalidInputError as error:
            if version.origin == Origin.PACK:
                self.problem = error.words
            else:
                self.has_agency = False


@login_not_required
@never_cache
@require_safe
def choose_place(request: HttpRequest, code: str) -> HttpResponse:
    """Remember a place in the reader's browser and go back to the sheet with it and her case; ``bo=1`` forgets it.

    A plain form asks for the province first where the commune is not known yet: then the sheet offers its communes.
    """
    version = access.get_version(code)
    prefetch_related_objects([version], "components", "fees")
    address = reverse("procedures:detail", kwargs={"code": version.procedure.code})
    if request.GET.get("bo"):
        response = redirect(f"{address}#cho-toi")
        places.forget(response)
        return response
    where = places.chosen(request, Territory()).where if PROVINCE in request.GET else NOWHERE
    asked = sheet_case.address_of(sheet_case.answers_in(request.GET, version, timezone.localdate()), version)
    if where == NOWHERE:
        return redirect(f"{address}{'?' if asked else ''}{urlencode(asked, doseq=True)}#cho-toi")
    asked |= {PROVINCE: [where.province_code], **({COMMUNE: [where.commune_code]} if where.commune_code else {})}
    response = redirect(f"{address}?{urlencode(asked, doseq=True)}#cho-toi")
    if where.commune_code or version.competent_level != AgencyLevel.COMMUNE:
        places.remember(request, response, where)
    return response
