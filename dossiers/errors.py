"""Errors of filing and handling, in words that help."""

from django.utils.translation import gettext_lazy as _

from portal.core.errors import InvalidInputError, NotAllowedError, PortalError


class ProcedureClosedError(PortalError):
    """The procedure takes no filings now."""

    code = "procedure.closed"
    status = 409
    message = _("Thủ tục này hiện không nhận hồ sơ trực tuyến.")


class IdentityLevelError(NotAllowedError):
    """Filing needs an identity account of level 2 – NĐ 69/2024/NĐ-CP, QĐ 29/2026/QĐ-TTg."""

    code = "identity.level_too_low"
    message = _("Nộp hồ sơ cần tài khoản định danh mức 2. Hãy nâng mức tài khoản VNeID tại cơ quan Công an.")


class IncompleteFilingError(InvalidInputError):
    """The filing misses answers or papers; `fields` names each."""

    code = "dossier.incomplete"
    message = _("Hồ sơ còn thiếu hoặc sai thông tin. Hãy sửa các mục được nêu.")
