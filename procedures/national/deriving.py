"""What follows from a checked record: columns, sheet, papers, fees and results of a version. Pure: no database."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.agencies.models import AgencyLevel, Branch
from portal.core.durations import Duration
from procedures.models import Audience, ComponentKind, FeeKind, Place, ResultKind, ServiceLevel
from procedures.national import checking, deciding, fees, keywords, times
from procedures.national.checking import Flaws, block, items, line, quick_fold

RULES = "8"
"""Change it when the rules here change what follows from the same record: then importing again makes new versions."""
LEVELS = {
    "cap bo": AgencyLevel.MINISTRY,
    "cap trung uong": AgencyLevel.MINISTRY,
    "cap tinh": AgencyLevel.PROVINCE,
    "cap huyen": AgencyLevel.COMMUNE,
    "cap xa": AgencyLevel.COMMUNE,
    "co quan khac": AgencyLevel.OTHER,
}
"""Districts ended on 1 July 2025: people go to the commune now."""
NATIONAL = frozenset({AgencyLevel.MINISTRY, AgencyLevel.OTHER})
"""Levels at which a place says nothing about who decides."""
_PERSON = re.compile(r"cong dan|nguoi|can bo|dang vien|ca nhan|ho gia dinh")
_NOTE = re.compile(r"\W*(luu y|ghi chu|chu y|thanh phan ho so|so luong ho so|ho so gom)\b")
_SHOWN = re.compile(r"xuat trinh")
_SENT = re.compile(r"\bnop\b|\bgui\b")
_BEGUN = date(1945, 9, 2)
CHANNELS = ("online", "direct", "postal")
SCOPES = (None, "", "STANDARD", "SPECIFIC", "STANDARD_INTERNAL")


@dataclass(slots=True)
class Derived:
    """One record ready to be written."""

    code: str
    record: dict[str, Any]
    """As it came, for the one who writes; see also ``text``."""
    digest: str
    field_code: str
    field_name: str
    is_internal: bool
    province_agency: str
    """Code of the provincial government whose own procedure it is; empty for the whole country."""
    valid_from: date | None
    columns: dict[str, Any]
    components: list[dict[str, Any]] = field(default_factory=list)
    fees: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    flaws: list[tuple[str, str]] = field(default_factory=list)
    text: str = "null"
    """The record as JSON."""
    as_came: str | None = None
    """Its JSON to the letter, where ``record`` is not the same: composed, or without what cannot be stored."""


def text_of(record: dict[str, Any]) -> str:
    """A record as the one JSON text that says it, whatever the order of its keys was."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """By which an unchanged record is known, from its text."""
    return hashlib.sha256(f"{RULES}\n{text}".encode()).hexdigest()


def derive(record: dict[str, Any], digest: str, flaws: Flaws) -> Derived:
    """Everything that follows from a cleaned record. Raises RecordError when it names no procedure."""
    code = checking.code_of(record)
    name = checking.name_of(record, code)
    if not checking.USUAL_CODE.fullmatch(code):
        flaws.note("code", "mã không theo dạng d.dddddd, vẫn nhập")
    methods = items(record, "methods", flaws)
    for method in methods:
        if method.get("channel") not in CHANNELS:
            told = str(method.get("channel"))[:40]
            flaws.note("methods.channel", f"cách nộp “{told}” không biết, bỏ qua; mức thu tính như nộp trực tiếp")
    if record.get("scope") not in SCOPES:
        flaws.note("scope", "phạm vi áp dụng không biết, coi là cả nước")
    duration, time_words = times.read(methods, flaws, items(record, "subcases", flaws))
    levels = _levels(record, flaws)
    agencies = _agencies(record, flaws)
    issuer = checking.group(record, "promulgated_by", flaws)
    decision = checking.group(record, "decision", flaws)
    decided = checking.day(decision, "date", flaws)
    issuer_code = line(issuer, "code", flaws, limit=35)
    issuer_name = line(issuer, "name", flaws, limit=300)
    level = deciding.level(agencies, levels)
    branch = deciding.branch(agencies, level, issuer_code, is_vertical=checking.yes(record, "vertical", flaws))
    decides = deciding.codes(agencies, levels, issuer_code, issuer_name) if level in NATIONAL else []
    if not decides and (level in NATIONAL or branch == Branch.OTHER):
        flaws.note("agencies", "không nêu rõ cơ quan nhận hồ sơ, thủ tục chỉ xem được, chưa nộp trên cổng")
    groups = [
        line({"target_groups": text}, "target_groups", flaws, limit=200)
        for text in items(record, "target_groups", flaws, str)
    ]
    online, reason = _service_level(record, methods, flaws)
    is_local = record.get("scope") == "SPECIFIC" or issuer_code.startswith("H")
    return Derived(
        code=code,
        record=record,
        digest=digest,
        field_code=line(record, "field_code", flaws, limit=60) or "KHAC",
        field_name=line(record, "field", flaws, limit=250) or "Lĩnh vực khác",
        is_internal=checking.yes(record, "internal", flaws) or record.get("scope") == "STANDARD_INTERNAL",
        province_agency=issuer_code.split(".")[0] if is_local and issuer_code.startswith("H") else "",
        valid_from=decided,
        columns={
            "name": name,
            "short_name": name if len(name) <= 120 else "",
            "issuer_code": issuer_code or "?",
            "issuer_name": issuer_name or issuer_code or "?",
            "decision_number": line(decision, "number", flaws, limit=60),
            "decision_on": decided,
            "service_level": online,
            "service_level_reason": reason,
            "competent_level": level,
            "competent_branch": branch,
            "competent_place": (Place.ANY if levels == [AgencyLevel.MINISTRY] else Place.ANY_IN_PROVINCE).value,
            "levels": levels,
            "audience": _audience(groups),
            "processing_value": duration.value if duration else None,
            "processing_unit": duration.unit.value if duration else "",
            "sheet": {
                **_sheet(record, agencies, methods, groups, duration, time_words, flaws),
                "deciding": decides,
            },
        },
        components=_components(record, flaws),
        fees=_fees(methods, flaws),
        results=_results(record, flaws),
        flaws=flaws.found,
    )


def _levels(record: dict[str, Any], flaws: Flaws) -> list[str]:
    found = []
    for text in items(record, "level", flaws, str):
        level = LEVELS.get(quick_fold(text).strip())
        if level is None:
            flaws.note("level", f"cấp “{text[:40]}” không biết, coi là cơ quan khác")
        if (level or AgencyLevel.OTHER) not in found:
            found.append(level or AgencyLevel.OTHER)
    if not found:
        flaws.note("level", "không nêu cấp thực hiện")
    return [str(level.value) for level in (found or [AgencyLevel.OTHER])]


def _audience(groups: list[str]) -> list[str]:
    kinds = {bool(_PERSON.match(quick_fold(text))) for text in groups}
    if not kinds:
        return [Audience.CITIZEN.value, Audience.ORGANISATION.value]
    return [
        value.value
        for value, is_person in ((Audience.CITIZEN, True), (Audience.ORGANISATION, False))
        if is_person in kinds
    ]


def _service_level(record: dict[str, Any], methods: list[dict[str, Any]], flaws: Flaws) -> tuple[str, str]:
    has_way = any(method.get("channel") == "online" for method in methods)
    if checking.yes(record, "full_online", flaws):
        return ServiceLevel.FULL.value, ""
    if has_way and record.get("full_online") is None:
        return ServiceLevel.PARTIAL.value, "Bản công bố không nêu làm được đến đâu trên mạng."
    if has_way:
        return ServiceLevel.PARTIAL.value, "Bản công bố không nêu lý do."
    return ServiceLevel.NONE.value, "Bản công bố không có cách nộp trực tuyến."


def _agencies(record: dict[str, Any], flaws: Flaws) -> dict[str, list[dict[str, str]]]:
    """Agencies by role, as published: codes of before July 2025 stay, shown with what replaced them."""
    published = checking.group(record, "agencies", flaws)
    found: dict[str, list[dict[str, str]]] = {}
    for role in ("executing", "competent", "authorized", "coordinating"):
        rows = [
            {"code": line(row, "code", flaws, limit=60), "name": line(row, "name", flaws, limit=300)}
            for row in items(published, role, flaws)
        ]
        rows += [
            {"code": "", "name": line({"agencies": text}, "agencies", flaws, limit=300)}
            for text in items(published, f"{role}_groups", flaws, str)
        ]
        if rows := [row for row in rows if row["name"] or row["code"]]:
            found[role] = rows
    return found


def _pair(text: str) -> dict[str, str]:
    return {"vi": text, "en": ""}


def _sheet(
    record: dict[str, Any],
    agencies: dict[str, list[dict[str, str]]],
    methods: list[dict[str, Any]],
    groups: list[str],
    duration: Duration | None,
    time_words: str,
    flaws: Flaws,
) -> dict[str, Any]:
    steps = []
    for step in items(record, "steps", flaws):
        texts = (block(step, "name", flaws), block(step, "text", flaws))
        if text := "\n".join(part for part in texts if part):
            steps.append(_pair(text))
    legal = []
    for act in items(record, "legal_basis", flaws):
        number, title = line(act, "number", flaws, limit=100), line(act, "name", flaws)
        text = title if not number or number in title else f"{number} – {title}" if title else number
        if text and text not in legal:
            legal.append(text)
    subcases: list[dict[str, Any]] = [
        {
            "code": line(case, "code", flaws, limit=40),
            "name": _pair(line(case, "name", flaws, limit=2_000)),
            **times.as_kept(times.of_case(case, flaws)),
        }
        for case in items(record, "subcases", flaws)
    ]
    competent = agencies.get("competent") or agencies.get("executing") or []
    services = [
        line({"service_groups": text}, "service_groups", flaws) for text in items(record, "service_groups", flaws, str)
    ]
    more: dict[str, list[Any]] = {
        "keywords": keywords.read(record, flaws),
        "requirements": [_pair(text)] if (text := block(record, "requirements", flaws)) else [],
        "notes": [_pair(text)] if (text := block(record, "note", flaws)) else [],
    }
    channels = {str(method.get("channel")) for method in methods}
    ways = [
        {"channel": str(method["channel"]), **times.as_kept(times.of_way(method, flaws))}
        for method in methods
        if method.get("channel") in CHANNELS
    ]
    return {
        "competent": _pair("; ".join(dict.fromkeys(row["name"] or row["code"] for row in competent))),
        "agencies": agencies,
        "processing": {"text": _pair(time_words or ("" if duration else "Bản công bố không quy định."))},
        "channels": [channel for channel in CHANNELS if channel in channels],
        "ways": ways,
        "applicants": [{"code": "", "name": _pair(text)} for text in groups if text],
        "steps": steps,
        "legal_basis": legal,
        "subcases": subcases,
        "receiving_address": block(record, "receiving_address", flaws),
        "search_topics": [*services, *dict.fromkeys(case["name"]["vi"] for case in subcases if case["name"]["vi"])],
        "updated_on": line(record, "updated", flaws, limit=10),
        "source_url": line(record, "url", flaws, limit=500),
        **{key: value for key, value in more.items() if value},
    }


def _components(record: dict[str, Any], flaws: Flaws) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for paper in items(record, "components", flaws):
        name, case = block(paper, "name", flaws), line(paper, "case", flaws, limit=4_000)
        originals = checking.count(paper, "original", flaws, most=100)
        copies = checking.count(paper, "copy", flaws, most=100)
        if not name:
            continue
        folded = quick_fold(name)
        # Headings and instructions stand among the papers: no copies asked, or a case called "Lưu ý".
        is_note = (originals == copies == 0 and (_NOTE.match(folded) or _NOTE.match(quick_fold(case)))) or (
            _NOTE.match(quick_fold(case)) is not None and originals == copies == 0
        )
        is_shown = not is_note and _SHOWN.search(folded) and not _SENT.search(folded)
        templates = [text for text in items(paper, "form_template", flaws, str) if text.strip()]
        kind = ComponentKind.PRESENT_ONLY if is_note or is_shown else ComponentKind.DOCUMENT
        rows.append(
            {
                "position": len(rows),
                "code": f"c{len(rows) + 1}",
                "national_code": line(paper, "code", flaws, limit=60),
                "name": name,
                "kind": kind.value,
                "originals": originals,
                "copies": copies,
                # The published flag is always false: which papers a case needs only a person can tell.
                "is_required": False,
                "when_text": case,
                "note": "; ".join(
                    part
                    for part in (
                        "Lưu ý, không phải giấy tờ phải nộp" if is_note else "",
                        "Mẫu: " + ", ".join(text.strip()[:500] for text in templates[:20]) if templates else "",
                    )
                    if part
                ),
            }
        )
    return rows


def _fees(methods: list[dict[str, Any]], flaws: Flaws) -> list[dict[str, Any]]:
    found = fees.read(methods, flaws)
    alone = {
        channel: len([fee for fee in found if fee.channel in {"all", channel}]) == 1 for channel in ("online", "direct")
    }
    names = {
        FeeKind.CHARGE: ("Phí", "Service fee"),
        FeeKind.FEE: ("Lệ phí", "Administrative fee"),
        FeeKind.PRICE: ("Giá dịch vụ", "Service price"),
    }
    return [
        {
            "position": position,
            "key": f"f{position + 1}",
            "charge": str(fee.kind),
            "kind": str(fee.kind),
            "name": names[FeeKind(fee.kind)][0],
            "name_en": names[FeeKind(fee.kind)][1],
            "amount_vnd": fee.amount_vnd,
            "foreign_amount": fee.foreign_amount,
            "channel": fee.channel,
            # Of several rows only a person knows which one holds: none is charged by itself.
            "is_default": not fee.foreign_amount
            and (alone["online"] and alone["direct"] if fee.channel == "all" else alone[fee.channel]),
            "when_text": fee.note,
            "decided_by": fee.decided_by,
            "payable_on": "acceptance",
        }
        for position, fee in enumerate(found)
    ]


def _results(record: dict[str, Any], flaws: Flaws) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for result in items(record, "results", flaws):
        name = line(result, "name", flaws, limit=2_000)
        if not name:
            continue
        is_refusal = bool(re.search(r"tu choi|khong dong y|khong chap thuan|sua doi, bo sung ho so", quick_fold(name)))
        rows.append(
            {
                "position": len(rows),
                "code": f"r{len(rows) + 1}",
                "name": name,
                "kind": (ResultKind.REFUSAL if is_refusal else ResultKind.DOCUMENT).value,
                "document_type": line(result, "code", flaws, limit=60),
                "is_default": False,
            }
        )
    first = next((row for row in rows if row["kind"] != ResultKind.REFUSAL), None)
    if first:
        first["is_default"] = True
    return rows
