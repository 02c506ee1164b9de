"""Signing in, and what the portal knows of the person."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.accounts import demo, vneid
from portal.accounts.models import CitizenProfile, IdentityLevel
from portal.core.masking import mask_personal_id
from portal.core.moments import vn_date


@login_not_required
@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """The way in for citizens (VNeID) and, below it, for officials."""
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = ""
    if request.user.is_authenticated:
        return redirect(target or "site:home")
    target = target or reverse("site:home")
    context = {
        "vneid_url": vneid.sign_in_url(target),
        "officials_url": f"{reverse('account_login')}?{urlencode({'next': target})}",
        "demo_codes_url": reverse("accounts:demo_codes") if settings.IS_DEVELOPMENT else "",
    }
    return render(request, "accounts/sign_in.html", context)


@login_not_required
def unused(request: HttpRequest, key: str = "") -> HttpResponse:
    """A door that the sign-in library brings and the portal keeps shut; see UNUSED in urls.py."""
    raise Http404


@never_cache
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """What VNeID told; the number masked."""
    known = CitizenProfile.objects.filter(user=request.user).first()
    if known is None:
        return render(request, "accounts/profile.html", {"rows": []})
    rows = [
        {"key": _("Họ, chữ đệm, tên"), "value": known.full_name},
        {"key": _("Số định danh cá nhân"), "value": mask_personal_id(known.personal_id)},
        {"key": _("Ngày sinh"), "value": vn_date(known.date_of_birth) if known.date_of_birth else ""},
        {"key": _("Giới tính"), "value": known.get_gender_display()},
        {"key": _("Dân tộc"), "value": known.ethnicity},
        {"key": _("Số điện thoại"), "value": known.phone},
        {"key": _("Thư điện tử"), "value": known.email},
        {"key": _("Nơi ở"), "value": known.address_line},
        {"key": _("Mức định danh"), "value": known.get_identity_level_display()},
        {"key": _("Ngôn ngữ của thông báo"), "value": request.user.get_language_display()},
    ]
    context = {
        "rows": rows,
        "confirmed_at": known.confirmed_at,
        "level_too_low": known.identity_level < IdentityLevel.TWO,
    }
    return render(request, "accounts/profile.html", context)


@login_not_required
@never_cache
@require_GET
def demo_codes(request: HttpRequest) -> HttpResponse:
    """Development only: the demo officials with the code their phone would show now."""
    if not settings.IS_DEVELOPMENT:
        raise Http404
    return render(request, "accounts/demo_codes.html", {"officials": demo.officials_with_codes()})
