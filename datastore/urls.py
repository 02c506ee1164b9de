"""Addresses of the store and of the verification page."""

from django.urls import path, re_path

from datastore import (
    views,
    views_accesses,
    views_export,
    views_files,
    views_fitting,
    views_members,
    views_scanning,
    views_shared,
    views_sharing,
    views_uploading,
    views_verification,
    views_watermark,
)

app_name = "datastore"
urlpatterns = [
    path("kho-du-lieu/", views.document_list, name="list"),
    path("kho-du-lieu/them/", views.upload, name="upload"),
    path("kho-du-lieu/tai-len/", views_uploading.uploads, name="uploads"),
    path("kho-du-lieu/tai-len/<str:public_id>/", views_uploading.upload_piece, name="upload_piece"),
    path("kho-du-lieu/tai-ve.zip", views_export.everything, name="export"),
    path("kho-du-lieu/tep/<int:file_id>/dau-chim/", views_watermark.copy, name="watermark"),
    path("kho-du-lieu/ai-da-xem/", views_accesses.access_log, name="access_log"),
    path("kho-du-lieu/ai-da-xem/bang-chung.json", views_accesses.proof, name="access_proof"),
    path("kho-du-lieu/giay-to-cho/<str:code>/", views_fitting.papers_for, name="papers_for"),
    path("kho-du-lieu/<int:pk>/", views.detail, name="detail"),
    path("kho-du-lieu/chia-se/", views_sharing.share_list, name="shares"),
    path("kho-du-lieu/chia-se/<int:pk>/dong/", views_sharing.close, name="share_close"),
    path("kho-du-lieu/dong-y/", views_sharing.consent_list, name="consents"),
    path("kho-du-lieu/dong-y/<int:pk>/rut/", views_sharing.withdraw, name="consent_withdraw"),
    path("kho-du-lieu/<int:pk>/chia-se/", views_sharing.new, name="share_new"),
    path("kho-du-lieu/<int:pk>/chuyen-to-chuc/", views.hand_over, name="hand_over"),
    path("kho-du-lieu/<int:pk>/xoa/", views.delete, name="delete"),
    path("kho-du-lieu/<int:pk>/tep/", views_files.first_file, name="download"),
    path("kho-du-lieu/tep/<int:file_id>/", views_files.file, name="file"),
    path("to-chuc/", views_members.organisations, name="organisations"),
    path("to-chuc/<int:pk>/", views_members.members_page, name="members"),
    path("to-chuc/<int:pk>/them/", views_members.appoint, name="member_appoint"),
    path("to-chuc/<int:pk>/thanh-vien/<int:post_id>/thoi/", views_members.dismiss, name="member_dismiss"),
    path("to-chuc/<int:pk>/lich-su/<int:change_id>/chi-dinh-lai/", views_members.restore, name="member_restore"),
    path("to-chuc/<int:pk>/tu-thoi/", views_members.leave, name="member_leave"),
    path("chia-se/xem/", views_shared.shared, name="shared"),
    path("chia-se/xem/tep/<int:position>/", views_shared.shared_file, name="shared_file"),
    re_path(r"^chia-se/(?P<token>[A-Za-z0-9_-]{20,100})/$", views_shared.door, name="shared_door"),
    path("xm/", views_verification.page, name="verify_page"),
    path("xm/can-bo/", views_scanning.scan, name="verify_official"),
    path("xm/tep/", views_verification.check_file, name="verify_file"),
    re_path(r"^xm/(?P<public_id>[A-Za-z2-7]{16})$", views_verification.status, name="verify"),
]
