"""Addresses of rating and of the page about petitions."""

from django.urls import path

from portal.core import paths  # noqa: F401 - registers <dossier:…>
from portal.feedback import views

app_name = "feedback"
urlpatterns = [
    path("ho-so/<dossier:dossier_code>/danh-gia/", views.rate, name="rate"),
    path("phan-anh/", views.petitions, name="petitions"),
]
