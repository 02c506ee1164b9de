"""A sheet's page that was saved before it was whole."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0017_records_as_they_came")]

    operations = [
        migrations.AddField(
            "sheetdraft",
            "unfinished",
            models.JSONField(blank=True, db_default={}, default=dict, verbose_name="trang đang viết dở"),
        )
    ]
