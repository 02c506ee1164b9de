"""The signed end of the log of who looked: one row, which goes on and never back (PostgreSQL 15 and later)."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION datastore_keep_access_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.position >= OLD.position THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log of who looked is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER access_end_goes_on BEFORE UPDATE OR DELETE ON datastore_accessend
    FOR EACH ROW EXECUTE FUNCTION datastore_keep_access_end();
"""

UNGUARD = """
DROP TRIGGER access_end_goes_on ON datastore_accessend;
DROP FUNCTION datastore_keep_access_end();
"""


class Migration(migrations.Migration):
    dependencies = [("datastore", "0033_came_by_a_representation")]

    operations = [
        migrations.CreateModel(
            name="AccessEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.BigIntegerField()),
                ("chain_sha256", models.CharField(max_length=64)),
                ("statement", models.JSONField()),
                ("signature", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "điểm cuối nhật ký truy cập",
                "verbose_name_plural": "điểm cuối nhật ký truy cập",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="access_log_has_one_end")],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
