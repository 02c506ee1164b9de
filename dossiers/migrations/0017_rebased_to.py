"""The version that an open dossier was moved to; 0018 builds its index and checks the rows of before."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from portal.core.migrating import reference_without_index


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0016_indexes_beside_writes"), ("procedures", "0009_no_search_in_the_database")]

    operations = [
        reference_without_index(
            "dossier",
            "rebased_to",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procedures.procedureversion",
                verbose_name="áp dụng bản công bố",
            ),
        ),
        AddConstraintNotValid(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rebased_to__isnull", True),
                    models.Q(("rebased_to", models.F("procedure_version")), _negated=True),
                    _connector="OR",
                ),
                name="rebased_to_another_version",
            ),
        ),
    ]
