"""Addresses of the payment pages."""

from django.urls import path

from payments import views, views_bundles
from portal.core import paths  # noqa: F401 - registers <dossier:…>

app_name = "payments"
urlpatterns = [
    path("", views.my_payments, name="list"),
    path("ket-qua/<slug:gateway>/", views.result, name="return"),
    path("chung-tu/<slug:gateway>/<slug:reference>/", views.voucher, name="voucher"),
    path("lien-thong/<uuid:public_id>/", views_bundles.start, name="bundle"),
    path("<dossier:dossier_code>/", views.start, name="start"),
    path("<dossier:dossier_code>/bien-lai/", views.receipt, name="receipt"),
]
