"""What a result says beyond the declaration: the numbers that an agency's own system gets from others."""

from datetime import date
from typing import Any

from portal.sandbox.casework.models import Case
from portal.sandbox.common import personal_numbers

BIRTHS = frozenset({"1.001193", "1.000689"})
HOUSEHOLD_BUSINESS = "1.001612"
PERSONAL_NUMBER = "Số định danh cá nhân"
BUSINESS_NUMBER = "Mã số hộ kinh doanh"
PROVINCE = "48"
"""Đà Nẵng, whose one-stop system the sandbox plays."""
GENDERS = {"1": personal_numbers.MALE, "2": personal_numbers.FEMALE}


def fields_of(case: Case) -> dict[str, str]:
    """Of a birth the child's number, of a household business its own, which is its owner's number; else nothing."""
    answers = case.answers if isinstance(case.answers, dict) else {}
    if case.procedure_code == HOUSEHOLD_BUSINESS and answers.get("owner_personal_id"):
        return {BUSINESS_NUMBER: str(answers["owner_personal_id"])}
    return _of_birth(answers) if case.procedure_code in BIRTHS else {}


def _of_birth(answers: dict[str, Any]) -> dict[str, str]:
    try:
        number = personal_numbers.draw(
            province_code=PROVINCE,
            gender=GENDERS.get(str(answers.get("child_gender")), ""),
            born=date.fromisoformat(str(answers.get("child_date_of_birth"))),
        )
    except ValueError:  # declared otherwise than we know it: the registrar would ask
        return {}
    return {PERSONAL_NUMBER: number}
