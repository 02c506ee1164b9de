"""The back office's site class (trang quản trị)."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class BackOfficeSite(UnfoldAdminSite):
    """Officials' workplace; second factor is enforced by middleware."""

    site_header = _("Cổng Dịch vụ công – Quản trị")
    site_title = _("Quản trị")
    index_title = _("Bàn làm việc")

    def has_permission(self, request: HttpRequest) -> bool:
        """Officials and staff of the portal."""
        user = request.user
        return user.is_active and (user.is_staff or user.is_official)
