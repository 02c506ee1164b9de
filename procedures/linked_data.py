"""A procedure in the terms of schema.org's GovernmentService, for search engines and other machines (JSON-LD).

The same data stand at ``/api/v1/procedures/<code>/`` (Accept: application/ld+json) and in the head of the sheet.
"""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from portal.core.durations import Duration, DurationUnit
from procedures.models import Audience, FeeRule, ProcedureVersion, ServiceLevel

ISO_UNITS = {
    DurationUnit.HOUR: "PT{}H",
    DurationUnit.CLOCK_HOUR: "PT{}H",
    DurationUnit.DAY: "P{}D",
    DurationUnit.WORKING_DAY: "P{}D",
    DurationUnit.SAME_WORKING_DAY: "P{}D",
    DurationUnit.MONTH: "P{}M",
    DurationUnit.YEAR: "P{}Y",
}
LEVELS = {
    ServiceLevel.FULL: "Toàn trình",
    ServiceLevel.PARTIAL: "Một phần",
    ServiceLevel.NONE: "Trực tiếp",
}
AUDIENCES = {Audience.CITIZEN: "Công dân", Audience.ORGANISATION: "Tổ chức, doanh nghiệp"}
# what would end a script element or start a comment in one, whatever a published text contains
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def government_service(version: ProcedureVersion, origin: str) -> dict[str, Any]:
    """The description; ``origin`` is scheme and host of the portal. Texts carry their language, money its currency."""
    code = version.procedure.code
    sheet = version.sheet
    with translation.override("vi"):
        address = f"{origin}{reverse('procedures:detail', kwargs={'code': code})}"
    described = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": address,
        "url": address,
        "identifier": code,
        "name": _texts(version.name, version.name_en),
        "alternateName": _texts(version.short_name, version.short_name_en),
        "description": _pair(sheet.get("summary")),
        "serviceType": _texts(version.procedure.field.name, version.procedure.field.name_en),
        "keywords": list(sheet.get("keywords") or ()),
        "provider": {"@type": "GovernmentOrganization", "identifier": version.issuer_code, "name": version.issuer_name},
        "serviceOperator": {"@type": "GovernmentOrganization", "name": _pair(sheet.get("competent"))},
        "areaServed": {"@type": "Country", "name": "Việt Nam", "identifier": "VN"},
        "jurisdiction": {"@type": "Country", "name": "Việt Nam", "identifier": "VN"},
        "audience": [{"@type": "Audience", "audienceType": AUDIENCES[Audience(value)]} for value in version.audience],
        "availableChannel": _channels(version, address),
        "offers": [_offer(rule) for rule in version.fees.all() if rule.amount_vnd is not None],
        "serviceOutput": [{"@type": "Thing", "name": _texts(row.name, row.name_en)} for row in version.results.all()],
        "termsOfService": ", ".join(map(str, sheet.get("legal_basis") or ())),
        "validFrom": version.valid_from.isoformat(),
        "validThrough": version.valid_to.isoformat() if version.valid_to else None,
        "category": LEVELS[ServiceLevel(version.service_level)],
    }
    return {key: value for key, value in described.items() if value not in (None, "", [], {})}


def embedded(version: ProcedureVersion, origin: str) -> SafeString:
    """The description as the text of a data block: nothing in it can end the element."""
    text = json.dumps(government_service(version, origin), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - JSON without <, > and &


def _texts(vietnamese: str, english: str) -> Any:
    texts = [{"@language": "vi", "@value": vietnamese}] if vietnamese else []
    if english:
        texts.append({"@language": "en", "@value": english})
    return texts


def _pair(text: Any) -> Any:
    return _texts(text.get("vi", ""), text.get("en", "")) if isinstance(text, dict) else []


def _channels(version: ProcedureVersion, address: str) -> list[dict[str, Any]]:
    time = iso_duration(version.processing_time())
    channels = []
    for channel in version.sheet.get("channels") or ():
        row: dict[str, Any] = {"@type": "ServiceChannel", "name": channel, "availableLanguage": ["vi", "en"]}
        if channel == "online":
            row["serviceUrl"] = address
        if time:
            row["processingTime"] = time
        channels.append(row)
    return channels


def iso_duration(time: Duration | None) -> str:
    """ISO 8601; a working day is written as a day, because the standard has no other."""
    return ISO_UNITS[time.unit].format(time.value) if time else ""


def _offer(rule: FeeRule) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer",
        "name": _texts(rule.name, rule.name_en),
        "price": rule.amount_vnd,
        "priceCurrency": "VND",
        "description": _texts(rule.when_text, rule.when_text_en),
        "validFrom": rule.valid_from.isoformat() if rule.valid_from else None,
        "validThrough": rule.valid_to.isoformat() if rule.valid_to else None,
    }
    return {key: value for key, value in offer.items() if value not in (None, [])}
