"""Personal identification numbers of invented newborns: place, century with sex, year, six random figures."""

import secrets
from datetime import date

CENTURIES = {19: 0, 20: 2, 21: 4}
MALE, FEMALE = "male", "female"


def draw(*, province_code: str, gender: str, born: date) -> str:
    """A number as the population database gives it; two calls give two numbers. Raises ValueError for a wrong fact.

    The three figures of the place are those of the province where the birth is registered; there is no check figure.
    """
    if gender not in {MALE, FEMALE} or born.year // 100 not in CENTURIES or not province_code.isdecimal():
        raise ValueError("place, sex and day of birth are needed")
    sex = CENTURIES[born.year // 100] + (gender == FEMALE)
    return f"{int(province_code):03d}{sex}{born.year % 100:02d}{secrets.randbelow(1_000_000):06d}"
