"""Papers that were used again before consents were records get theirs, from what the ledger kept."""

from django.db import migrations

WRITE = """
INSERT INTO datastore_consent (owner_id, kind, purpose, scope, legal_basis, dossier_code, reuse_id, given_at)
SELECT document.owner_id, 'reuse', reuse.consent_text, document.title,
    'Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15', reuse.dossier_code, reuse.id, reuse.reused_at
FROM datastore_reuse AS reuse JOIN datastore_document AS document ON document.id = reuse.document_id
"""


class Migration(migrations.Migration):
    dependencies = [("datastore", "0006_shares_and_consents")]

    operations = [migrations.RunSQL(WRITE, migrations.RunSQL.noop)]
