"""By what representation a paper came into the store of whom somebody filed for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_representations"),
        ("datastore", "0032_whose_certificate"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="representation",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.representation",
            ),
        ),
    ]
