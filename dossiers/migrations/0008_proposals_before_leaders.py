"""Fill proposed_at from the events: proposals that lie before a leader, or would again after a pause.

Reversing drops nothing: 0007 does. What the previous release writes meanwhile
is mended by `manage.py catch_up_with_events` (docs/deployment.md).
"""

from django.db import migrations

from portal.core.migrating import in_batches

FILL = """
UPDATE dossiers_dossier AS dossier SET proposed_at = last.occurred_at
FROM dossiers_dossier AS held CROSS JOIN LATERAL (
    SELECT name, occurred_at FROM dossiers_dossierevent
    WHERE dossier_id = held.id AND name IN (
        'dossier.proposed', 'dossier.processing_started', 'dossier.sent_back', 'dossier.consultation_requested',
        'dossier.supplement_requested', 'dossier.payment_required'
    ) ORDER BY sequence DESC LIMIT 1
) AS last
WHERE dossier.id = held.id AND held.id >= %(low)s AND held.id < %(high)s AND last.name = 'dossier.proposed'
  AND held.state IN ('processing', 'withdrawal_requested', 'stopped') AND dossier.proposed_at IS NULL
"""
"""A request to withdraw that is refused, and a reopened dossier, go on where they were: with the proposal."""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("dossiers", "0007_desk_index"),
    ]

    operations = [in_batches(FILL, "dossiers_dossier")]
