"""Whether a partner's record can be about the dossier that bears its code here (đối chiếu hồ sơ).

A slip in a partner's system can put one dossier's code on another's record. What can be compared is compared: two
personal identification numbers, two codes of the national catalogue. Old identity cards, tax codes and a system's own
codes for procedures say nothing either way. Pure but for the blind index that both numbers are compared by.
"""

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from dossiers.partners.wire import ReportedDossier
from portal.core.encryption import blind_index
from portal.core.errors import ConflictError

_PERSONAL_ID = re.compile(r"\d{12}", re.ASCII)
_NATIONAL_CODE = re.compile(r"\d\.\d{6}(?!\d)", re.ASCII)
"""At the beginning: some systems append places, as in 1.001193.000.00.00.H26."""


class AnotherDossierError(ConflictError):
    """The record bears the code of a dossier filed here and tells of another one; which fields is told, not what."""

    code = "dossier.another_dossier"
    message = _("Bản ghi mang mã của một hồ sơ nộp trên Cổng nhưng nói về hồ sơ khác.")


def check(dossier: Dossier, record: ReportedDossier) -> None:
    """Raise AnotherDossierError naming what differs."""
    differing = differences(dossier, record)
    if differing:
        raise AnotherDossierError(
            _("Mã hồ sơ đã có trên Cổng cho hồ sơ khác (khác %(fields)s). Chưa ghi gì; hãy kiểm tra mã hồ sơ.")
            % {"fields": ", ".join(str(name) for name in differing)}
        )


def differences(dossier: Dossier, record: ReportedDossier) -> Sequence[str | Promise]:
    """The fields in which a record and the filed dossier cannot be the same."""
    found: list[str | Promise] = []
    number = re.sub(r"[\s.-]", "", record.applicant_id)
    if _PERSONAL_ID.fullmatch(number) and dossier.applicant_id_index not in {"", blind_index(number)}:
        found.append(_("số giấy tờ chủ hồ sơ"))
    told, filed = _NATIONAL_CODE.match(record.procedure_code), _NATIONAL_CODE.match(dossier.procedure_code)
    if told and filed and told.group() != filed.group():
        found.append(_("mã thủ tục"))
    return found
