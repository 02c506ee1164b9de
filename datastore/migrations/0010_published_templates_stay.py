"""The database itself refuses to change a published template or its log: papers were issued by it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION datastore_keep_templates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- one function for both tables: a field is named by text, since the log has no state
    IF TG_TABLE_NAME = 'datastore_resulttemplateversion' AND to_jsonb(OLD) ->> 'state' <> 'published' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'a published result template and its log stay as they are: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER published_template_stays BEFORE UPDATE OR DELETE ON datastore_resulttemplateversion
    FOR EACH ROW EXECUTE FUNCTION datastore_keep_templates();
CREATE TRIGGER template_log_is_append_only BEFORE UPDATE OR DELETE ON datastore_resulttemplatechange
    FOR EACH ROW EXECUTE FUNCTION datastore_keep_templates();
"""

UNGUARD = """
DROP TRIGGER published_template_stays ON datastore_resulttemplateversion;
DROP TRIGGER template_log_is_append_only ON datastore_resulttemplatechange;
DROP FUNCTION datastore_keep_templates();
"""


class Migration(migrations.Migration):
    dependencies = [("datastore", "0009_result_templates")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
