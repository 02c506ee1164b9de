"""The constraint of 0046 over older rows, while the portal is used."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0046_counter_for_persons")]

    operations = [ValidateConstraint("countervisit", "visit_for_one_other")]
