"""A mandate shown at the counter has a last day and may be for some procedures only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0027_person_numbers")]

    operations = [
        migrations.AddField(
            "countervisit",
            "mandate_until",
            models.DateField(blank=True, null=True, verbose_name="ủy quyền đến hết ngày"),
        ),
        migrations.AddField(
            "countervisit",
            "mandate_procedures",
            models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="thủ tục được ủy quyền"
            ),
        ),
    ]
