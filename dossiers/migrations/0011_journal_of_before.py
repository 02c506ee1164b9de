"""Events of before the journal get the system whose journal tells of them: the one their dossier is with today.

Reversing leaves the column as it is; 0010 drops it. Events that the previous release writes meanwhile are brought in
by running the statement again (docs/deployment.md).
"""

from django.db import migrations

FILL = """
    UPDATE dossiers_dossierevent AS event
    SET partner_id = COALESCE(dossier.handled_by_id, dossier.source_id)
    FROM dossiers_dossier AS dossier
    WHERE dossier.id = event.dossier_id AND event.partner_id IS NULL
      AND COALESCE(dossier.handled_by_id, dossier.source_id) IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0010_journal")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
