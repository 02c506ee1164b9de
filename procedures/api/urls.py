"""Addresses of the open catalogue, below /api/v1/."""

from django.urls import path

from procedures.api import views
from procedures.api.form_schema import FormSchemaView

urlpatterns = [
    path("procedures/", views.ProcedureListView.as_view(), name="procedures"),
    path("procedures/changes/", views.ChangeListView.as_view(), name="procedure-changes"),
    path("procedures/<str:code>/", views.ProcedureView.as_view(), name="procedure"),
    path("procedures/<str:code>/form-schema/", FormSchemaView.as_view(), name="procedure-form-schema"),
]
