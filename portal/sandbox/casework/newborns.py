"""The number that a birth's result carries: an agency's own system gets it from the population database, too."""

from datetime import date

from portal.sandbox.casework.models import Case
from portal.sandbox.common import personal_numbers

BIRTHS = frozenset({"1.001193", "1.000689"})
LABEL = "Số định danh cá nhân"
PROVINCE = "48"
"""Đà Nẵng, whose one-stop system the sandbox plays."""
GENDERS = {"1": personal_numbers.MALE, "2": personal_numbers.FEMALE}


def fields_of(case: Case) -> dict[str, str]:
    """What the result says beyond the declaration: of a birth, the child's number; else nothing."""
    answers = case.answers if isinstance(case.answers, dict) else {}
    if case.procedure_code not in BIRTHS:
        return {}
    try:
        number = personal_numbers.draw(
            province_code=PROVINCE,
            gender=GENDERS.get(str(answers.get("child_gender")), ""),
            born=date.fromisoformat(str(answers.get("child_date_of_birth"))),
        )
    except ValueError:  # declared otherwise than we know it: the registrar would ask
        return {}
    return {LABEL: number}
