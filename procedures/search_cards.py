"""Results as the search page shows them: what each costs and takes. A card is drawn once for an edition and a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from portal.agencies import titles
from portal.core.language import pair_text
from procedures import publication, sheets, shown_names
from procedures.models import FeeRule, ProcedureVersion
from procedures.searching.documents import Document


def cards(hits: Sequence[Document]) -> list[str]:
    """The card of each hit, in the active language; at most three queries, none for those drawn before."""
    today = timezone.localdate()
    drawn: dict[int, str] = publication.remembered(f"cards {get_language()} {today}", dict)
    missing = [hit for hit in hits if hit.version_id not in drawn]
    if missing:
        drawn = {hit.version_id: drawn[hit.version_id] for hit in hits if hit.version_id in drawn} | _draw(
            missing, today, drawn
        )
    return [drawn[hit.version_id] for hit in hits if hit.version_id in drawn]


def _draw(hits: Sequence[Document], today: date, keep: dict[int, str]) -> dict[int, str]:
    versions = (
        ProcedureVersion.objects.select_related("procedure__field")
        .defer("sheet", "form", "source_record", "search_text")
        .annotate(summary=F("sheet__summary"), processing_text=F("sheet__processing__text"))
        .in_bulk([hit.version_id for hit in hits])
    )
    rules: dict[int, list[FeeRule]] = defaultdict(list)
    for rule in FeeRule.objects.filter(version_id__in=versions).order_by("version_id", "position"):
        rules[rule.version_id].append(rule)
    local = {hit.version_id for hit in hits if hit.province_code and hit.version_id in versions}
    issuers = titles.in_readers_language((versions[pk].issuer_code, versions[pk].issuer_name) for pk in local)
    made: dict[int, str] = {
        hit.version_id: render_to_string(
            "procedures/_card.html",
            {"result": _facts(hit, versions[hit.version_id], rules[hit.version_id], today, issuers)},
        )
        for hit in hits
        if hit.version_id in versions
    }
    keep.update(made)
    return made


def _facts(
    hit: Document, version: Any, rules: list[FeeRule], today: date, issuers: dict[titles.Named, str]
) -> dict[str, Any]:
    return {
        "url": reverse("procedures:detail", kwargs={"code": hit.code}),
        "name": shown_names.tidied(version.title),
        "summary": pair_text(version.summary),
        "code": hit.code,
        "level": sheets.level_names()[hit.online],
        "level_tone": sheets.LEVEL_TONES[hit.online],
        "processing": sheets.processing_words(version, version.processing_text),
        "fee": sheets.cost_words(version, rules, today, channel=sheets.usual_channel(version)),
        "local_agency": issuers.get((version.issuer_code, version.issuer_name), "") if hit.province_code else "",
    }
