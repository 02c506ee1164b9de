"""Addresses that gateways call; no language, no session."""

from django.urls import path

from payments import views_gateways

app_name = "gateways"
urlpatterns = [
    path("vnpay/ipn/", views_gateways.vnpay_ipn, name="vnpay_ipn"),
    path("npp/ipn/", views_gateways.npp_ipn, name="npp_ipn"),
    path("npp/tra-ve/", views_gateways.npp_return, name="npp_return"),
]
