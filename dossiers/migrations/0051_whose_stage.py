"""Whose the stage is that a dossier is in, for the queue of who does it; few rows, each knows its stages."""

from django.db import migrations, models
from django.db.models import Q

FILL = """
UPDATE dossiers_dossierstage SET role = COALESCE(stages -> position::int ->> 'role', '')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0050_signed_for_another"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossierstage",
            name="role",
            field=models.CharField(blank=True, db_default="", default="", max_length=15, verbose_name="người làm bước"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="dossierstage",
            index=models.Index(fields=["dossier", "role"], name="stage_of_role", condition=~Q(name="")),
        ),
    ]
