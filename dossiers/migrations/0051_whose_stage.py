"""Whose the stage is that a dossier is in, for the queue of who does it; the next migration fills it in."""

from django.db import migrations, models
from django.db.models import Q


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
        migrations.AddIndex(
            model_name="dossierstage",
            index=models.Index(fields=["dossier", "role"], name="stage_of_role", condition=~Q(name="")),
        ),
    ]
