"""Plausible answers to any e-form, for demo dossiers: prefill first, then a sample for whatever is still wrong."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from portal.agencies.models import Agency
from procedures import eforms
from procedures.eforms.definition import Field

ROUNDS = 6
TEXTS = (
    "Minh họa", "001199999001", "0100100079", "01A8000001", "4711", "B1234567", "29A-123.45", "01",
    "Hộ kinh doanh Thử Nghiệm",
)  # fmt: skip
NAMES = {
    "child": "Nguyễn Gia Bảo",
    "mother": "Nguyễn Thị Hạnh",
    "father": "Nguyễn Văn Đức",
    "deceased": "Nguyễn Văn Cẩn",
    "male": "Trần Quang Hải",
    "female": "Lê Thu Hà",
}
"""Names of people by what they are in the form, so that a mother is no father and a bride no baby."""
SOMEBODY = "Phạm Thu Hương"
SAMPLES: dict[str, Any] = {
    "long_text": "Nội dung minh họa cho bản dùng thử.",
    "integer": 1,
    "decimal": "10",
    "money": 50_000_000,
    "month": "2026-01",
    "boolean": True,
    "consent": True,
    "personal_id": "001199999001",
    "tax_code": "0100100079",
    "phone": "0900000001",
    "email": "vidu@vidu.example",
}


def sample_answers(form: Any, facts: dict[str, Any], said: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return answers that pass the form's own rules, or as near as the samples come, around what is `said`."""
    before, sources = eforms.prefill(form, facts)
    told = {key: value for key, value in sources.items() if key not in (said or {})}
    answers, _sources = eforms.refill(form, before | dict(said or {}), told, before=before, facts=lambda: facts)
    fields = eforms.form_of(form).by_key()
    for attempt in range(ROUNDS):
        wrong = eforms.validate(form, answers)
        if not wrong:
            break
        for path in wrong:
            key = path.split(".")[0]
            if key in fields:
                answers[key] = _sample(fields[key], attempt)
                _tell_whole_time(fields[key], answers)
    return answers


def _sample(field: Field, attempt: int) -> Any:
    if field.choices:
        choice = field.choices[attempt % len(field.choices)].value
        return [choice] if field.type == "multi_choice" else choice
    match field.type:
        case "date":
            return _day(field, attempt)
        case "datetime":
            days = -1 if str(field.max or "").startswith("today") else 7
            return (timezone.localtime() + timedelta(days=days)).replace(microsecond=0).isoformat()
        case "address":
            return {"province_code": "01", "commune_code": "00073", "line": "Số 12 ngõ Thử Nghiệm"}
        case "bank_account":
            return {"bank": "Ngân hàng minh họa", "account_number": "0000000001", "account_name": "NGUYEN THI HOA"}
        case "agency":
            return _agency_code(field)
        case "repeat":
            rows = [_parts(field, attempt) for _row in range(max(field.min_items, 1))]
            if field.exactly_one:
                rows[0][field.exactly_one] = True
            return rows
        case "text":
            return _text(field)
        case "integer" | "money":
            return _amount(field)
    return _parts(field, attempt) if field.fields else SAMPLES.get(field.type, "Minh họa")


def _tell_whole_time(field: Field, answers: dict[str, Any]) -> None:
    """Let the first row begin where a time without a gap has to begin; it lasts until today."""
    rule = field.without_gap
    born = next((answers[key] for key in rule.born if answers.get(key)), None) if rule else None
    if rule and born:
        answers[field.key][0][rule.first] = f"{int(born[:4]) + rule.since_age:04d}{born[4:7]}"
        answers[field.key][0].pop(rule.last, None)


def _parts(field: Field, attempt: int) -> dict[str, Any]:
    wanted = [part for part in field.fields if part.is_typed and (part.required or attempt > 1)]
    return {part.key: _sample(part, attempt) for part in wanted}


def _text(field: Field) -> str:
    """A name for whom the field is about; else the first sample that fits the field's pattern and length."""
    limit = field.max_length or 200
    if field.names_person:
        return NAMES.get(field.key.partition("_")[0], SOMEBODY)[:limit]
    fitting = (
        text for text in TEXTS if len(text) <= limit and (not field.pattern or re.fullmatch(field.pattern, text))
    )
    return next(fitting, TEXTS[0][:limit])


def _amount(field: Field) -> int:
    value = int(SAMPLES[field.type])
    if field.max is not None:
        value = min(value, int(field.max))
    return max(value, int(field.min or 0))


def _agency_code(field: Field) -> str:
    routing = field.routing or {}
    known = Agency.objects.filter(**{name: routing[name] for name in ("level", "branch") if name in routing})
    near = known.filter(unit__code__in=["00073", "01"]).order_by("code").first() or known.order_by("code").first()
    return near.code if near else ""


def _day(field: Field, attempt: int) -> str:
    today = timezone.localdate()
    if "birth" in field.key and "child" not in field.key:
        return date((1965 if field.before else 1995) + attempt, 4, 12).isoformat()
    if re.match(r"today(?!-)", str(field.min or "")) or field.not_before:
        return (today + timedelta(days=20 + attempt)).isoformat()
    return (today - timedelta(days=20 + attempt)).isoformat()
