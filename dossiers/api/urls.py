"""Addresses of the dossier API, below /api/v1/."""

from django.urls import path

from dossiers.api import views, views_batch, views_documents, views_events, views_journal, views_uploads
from portal.core import paths  # noqa: F401 - registers <dossier:…>

urlpatterns = [
    # the most called first: Django tries them in this order
    path("dossiers/<dossier:code>/events/", views_events.EventListView.as_view(), name="dossier-events"),
    path("events/", views_journal.JournalView.as_view(), name="journal"),
    path("dossiers/", views.DossierListView.as_view(), name="dossiers"),
    path("dossiers/events/", views_batch.EventBatchView.as_view(), name="event-batch"),
    path("dossiers/<dossier:code>/", views.DossierView.as_view(), name="dossier"),
    path("dossiers/<dossier:code>/files/<int:file_id>/", views.DossierFileView.as_view(), name="dossier-file"),
    path("uploads/", views_uploads.UploadListView.as_view(), name="uploads"),
    path("uploads/<str:public_id>/", views_uploads.UploadView.as_view(), name="upload"),
    path("documents/", views_documents.DocumentListView.as_view(), name="documents"),
    path("documents/<int:pk>/", views_documents.DocumentView.as_view(), name="document"),
    path("documents/<int:pk>/files/<int:file_id>/", views_documents.DocumentBytesView.as_view(), name="document-file"),
]
