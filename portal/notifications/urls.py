"""Addresses of the inbox and the demo mailbox."""

from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("hop-thu/", views.inbox, name="inbox"),
    path("hop-thu/cach-nhan/", views.preferences, name="preferences"),
    path("hop-thu/da-doc/", views.read_all, name="read_all"),
    path("hop-thu/<int:pk>/mo/", views.open_message, name="open"),
    path("hop-thu-thu-nghiem/", views.demo_mailbox, name="demo_mailbox"),
]
