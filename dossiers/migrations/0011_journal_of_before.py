"""Events of before the journal get the system whose journal tells of them: the one their dossier is with today.

Reversing leaves the column as it is; 0010 drops it. Events that the previous release writes meanwhile are brought in
by `manage.py catch_up_with_events` (docs/deployment.md).
"""

from django.db import migrations

from portal.core.migrating import in_batches

FILL = """
    UPDATE dossiers_dossierevent AS event
    SET partner_id = COALESCE(dossier.handled_by_id, dossier.source_id)
    FROM dossiers_dossier AS dossier
    WHERE dossier.id = event.dossier_id AND event.partner_id IS NULL
      AND dossier.id >= %(low)s AND dossier.id < %(high)s
      AND COALESCE(dossier.handled_by_id, dossier.source_id) IS NOT NULL
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0010_journal")]

    operations = [in_batches(FILL, "dossiers_dossier")]
