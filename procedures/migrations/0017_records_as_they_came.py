"""The JSON of a national record to the letter, where cleaning it changed something."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0016_record_changes")]

    operations = [
        migrations.AddField(
            "nationalrecord",
            "as_came",
            models.TextField(blank=True, null=True, verbose_name="bản ghi như lúc đến"),
        ),
    ]
