"""The index of reports that wait for a code or a procedure, built while the portal is used."""

from django.db import migrations, models
from django.db.models import Q

from portal.core.migrating import index_beside_writes

WAITING = models.Index(
    fields=["client", "waits_for", "id"],
    name="inbox_waiting",
    condition=Q(("work_state", "dead"), Q(("waits_for", ""), _negated=True)),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("exchange", "0003_pull_source"),
    ]

    operations = index_beside_writes("inboxmessage", WAITING)
