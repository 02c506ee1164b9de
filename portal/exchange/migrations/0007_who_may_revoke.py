"""Revoking and replacing results is a scope of its own: whoever could do it with events:write keeps it.

An administrator takes it from a system by setting the system up again with fewer scopes (manage.py add_partner).
"""

from typing import Any

from django.db import migrations

REPORTS, REVOKES = "events:write", "results:revoke"


def give(apps: Any, _editor: Any) -> None:
    """Add the scope to systems' OAuth 2 clients, their defaults, and keys for signed requests."""
    for client in apps.get_model("allauth_idp_oidc", "Client").objects.filter(scopes__contains=REPORTS):
        client.scopes, client.default_scopes = _with(client.scopes), _with(client.default_scopes)
        client.save(update_fields=["scopes", "default_scopes"])
    for key in apps.get_model("exchange", "RequestKey").objects.filter(scopes__contains=[REPORTS]):
        key.scopes = list(dict.fromkeys([*key.scopes, REVOKES]))
        key.save(update_fields=["scopes"])


def take(apps: Any, _editor: Any) -> None:
    """Take it back: the release before asks for events:write alone."""
    for client in apps.get_model("allauth_idp_oidc", "Client").objects.filter(scopes__contains=REVOKES):
        client.scopes, client.default_scopes = _without(client.scopes), _without(client.default_scopes)
        client.save(update_fields=["scopes", "default_scopes"])
    for key in apps.get_model("exchange", "RequestKey").objects.filter(scopes__contains=[REVOKES]):
        key.scopes = [scope for scope in key.scopes if scope != REVOKES]
        key.save(update_fields=["scopes"])


def _with(text: str) -> str:
    """Scopes are lines of text; a default without events:write stays as small as it is."""
    scopes = text.split("\n")
    return "\n".join([*scopes, REVOKES]) if REPORTS in scopes and REVOKES not in scopes else text


def _without(text: str) -> str:
    return "\n".join(scope for scope in text.split("\n") if scope != REVOKES)


class Migration(migrations.Migration):
    dependencies = [("allauth_idp_oidc", "0002_client_default_scopes"), ("exchange", "0006_request_keys")]

    operations = [migrations.RunPython(give, take)]
