"""The back office's site class (trang quản trị)."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from portal.core import paths  # noqa: F401 - registers <dossier:…>
from portal.core.errors import NotAllowedError


class BackOfficeSite(AdminSite):
    """Officials' workplace; second factor is enforced by middleware."""

    site_header = _("Cổng Dịch vụ công – Quản trị")
    site_title = _("Quản trị")
    index_title = _("Bàn làm việc")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Officials and staff of the portal."""
        user = request.user
        return bool(user.is_active and user.is_authenticated and (user.is_staff or user.is_official))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, but a citizen who is signed in reads why she may not enter instead of being sent around."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise NotAllowedError(_("Trang này dành cho cán bộ, công chức."))
            return inner(request, *args, **kwargs)

        guarded.login_url = reverse_lazy("admin:login")  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
        return guarded

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Officials come in by the one door that asks for the second factor."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = reverse("admin:index")
        if request.user.is_authenticated:
            return redirect(target if self.has_permission(request) else "site:home")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The portal's own way out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The portal's own page, which knows the second factor."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The desk."""
        from portal.backoffice import views

        return views.dashboard(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The desk's own pages before the generic ones; imported late: apps are not ready when the site is made."""
        from portal.backoffice.urls import PAGES

        own = [path(address, self.admin_view(view), name=name) for address, view, name in PAGES]
        return [*own, *super().get_urls()]
