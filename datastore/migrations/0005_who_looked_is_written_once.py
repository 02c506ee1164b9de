"""The database itself refuses to change or delete what the log of who looked holds (PostgreSQL 15 and later).

Two things are let through: linking a row, once, and nothing else of it; and TRUNCATE, which empties test databases and
leaves an empty table against signed heads, so that nobody mistakes it for a log.
"""

from django.db import migrations

NAME_AGENCIES = """
UPDATE datastore_accesslog AS log SET agency_name = left(agency.name, 300)
FROM agencies_agency AS agency WHERE agency.id = log.agency_id AND log.agency_name = ''
"""

GUARD = """
CREATE FUNCTION datastore_keep_access_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_the_chain CONSTANT text[] := ARRAY['position', 'row_sha256', 'chain_sha256'];
BEGIN
    IF TG_TABLE_NAME = 'datastore_accesslog' AND TG_OP = 'UPDATE' THEN
        IF OLD.position IS NULL AND NEW.position IS NOT NULL
            AND to_jsonb(NEW) - of_the_chain = to_jsonb(OLD) - of_the_chain
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log of who looked is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE ON datastore_accesslog
    FOR EACH ROW EXECUTE FUNCTION datastore_keep_access_log();
CREATE TRIGGER access_head_is_append_only BEFORE UPDATE OR DELETE ON datastore_accesshead
    FOR EACH ROW EXECUTE FUNCTION datastore_keep_access_log();
"""

UNGUARD = """
DROP TRIGGER access_log_is_append_only ON datastore_accesslog;
DROP TRIGGER access_head_is_append_only ON datastore_accesshead;
DROP FUNCTION datastore_keep_access_log();
"""


class Migration(migrations.Migration):
    dependencies = [("datastore", "0004_who_looked_as_a_chain"), ("agencies", "0001_initial")]

    operations = [
        migrations.RunSQL(NAME_AGENCIES, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
