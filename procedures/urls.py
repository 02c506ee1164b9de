"""Addresses of the catalogue (thủ tục hành chính)."""

from django.urls import path

from procedures import views, views_lists, views_search

app_name = "procedures"

urlpatterns = [
    path("", views_search.search_page, name="search"),
    path("goi-y/", views_lists.suggestions, name="suggestions"),
    path("don-vi-hanh-chinh/<str:province_code>/", views_lists.communes, name="communes"),
    path("co-quan/", views_lists.agencies, name="agencies"),
    path("<str:code>/", views.sheet, name="detail"),
]
