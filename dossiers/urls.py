"""Addresses of filing, my dossiers and tracking."""

from django.urls import path

from dossiers import (
    views,
    views_assistance,
    views_bundles,
    views_discard,
    views_drafts,
    views_filing,
    views_held,
    views_messages,
    views_rebase,
    views_representation,
    views_start,
    views_supplement,
)
from portal.core import paths  # noqa: F401 - registers <dossier:…>

app_name = "dossiers"

urlpatterns = [
    path("nop-ho-so/<str:code>/", views_start.start, name="start"),
    path("nop-ho-so/<str:code>/<uuid:public_id>/xoa/", views_discard.discard, name="filing_discard"),
    path("nop-ho-so/<str:code>/<uuid:public_id>/ban-moi/", views_rebase.rebase, name="filing_rebase"),
    path("nop-ho-so/<str:code>/<uuid:public_id>/da-co/", views_held.in_draft, name="held_in_draft"),
    path("nop-ho-so/<str:code>/<uuid:public_id>/<slug:key>/", views_filing.step, name="filing_step"),
    path("ho-so/", views.dossier_list, name="list"),
    path("ho-so/<dossier:code>/", views.detail, name="detail"),
    path("ho-so/<dossier:code>/da-nop/", views_filing.submitted, name="submitted"),
    path("ho-so/<dossier:code>/ban-du-thao/", views_drafts.draft, name="draft"),
    path("ho-so/<dossier:code>/ban-du-thao.pdf", views_drafts.draft_paper, name="draft_paper"),
    path("ho-so/<dossier:code>/bo-sung/", views_supplement.supplement, name="supplement"),
    path("ho-so/<dossier:code>/da-co/", views_held.in_supplement, name="held_in_supplement"),
    path("ho-so/<dossier:code>/trao-doi/", views_messages.thread, name="messages"),
    path("ho-so/<dossier:code>/rut/", views.withdraw, name="withdraw"),
    path("lien-thong/<uuid:public_id>/", views_bundles.detail, name="bundle"),
    path("tra-cuu/", views.track, name="track"),
    path("dai-dien/", views_representation.overview, name="representation"),
    path("dai-dien/con/", views_representation.add_child, name="representation_child"),
    path("dai-dien/uy-quyen/", views_representation.give, name="mandate_give"),
    path("dai-dien/nhan/", views_representation.claim, name="mandate_claim"),
    path("dai-dien/<uuid:public_id>/thoi/", views_representation.end, name="representation_end"),
    path("giup-nop-ho-so/", views_assistance.overview, name="assistance"),
    path("giup-nop-ho-so/trao/", views_assistance.give, name="assistance_give"),
    path("giup-nop-ho-so/nhan/", views_assistance.claim, name="assistance_claim"),
    path("giup-nop-ho-so/<uuid:public_id>/", views_assistance.file_for, name="assistance_file"),
    path("giup-nop-ho-so/<uuid:public_id>/thoi/", views_assistance.end, name="assistance_end"),
]
