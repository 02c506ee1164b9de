"""Whose the stage is of dossiers that were in one before; each row knows its stages. Safe to run again."""

from django.db import migrations

from portal.core.migrating import in_batches

FILL = """
UPDATE dossiers_dossierstage SET role = COALESCE(stages -> position::int ->> 'role', '')
WHERE dossier_id >= %(low)s AND dossier_id < %(high)s
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("dossiers", "0052_indexes_that_answer_alone"),
    ]

    operations = [
        in_batches(FILL, "dossiers_dossierstage", key="dossier_id"),
    ]
