"""Addresses of the bare views."""

from django.urls import path

from tests.bench import bare

urlpatterns = [path("page/", bare.page), path("insert/", bare.insert), path("query/", bare.query)]
