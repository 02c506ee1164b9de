"""Addresses of signing in and of the person's profile."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from portal.accounts import oidc, views

UNUSED = (
    "email/",
    "confirm-email/",
    "confirm-email/<str:key>/",
    "password/set/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/done/",
    "password/reset/key/<str:key>/",
    "login/code/confirm/",
    "signup/",
    "3rdparty/",
    "3rdparty/signup/",
    "social/connections/",
    "social/signup/",
)
"""Doors of django-allauth that the portal keeps shut: nobody registers here, no account has an e-mail of its own."""

app_name = "accounts"

urlpatterns = [
    path("oidc/vneid/login/callback/", oidc.callback, name="vneid_callback"),
    path("vao/", views.sign_in, name="sign_in"),
    path("", login_not_required(RedirectView.as_view(pattern_name="accounts:profile")), name="account"),
    path("toi/", views.profile, name="profile"),
    path("ban-dung-thu/", views.demo_codes, name="demo_codes"),
    *(path(address, views.unused) for address in UNUSED),
]
