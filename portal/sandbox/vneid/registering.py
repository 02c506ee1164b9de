"""The population database of the invented country: a newborn gets a number, once for each registration."""

from datetime import date

from django.db import IntegrityError, transaction

from portal.sandbox.common import personal_numbers
from portal.sandbox.vneid.models import Account, Registration

TRIES = 20


def assign(*, reference: str, full_name: str, born: date, gender: str, province_code: str) -> tuple[str, bool]:
    """Return the number of a registration and whether it is new; the same reference always has the same number.

    Raises ValueError for facts from which no number can be made.
    """
    for _try in range(TRIES):
        known = Registration.objects.filter(reference=reference).first()
        if known is not None:
            if known.full_name != full_name:  # put right before the paper was signed
                known.full_name = full_name
                known.save(update_fields=["full_name"])
            return known.number, False
        number = personal_numbers.draw(province_code=province_code, gender=gender, born=born)
        if Account.objects.filter(number=number).exists():
            continue
        try:
            with transaction.atomic():
                Registration.objects.create(
                    reference=reference, number=number, full_name=full_name, born_on=born, gender=gender
                )
        except IntegrityError:  # the number is taken, or another request was quicker
            continue
        return number, True
    raise RuntimeError("no free number found")
