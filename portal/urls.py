"""Addresses of the whole portal: Vietnamese without prefix, English under /en/; machines have no language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal.site import views

handler500 = "portal.site.views_errors.server_error"

# the most used first: Django tries them in this order
urlpatterns: list[URLPattern | URLResolver] = i18n_patterns(
    path("thu-tuc/", include("procedures.urls")),
    path("", include("dossiers.urls")),
    prefix_default_language=False,
)

urlpatterns += [
    path("", include("portal.api.urls")),
    path("", include("allauth.idp.urls")),
    path("thanh-toan/", include("payments.urls_gateways")),
    path("", include("datastore.urls_verification")),
    path("", include("portal.site.urls_machines")),
    path("quan-tri/", admin.site.urls),
    path("en/quan-tri/", views.back_office_in_english),
    path("en/quan-tri/<path:rest>", views.back_office_in_english),
]

urlpatterns += i18n_patterns(
    path("", include("portal.site.urls")),
    path("tai-khoan/", include("portal.accounts.urls")),  # before allauth: the way back from VNeID is ours
    path("tai-khoan/", include("allauth.urls")),
    path("thanh-toan/", include("payments.urls")),
    path("", include("datastore.urls")),
    path("", include("portal.notifications.urls")),
    path("cong-khai/", include("portal.indicators.urls")),
    path("", include("portal.feedback.urls")),
    prefix_default_language=False,
)
