"""Addresses of the catalogue (thủ tục hành chính)."""

from django.urls import path

from procedures import views_lists, views_search, views_sheet, views_versions

app_name = "procedures"

urlpatterns = [
    path("", views_search.search_page, name="search"),
    path("goi-y/", views_lists.suggestions, name="suggestions"),
    path("loc/<str:parameter>/", views_search.filter_page, name="filter"),
    path("don-vi-hanh-chinh/<str:province_code>/", views_lists.communes, name="communes"),
    path("co-quan/", views_lists.agencies, name="agencies"),
    path("<str:code>/", views_sheet.sheet, name="detail"),
    path("<str:code>/noi/", views_sheet.choose_place, name="place"),
    path("<str:code>/ban-cong-bo/", views_versions.versions, name="versions"),
    path("<str:code>/ban-cong-bo/<int:older>-<int:newer>/", views_versions.compare, name="compare"),
]
