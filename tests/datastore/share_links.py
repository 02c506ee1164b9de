"""Links by which one document is shared, as a visitor opens them."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from datastore.sharing import NewShare

CLOSED = "Liên kết này không mở được"


def door(made: NewShare) -> str:
    """Where a link leads."""
    return reverse("datastore:shared_door", args=[made.token])


def enter(made: NewShare, **data: str) -> tuple[Client, HttpResponse]:
    """A visitor's browser after pressing the button."""
    browser = Client()
    return browser, browser.post(door(made), data)
