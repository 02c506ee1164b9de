"""The population database over HTTP: one POST for a birth, answered by the number."""

from datetime import date

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dossiers.population.base import Newborn
from portal.core.errors import UpstreamError
from portal.core.identifiers import IdentifierError, clean_personal_id
from portal.exchange import transport

NOT_GIVEN = _("Cơ sở dữ liệu dân cư chưa cấp số định danh (mã trả lời %(status)s).")
NOT_FITTING = _("Cơ sở dữ liệu dân cư trả về số định danh không khớp với ngày sinh, giới tính đã đăng ký.")
DIGIT_OF_CENTURY = {19: 0, 20: 2, 21: 4}
"""The fourth figure: even for a man, one more for a woman (DOMAIN §4.3)."""


class HttpRegister:
    """The register at settings.POPULATION_URL."""

    def assign(self, newborn: Newborn) -> str:
        """Ask for the number of a birth; numbers never stand in addresses or logs."""
        answer = transport.post_json(
            settings.POPULATION_URL,
            {
                "reference": newborn.reference,
                "full_name": newborn.full_name,
                "date_of_birth": newborn.date_of_birth.isoformat(),
                "gender": "male" if newborn.is_male else "female",
                "province_code": newborn.province_code,
            },
            headers={"Authorization": f"Bearer {settings.POPULATION_SECRET}"},
            is_ours=True,
        )
        if answer.status_code not in {httpx.codes.OK, httpx.codes.CREATED}:
            raise UpstreamError(NOT_GIVEN % {"status": answer.status_code})
        try:
            number = clean_personal_id(str(answer.json()["personal_id"]))
        except (ValueError, KeyError, TypeError, IdentifierError):
            raise UpstreamError(NOT_FITTING) from None
        if not fits(number, newborn.date_of_birth, is_male=newborn.is_male):
            raise UpstreamError(NOT_FITTING)
        return number


def fits(number: str, born: date, *, is_male: bool) -> bool:
    """Whether a number can be that of who was born on this day: century and sex, then the year."""
    century = DIGIT_OF_CENTURY.get(born.year // 100)
    return century is not None and number[3:6] == f"{century if is_male else century + 1}{born.year % 100:02d}"
