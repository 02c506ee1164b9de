"""Addresses of signing in and of the person's profile."""

from django.urls import path

from portal.accounts import oidc, views

app_name = "accounts"

urlpatterns = [
    path("oidc/vneid/login/callback/", oidc.callback, name="vneid_callback"),
    path("vao/", views.sign_in, name="sign_in"),
    path("toi/", views.profile, name="profile"),
    path("ban-dung-thu/", views.demo_codes, name="demo_codes"),
]
