"""The request of a page that only signed-in people reach (LoginRequiredMiddleware sees to that)."""

from django.http import HttpRequest

from portal.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request with a real user; for types only."""

    user: User
