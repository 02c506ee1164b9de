"""The back office's site class (trang quản trị)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
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

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Officials come in by the one door that asks for the second factor."""
        if request.user.is_authenticated and not self.has_permission(request):
            return redirect("site:home")
        return redirect(
            f"{reverse('account_login')}?{urlencode({'next': request.GET.get('next', reverse('admin:index'))})}"
        )
