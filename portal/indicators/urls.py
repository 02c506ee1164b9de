"""Addresses of the public figures."""

from django.urls import path

from portal.indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.public, name="public"),
    path("ho-so/", views.dossier_rows, name="rows"),
    path("so-lieu.csv", views.figures_csv, name="figures_csv"),
    path("ho-so.csv", views.rows_csv, name="rows_csv"),
]
