from django.urls import include, path

from portal.sandbox.gateway import npp_views, views

urlpatterns = [
    path("", include("portal.sandbox.common.urls")),
    path("", views.payment_list, name="payments"),
    path("paymentv2/vpcpay.html", views.vnpay_pay),
    path("thanh-toan/<str:token>/", views.pay, name="pay"),
    path("thanh-toan/<str:token>/bao-lai/", views.notify_again, name="notify"),
    path("npp/init", npp_views.init),
    path("npp/query", npp_views.query),
    path("npp/bill", npp_views.bill),
    path("npp/bien-lai/<str:token>.pdf", npp_views.receipt, name="receipt"),
]
