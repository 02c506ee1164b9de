"""Addresses of the pages that belong to no app."""

from django.urls import path

from portal.site import views, views_ways_in

app_name = "site"

urlpatterns = [
    path("", views.home, name="home"),
    path("viec-trong-doi/<slug:slug>/", views_ways_in.life_event, name="life_event"),
    path("danh-cho/<slug:slug>/", views_ways_in.audience, name="audience"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("tro-giup/", views.help_page, name="help"),
    path("tro-giup/tro-nang/", views.accessibility, name="accessibility"),
    path("tro-giup/du-lieu-ca-nhan/", views.privacy, name="privacy"),
    path("tro-giup/hien-thi/", views.display, name="display"),
]
