"""What the sheet of a procedure shows, in the language of the reader (nội dung công khai của thủ tục)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.core import money
from portal.core.durations import Duration, DurationUnit
from portal.core.language import column_text, pair_text
from portal.core.rows import rows_at_hand
from procedures import eforms, fees, fees_by_case, sheet_agencies, sheet_times, shown_names
from procedures.eforms.definition import Field
from procedures.local import CHANNEL_GROUPS, NOWHERE, Where
from procedures.models import (
    FeeRule,
    LocalPolicy,
    Origin,
    Place,
    ProcedureVersion,
    ServiceLevel,
)
from procedures.searching.documents import NOT_HERE

LEVEL_TONES = {
    ServiceLevel.FULL.value: "jade",
    ServiceLevel.PARTIAL.value: "amber",
    ServiceLevel.NONE.value: "neutral",
    NOT_HERE: "neutral",
}
SECONDS_A_FIELD = 20
"""A guess (R): reading the question, finding the answer and typing it."""


def level_words(version: ProcedureVersion) -> str:
    """How far the procedure goes online, in words a citizen understands (NĐ 224/2026/NĐ-CP)."""
    return level_names()[version.service_level]


def level_names() -> dict[str, str]:
    """The words of every level, the same wherever citizens read them; the decree's own stand in the open data."""
    return {
        ServiceLevel.FULL.value: _("Làm trọn trên mạng"),
        ServiceLevel.PARTIAL.value: _("Làm một phần trên mạng"),
        ServiceLevel.NONE.value: _("Làm trực tiếp"),
        NOT_HERE: _("Chưa nộp được qua Cổng"),
    }


def processing_words(version: ProcedureVersion, published: Mapping[str, str] | None = None) -> str:
    """The processing time in few words: ``3 ngày làm việc``; where the law sets none, that.

    ``published`` is the sheet's own text, for lists that do not read whole sheets.
    """
    duration = version.processing_time()
    if duration is not None:
        return duration.label()
    if version.origin == Origin.PACK:
        return _("Pháp luật không quy định")
    # a record that did not say it in figures may say it in words; silence is not the law's
    text = pair_text(published if published is not None else (version.sheet.get("processing") or {}).get("text"))
    return shortened(text) if text else _("Cơ quan công bố chưa ghi rõ")


def shortened(text: str, most: int = 90) -> str:
    """The first words of a text that may be long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} …"


def place_words(version: ProcedureVersion) -> str:
    """Which agencies may take the dossier."""
    return {
        Place.RESIDENCE: _("Nộp ở nơi bạn cư trú"),
        Place.LOCATION: _("Nộp ở nơi có việc hoặc có tài sản"),
        Place.ANY_IN_PROVINCE: _("Nộp ở nơi bất kỳ trong tỉnh, thành phố của bạn"),
        Place.ANY: _("Nộp ở nơi bất kỳ trong cả nước"),
    }[Place(version.competent_place)]


def in_person_words(version: ProcedureVersion) -> str:
    """Where somebody goes with what takes no filing on the portal, and why; a record tells no place, only agencies."""
    agencies = shortened(sheet_agencies.of(version).competent, 160)
    if not agencies:
        told = _("Hãy hỏi bộ phận một cửa nơi bạn sống.")
    elif version.origin == Origin.PACK:
        told = f"{place_words(version)}: {agencies}."
    else:
        told = _("Hãy nộp tại cơ quan giải quyết: %(agencies)s.") % {"agencies": agencies}
    reason = pair_text((version.sheet.get("service_level_reason") or {}).get("text")).rstrip(".")
    return f"{told} {reason}." if reason else told


def channel_words(channel: str) -> str:
    """A way of filing in words."""
    return {
        "online": _("Trực tuyến trên cổng này"),
        "direct": _("Trực tiếp tại cơ quan"),
        "postal": _("Qua dịch vụ bưu chính công ích"),
        "phone": _("Qua điện thoại"),
        "email": _("Qua thư điện tử"),
        "agent": _("Qua tổ chức dịch vụ"),
        "booking": _("Đặt lịch hẹn trên mạng"),
    }.get(channel, channel)


def cost_words(
    version: ProcedureVersion,
    rules: list[FeeRule],
    on: date,
    *,
    channel: str,
    where: Where = NOWHERE,
    local_policies: list[LocalPolicy] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> str:
    """What filing on a channel costs in few words; where only special cases cost something, that."""
    lines = fees.amounts_due(
        version, answers=answers or {}, channel=channel, on=on, where=where, rules=rules, local_policies=local_policies
    )
    if not lines and any(rule.is_in_force(on) for rule in rules):
        return fees_by_case.words(version, rules, on, channel=channel, where=where, local_policies=local_policies)
    if not lines and version.origin != Origin.PACK:
        return _("Cơ quan công bố chưa ghi mức thu")
    return fee_words(lines)


def cost_left_open(version: ProcedureVersion, channel: str, on: date) -> str:
    """What is said of the cost where by the answers nothing is due: an imported record seldom says that it is free."""
    if version.origin == Origin.PACK:
        return _("Không phải nộp")
    group = CHANNEL_GROUPS.get(channel, channel)
    rules = rows_at_hand(version, "fees")
    if any(rule.is_of(group) and rule.is_in_force(on) for rule in rules):
        return _("Tùy trường hợp: cơ quan xác định mức thu khi tiếp nhận")
    return _("Cơ quan công bố chưa ghi mức thu")


def usual_channel(version: ProcedureVersion) -> str:
    """The channel whose cost a list shows: online where that is possible."""
    return "direct" if version.service_level == ServiceLevel.NONE else "online"


def fee_words(lines: Iterable[fees.FeeLine]) -> str:
    """What a filing costs in few words: an amount, free, or who tells it."""
    lines = list(lines)
    if len(lines) == 1 and lines[0].amount_vnd and lines[0].is_for_each:
        return _("%(amount)s mỗi %(unit)s") % {"amount": money.format_vnd(lines[0].amount_vnd), "unit": lines[0].unit}
    known = sum(line.amount_vnd or 0 for line in lines)
    open_lines = [line for line in lines if line.amount_vnd is None]
    if not lines:
        return _("Không thu phí, lệ phí")
    if open_lines and known:
        return _("%(amount)s và khoản do cơ quan thông báo") % {"amount": money.format_vnd(known)}
    if open_lines:
        return _("Cơ quan thông báo mức thu")
    return money.format_vnd(known) if known else _("Miễn phí")


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One published fee rule."""

    name: str
    kind: str
    amount: str
    unit: str
    channel: str
    when: str
    legal_basis: str
    valid: str
    is_in_force: bool


def fee_rows(rules: Iterable[FeeRule], on: date) -> list[FeeRow]:
    """Every published rule that is or will be in force."""
    rows = []
    for rule in rules:
        if rule.valid_to is not None and rule.valid_to < on:
            continue
        rows.append(
            FeeRow(
                name=column_text(rule, "name"),
                kind=rule.get_kind_display(),
                amount=amount_words(rule),
                unit=column_text(rule, "unit"),
                channel={"online": _("Trực tuyến"), "direct": _("Trực tiếp, bưu chính")}.get(
                    rule.channel, _("Mọi cách nộp")
                ),
                when=column_text(rule, "when_text"),
                legal_basis=rule.legal_basis,
                valid=validity_words(rule),
                is_in_force=rule.is_in_force(on),
            )
        )
    return rows


def amount_words(rule: FeeRule) -> str:
    """The amount of a rule, or who sets it; an unknown amount is never read as free."""
    if rule.amount_vnd is not None:
        return money.format_vnd(rule.amount_vnd) if rule.amount_vnd else _("Miễn phí")
    if rule.foreign_amount:
        return rule.foreign_amount
    if rule.decided_by == "province":
        return _("Theo nghị quyết của Hội đồng nhân dân tỉnh, thành phố")
    return _("Cơ quan thông báo")


def validity_words(rule: FeeRule) -> str:
    """From when and until when a rule holds; empty where it always does."""
    if rule.valid_from and rule.valid_to:
        return _("từ %(first)s đến %(last)s") % {
            "first": f"{rule.valid_from:%d/%m/%Y}",
            "last": f"{rule.valid_to:%d/%m/%Y}",
        }
    if rule.valid_from:
        return _("từ %(first)s") % {"first": f"{rule.valid_from:%d/%m/%Y}"}
    return _("đến %(last)s") % {"last": f"{rule.valid_to:%d/%m/%Y}"} if rule.valid_to else ""


def minutes_to_fill(version: ProcedureVersion) -> int:
    """About how long filling the form takes (R), from the fields that are always asked and not prefilled."""
    form = eforms.form_of(eforms.form_for(version))
    asked = 0
    groups = [group for page in form.pages for group in page.groups if group.visible_if is None]
    for field in (field for group in groups for field in group.fields):
        if not field.is_typed or field.visible_if is not None or is_always_known(field):
            continue
        asked += max(1, sum(part.required for part in field.fields)) if field.is_composite else 1
    return 1 + round(asked * SECONDS_A_FIELD / 60)


def is_always_known(field: Field) -> bool:
    """Whether nobody who signed in types it."""
    return field.locked and bool(field.prefill) and field.prefill_if is None


def _day_words(iso: str | None) -> str:
    """A published day as people write it; what is no day is not shown."""
    try:
        return f"{date.fromisoformat(iso or ''):%d/%m/%Y}"
    except ValueError:
        return ""


def _way_words(sheet: Mapping[str, Any], channel: str) -> str:
    time = sheet_times.of_way(sheet, channel)
    return f"{channel_words(channel)}: {time}" if time else channel_words(channel)


def contents(version: ProcedureVersion) -> dict[str, Any]:
    """The texts of the sheet in the active language."""
    sheet = version.sheet
    processing = sheet.get("processing") or {}
    extended = processing.get("extended") or {}
    reason = sheet.get("service_level_reason") or {}
    agencies = sheet_agencies.of(version)
    return {
        "name": column_text(version, "name"),
        "short_name": shown_names.tidied(version.title),
        "summary": pair_text(sheet.get("summary")),
        "competent": agencies.competent,
        "competent_short": shortened(agencies.competent, 160),
        "competent_texts": [agencies.competent],
        "roles": agencies.roles,
        "issuer": agencies.issuer,
        "updated": _day_words(sheet.get("updated_on")),
        "source_url": str(url) if (url := sheet.get("source_url") or "").startswith("https://") else "",
        "processing_texts": [pair_text(processing.get("text"))],
        "processing": pair_text(processing.get("text")),
        "extended": pair_text(extended.get("when")),
        "extended_time": Duration(extended["value"], DurationUnit(extended["unit"])).label()
        if extended.get("value")
        else "",
        "reason": pair_text(reason.get("text")),
        "channels": [(channel, _way_words(sheet, channel)) for channel in sheet.get("channels", ())],
        "cases": sheet_times.cases(sheet, version.processing_time()),
        "applicants": [pair_text(item["name"]) for item in sheet.get("applicants", ())],
        "steps": [pair_text(step) for step in sheet.get("steps", ())],
        "requirements": [pair_text(text) for text in sheet.get("requirements", ())],
        "notes": [pair_text(text) for text in sheet.get("notes", ())],
        "legal_basis": sheet.get("legal_basis", ()),
        "results": [column_text(result, "name") for result in version.results.all() if result.kind != "refusal"],
        "level": level_words(version),
        "level_tone": LEVEL_TONES[ServiceLevel(version.service_level)],
        "processing_short": (version.origin != Origin.PACK and sheet_times.span(sheet)) or processing_words(version),
        "place": place_words(version),
    }
