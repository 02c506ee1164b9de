"""A number that grows with every change of an issued result's standing: pages about results are as old as it."""

from django.db import migrations

COUNT = """
CREATE TABLE datastore_resultedition (id smallint PRIMARY KEY CHECK (id = 1), number bigint NOT NULL);
INSERT INTO datastore_resultedition VALUES (1, 1);
CREATE FUNCTION datastore_count_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- the row's lock puts editions in the order in which the changes are committed
    UPDATE datastore_resultedition SET number = number + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER result_changes_edition AFTER UPDATE ON datastore_document FOR EACH ROW
    WHEN (NEW.trust = 'A' AND (OLD.status, OLD.valid_until, OLD.replaced_by_id)
        IS DISTINCT FROM (NEW.status, NEW.valid_until, NEW.replaced_by_id))
    EXECUTE FUNCTION datastore_count_edition();
"""

UNCOUNT = """
DROP TRIGGER result_changes_edition ON datastore_document;
DROP FUNCTION datastore_count_edition();
DROP TABLE datastore_resultedition;
"""


class Migration(migrations.Migration):
    dependencies = [("datastore", "0019_organisations_hold_papers")]

    operations = [migrations.RunSQL(COUNT, UNCOUNT)]
