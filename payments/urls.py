"""Addresses of the payment pages."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("", views.my_payments, name="list"),
    path("ket-qua/<slug:gateway>/", views.result, name="return"),
    path("chung-tu/<slug:gateway>/<slug:reference>/", views.voucher, name="voucher"),
    path("<str:dossier_code>/", views.start, name="start"),
]
