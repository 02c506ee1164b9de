"""Addresses of verification that have no language: the one printed in the QR, and what machines and phones fetch."""

from django.urls import include, path, re_path

from datastore import views_accesses, views_verification

app_name = "verification"
urlpatterns = [
    re_path(r"^XM/(?P<public_id>[A-Za-z2-7]{16})$", views_verification.status, name="printed"),
    path(
        "xm/",
        include(
            [
                path("khoa.json", views_verification.key_set, name="keys"),
                path("thu-hoi.json", views_verification.withdrawn_list, name="withdrawn"),
                path("goc.json", views_verification.root_key, name="root"),
                path("khoa.jws", views_verification.signed_keys, name="signed_keys"),
                path("khoa.cose", views_verification.cose_keys, name="cose_keys"),
                path("thu-hoi.cose", views_verification.signed_withdrawn, name="signed_withdrawn"),
                path("nhat-ky.json", views_accesses.heads, name="access_heads"),
                path("ung-dung.webmanifest", views_verification.manifest, name="manifest"),
                path("sw.js", views_verification.service_worker, name="worker"),
            ]
        ),
    ),
]
