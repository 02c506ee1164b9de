"""The index of finished dossiers, newest first, built while the portal is used."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

from portal.core.migrating import index_beside_writes

ENDED = models.Index(
    models.F("agency"),
    Coalesce("finished_at", "submitted_at"),
    models.F("id"),
    name="dossier_ended",
    condition=models.Q(("state__in", ["decided", "refused", "returned", "stopped"])),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0030_letter_texts")]

    operations = index_beside_writes("dossier", ENDED)
