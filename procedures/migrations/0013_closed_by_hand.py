"""A procedure that an official closed stays closed when the national catalogue is imported again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0012_draft_confirmation")]

    operations = [
        migrations.AddField(
            "procedure",
            "is_closed_by_hand",
            models.BooleanField(db_default=False, default=False, verbose_name="do cán bộ ngừng"),
        ),
    ]
