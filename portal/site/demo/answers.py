"""Plausible answers to any e-form, for demo dossiers: prefill first, then a sample for whatever is still wrong."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from procedures import eforms
from procedures.eforms.definition import Field

ROUNDS = 6
SAMPLES: dict[str, Any] = {
    "text": "Nguyễn Gia Bảo",
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


def sample_answers(form: Any, facts: dict[str, Any]) -> dict[str, Any]:
    """Return answers that pass the form's own rules, or as near as the samples come."""
    answers, _sources = eforms.prefill(form, facts)
    fields = eforms.form_of(form).by_key()
    for attempt in range(ROUNDS):
        wrong = eforms.validate(form, answers)
        if not wrong:
            break
        for path in wrong:
            key = path.split(".")[0]
            if key in fields:
                answers[key] = _sample(fields[key], attempt)
    return answers


def _sample(field: Field, attempt: int) -> Any:
    if field.choices:
        choice = field.choices[attempt % len(field.choices)].value
        return [choice] if field.type == "multi_choice" else choice
    match field.type:
        case "date":
            return _day(field, attempt)
        case "datetime":
            return timezone.now().replace(microsecond=0).isoformat()
        case "address":
            return {"province_code": "01", "commune_code": "00073", "line": "Số 12 ngõ Thử Nghiệm"}
        case "bank_account":
            return {"bank": "Ngân hàng minh họa", "account_number": "0000000001", "account_name": "NGUYEN THI HOA"}
        case "repeat":
            return [_parts(field, attempt) for _row in range(max(field.min_items, 1))]
    if field.fields:
        return _parts(field, attempt)
    value = SAMPLES.get(field.type, "Minh họa")
    if isinstance(value, int) and not isinstance(value, bool):
        return max(value, int(field.min or 0))
    return value


def _parts(field: Field, attempt: int) -> dict[str, Any]:
    return {
        part.key: _sample(part, attempt) for part in field.fields if part.is_typed and (part.required or attempt > 1)
    }


def _day(field: Field, attempt: int) -> str:
    today = timezone.localdate()
    if "birth" in field.key and "child" not in field.key:
        return date(1995 + attempt, 4, 12).isoformat()
    if field.min == "today" or field.not_before:
        return (today + timedelta(days=10 + attempt)).isoformat()
    return (today - timedelta(days=20 + attempt)).isoformat()
