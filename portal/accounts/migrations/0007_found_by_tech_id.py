"""People by the TechID of their account: older systems of agencies name the owner of a dossier by it alone."""

from django.db import migrations, models
from django.db.models import Q

from portal.core.migrating import index_beside_writes


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0006_members_of_organisations")]

    operations = index_beside_writes(
        "citizenprofile",
        models.Index(condition=~Q(technical_id=""), fields=["technical_id"], name="citizen_by_tech_id"),
    )
