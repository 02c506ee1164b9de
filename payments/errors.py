"""Errors of paying, in words that help."""

from django.utils.translation import gettext_lazy as _

from portal.core.errors import ConflictError, UpstreamError


class NothingOwedError(ConflictError):
    """The dossier owes nothing now."""

    code = "payment.nothing_owed"
    message = _("Hồ sơ này hiện không có khoản nào phải nộp.")


class GatewayUnavailableError(UpstreamError):
    """The gateway did not open its payment page; no money moved."""

    code = "payment.gateway_unavailable"
    message = _(
        "Cổng thanh toán chưa mở được trang thanh toán. Tiền của bạn chưa bị trừ. Hãy thử lại, hoặc chọn cổng khác."
    )
