"""The worker's door to the API: tidying up."""

from datetime import timedelta

from allauth.idp.oidc.models import Token
from celery import shared_task
from django.utils import timezone

from portal.api.wire import sessions
from portal.core.sweeping import in_turn
from portal.exchange import request_keys
from portal.exchange.models import InboundRequest

ANSWERS_KEPT = timedelta(days=30)


@shared_task(name="api.tidy")
def tidy() -> None:
    """Delete what nobody can use any more: ended sessions and tokens, answers too old to be asked for again."""
    in_turn("api.tidy", sessions.forget_expired, request_keys.forget_spent, _forget_tokens, _forget_answers)


def _forget_tokens() -> None:
    Token.objects.expired().filter(client__isnull=False).delete()


def _forget_answers() -> None:
    InboundRequest.objects.filter(received_at__lt=timezone.now() - ANSWERS_KEPT).delete()
