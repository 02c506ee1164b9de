"""Addresses of the store and of the verification page."""

from django.urls import path, re_path

from datastore import views, views_accesses, views_files, views_fitting, views_verification

app_name = "datastore"
urlpatterns = [
    path("kho-du-lieu/", views.document_list, name="list"),
    path("kho-du-lieu/them/", views.upload, name="upload"),
    path("kho-du-lieu/ai-da-xem/", views_accesses.access_log, name="access_log"),
    path("kho-du-lieu/ai-da-xem/bang-chung.json", views_accesses.proof, name="access_proof"),
    path("kho-du-lieu/giay-to-cho/<str:code>/", views_fitting.papers_for, name="papers_for"),
    path("kho-du-lieu/<int:pk>/", views.detail, name="detail"),
    path("kho-du-lieu/<int:pk>/xoa/", views.delete, name="delete"),
    path("kho-du-lieu/<int:pk>/tep/", views_files.first_file, name="download"),
    path("kho-du-lieu/tep/<int:file_id>/", views_files.file, name="file"),
    path("xm/", views_verification.page, name="verify_page"),
    path("xm/tep/", views_verification.check_file, name="verify_file"),
    re_path(r"^xm/(?P<public_id>[A-Za-z2-7]{16})$", views_verification.status, name="verify"),
]
