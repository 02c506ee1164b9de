"""Addresses of the dossier API, below /api/v1/."""

from django.urls import path

from dossiers.api import views, views_batch, views_events

urlpatterns = [
    path("dossiers/", views.DossierListView.as_view(), name="dossiers"),
    path("dossiers/events/", views_batch.EventBatchView.as_view(), name="event-batch"),
    path("dossiers/<str:code>/", views.DossierView.as_view(), name="dossier"),
    path("dossiers/<str:code>/events/", views_events.EventListView.as_view(), name="dossier-events"),
    path("dossiers/<str:code>/files/<int:file_id>/", views.DossierFileView.as_view(), name="dossier-file"),
]
