"""From which queue a long job is gathered, and how far."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0001_bulk_jobs")]

    operations = [
        migrations.AddField(
            model_name="bulkjob",
            name="source",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
