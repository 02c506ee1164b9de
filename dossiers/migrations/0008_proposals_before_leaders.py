"""Fill proposed_at from the events: proposals that lie before a leader now. Reversing drops nothing: 0007 does."""

from django.db import migrations

FILL = """
UPDATE dossiers_dossier AS dossier SET proposed_at = proposal.occurred_at
FROM (
    SELECT DISTINCT ON (dossier_id) dossier_id, occurred_at, sequence FROM dossiers_dossierevent
    WHERE name = 'dossier.proposed' ORDER BY dossier_id, sequence DESC
) AS proposal
WHERE proposal.dossier_id = dossier.id AND dossier.state = 'processing' AND NOT EXISTS (
    SELECT FROM dossiers_dossierevent AS later
    WHERE later.dossier_id = dossier.id AND later.sequence > proposal.sequence AND later.name IN (
        'dossier.processing_started', 'dossier.sent_back', 'dossier.consultation_requested',
        'dossier.supplement_requested', 'dossier.payment_required'
    )
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0007_desk_index"),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
