from django.urls import path

from portal.sandbox.common import views

urlpatterns = [path("healthz", views.healthz), path("_sandbox/mode", views.mode)]
