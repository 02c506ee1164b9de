"""A published charge is due or paid once in a dossier; the index is built while the portal is used."""

from django.db import migrations, models

from portal.core.migrating import unique_beside_writes

ONCE = models.UniqueConstraint(
    fields=["dossier", "charge"],
    condition=~models.Q(charge="") & models.Q(state__in=["due", "paid"]),
    name="one_request_per_charge",
)
BUILD = """ON "dossiers_financialobligation" ("dossier_id", "charge")
    WHERE "charge" <> '' AND "state" IN ('due', 'paid')"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0032_which_charge")]

    operations = unique_beside_writes("financialobligation", ONCE, BUILD)
