"""What stands below /api/v1/: each app's own API."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("dossiers.api.urls")),
    path("api/v1/", include("procedures.api.urls")),
]
