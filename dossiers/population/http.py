"""The population database over HTTP: one POST for a birth, answered by the number."""

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dossiers.population.base import Newborn
from portal.core.errors import UpstreamError
from portal.core.identifiers import FEMALE, MALE, IdentifierError, clean_personal_id, personal_id_warnings
from portal.exchange import transport

AWAY = _("Cơ sở dữ liệu dân cư chưa trả lời được (mã %(status)s); Cổng tự hỏi lại.")
LOCKED_OUT = _("Cơ sở dữ liệu dân cư không nhận khóa của Cổng (mã %(status)s). Hãy báo người vận hành Cổng.")
REFUSED = _(
    "Cơ sở dữ liệu dân cư từ chối cấp số (mã %(status)s). Hãy đối chiếu họ tên, ngày sinh, giới tính với giấy tờ; "
    "chỗ nào sai thì sửa bản dự thảo, Cổng sẽ hỏi lại."
)
NOT_FITTING = _("Cơ sở dữ liệu dân cư trả về số định danh không khớp với ngày sinh, giới tính đã đăng ký.")


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
            raise UpstreamError(_meaning(answer.status_code) % {"status": answer.status_code})
        try:
            number = clean_personal_id(str(answer.json()["personal_id"]))
        except (ValueError, KeyError, TypeError, IdentifierError):
            raise UpstreamError(NOT_FITTING) from None
        gender = MALE if newborn.is_male else FEMALE
        if personal_id_warnings(number, date_of_birth=newborn.date_of_birth, gender=gender):
            raise UpstreamError(NOT_FITTING)
        return number


def _meaning(status: int) -> str:
    """What an answer without a number means, and who has to do what, in an official's words."""
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return str(LOCKED_OUT)
    is_refusal = 400 <= status < 500 and status != httpx.codes.TOO_MANY_REQUESTS
    return str(REFUSED if is_refusal else AWAY)
