"""Addresses of the public figures."""

from django.urls import path

from portal.indicators import views, views_asked_again

app_name = "indicators"
urlpatterns = [
    path("", views.public, name="public"),
    path("ho-so/", views.dossier_rows, name="rows"),
    path("hoi-lai/", views_asked_again.page, name="asked_again"),
    path("so-lieu.csv", views.figures_csv, name="figures_csv"),
    path("ho-so.csv", views.rows_csv, name="rows_csv"),
]
