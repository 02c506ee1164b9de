"""What a system is asked for is bound by its scopes from now on: whoever is asked keeps reporting, results included.

Taking a result back (results:revoke) is given to nobody here: an operator gives it (manage.py add_partner --scopes).
"""

from typing import Any

from django.db import migrations

REPORTS = ("events:write", "results:write")


def give(apps: Any, _editor: Any) -> None:
    """Add the scopes to the OAuth 2 clients of systems that are asked; a token without a wish stays as small as it is."""
    asked = apps.get_model("exchange", "PullSource").objects.exclude(client__oidc_client_id="")
    ids = asked.values_list("client__oidc_client_id", flat=True)
    for client in apps.get_model("allauth_idp_oidc", "Client").objects.filter(pk__in=list(ids)):
        client.scopes = "\n".join(dict.fromkeys([*filter(None, client.scopes.split("\n")), *REPORTS]))
        client.save(update_fields=["scopes"])


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_who_may_revoke")]

    # back again nothing is taken: what was given cannot be told from what an operator gave, and binds nobody there
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
