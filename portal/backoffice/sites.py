"""The back office's site class (trang quản trị)."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from portal.accounts import interrupted
from portal.core import paths  # noqa: F401 - registers <dossier:…>
from portal.core.errors import NotAllowedError

BACK_TO = "back_to"
"""On a view: where who was signed out comes out after signing in again."""

View = Callable[..., HttpResponse]


def keeps_words(back_to: Callable[..., str]) -> Callable[[View], View]:
    """Mark a page whose words outlive the session of an official (portal.accounts.interrupted).

    `back_to` is given what the view is given and says where she comes out after signing in again.
    """

    def marked(view: View) -> View:
        setattr(view, BACK_TO, back_to)
        return view

    return marked


def same_page(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """The page of the form itself."""
    return request.get_full_path()


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
        back_to = getattr(view, BACK_TO, None)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if back_to is not None and not request.user.is_authenticated:
                interrupted.keep(request)
                return redirect_to_login(back_to(request, *args, **kwargs), reverse("admin:login"))
            if request.user.is_authenticated and not self.has_permission(request):
                raise NotAllowedError(_("Trang này dành cho cán bộ, công chức."))
            return inner(request, *args, **kwargs)

        if back_to is not None:
            guarded.login_required = False  # type: ignore[attr-defined]  # LoginRequiredMiddleware would drop the words
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
