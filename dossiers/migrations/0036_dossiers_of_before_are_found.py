"""Rows for what was filed before, and then the index by name, built while the portal is used.

What the previous release writes meanwhile is caught up by `manage.py catch_up_with_events` (docs/deployment.md).
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from portal.core.migrating import in_batches, index_beside_writes

FILL = r"""
INSERT INTO dossiers_searchrow (dossier_id, agency_id, names, folded, phone)
SELECT id, agency_id, words,
       left(normalize(replace(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd'), NFC), 300),
       phone
FROM (
    SELECT dossier.id, dossier.agency_id,
           regexp_replace(
               regexp_replace(dossier.applicant_phone, '[\s.()-]+', '', 'g'), '^(\+|00)?84(?=[0-9]{9,10}$)', '0'
           ) AS phone,
           rtrim(regexp_replace(lower(normalize(
               left(concat_ws(' ', '', nullif(dossier.applicant_name, ''), organisation.name, named.names), 300)
           )), '[^[:alnum:]]+', ' ', 'g')) AS words
    FROM dossiers_dossier AS dossier
    LEFT JOIN accounts_organisation AS organisation ON organisation.id = dossier.organisation_id
    CROSS JOIN LATERAL (
        SELECT string_agg(value #>> '{}', ' ') AS names FROM jsonb_each(dossier.answers)
        WHERE jsonb_typeof(value) = 'string' AND value #>> '{}' <> dossier.applicant_name
          AND key ~ '(full_name|person_name|business_name|organisation_name)$'
    ) AS named
    WHERE dossier.id >= %(low)s AND dossier.id < %(high)s AND dossier.state <> 'draft'
) AS told
ON CONFLICT DO NOTHING
"""
BY_NAME = GinIndex(
    fields=["agency", "folded"],
    name="search_row_by_name",
    opclasses=["int8_ops", "gin_trgm_ops"],
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0035_what_dossiers_are_found_by")]

    operations = [in_batches(FILL, "dossiers_dossier"), *index_beside_writes("searchrow", BY_NAME)]
