"""A numbered row for every change of a procedure, written at commit by the database itself.

A trigger, because the catalogue is written through several doors (packs, import, builder, closing), some of them in bulk;
deferred, because numbers must appear in their own order: the lock is taken when everything else is done, so that it can
neither wait for a row nor let a later number overtake. A later migration that updates procedures and alters their table
does the two in two transactions.
"""

from django.db import migrations, models

CREATE = """
-- the key of the advisory lock is procedures.changes.LOCK
CREATE FUNCTION procedures_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text := 'changed';
BEGIN
    IF TG_OP = 'INSERT' THEN
        what := CASE WHEN NEW.is_open THEN 'published' ELSE 'closed' END;
    ELSIF NEW.is_open IS DISTINCT FROM OLD.is_open THEN
        what := CASE WHEN NEW.is_open THEN 'reopened' ELSE 'closed' END;
    ELSIF NEW.current_id IS DISTINCT FROM OLD.current_id THEN
        what := 'published';
    END IF;
    PERFORM pg_advisory_xact_lock(7310001);
    INSERT INTO procedures_cataloguechange (procedure_code, kind, changed_at)
    VALUES (NEW.code, what, clock_timestamp());
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER procedure_inserted AFTER INSERT ON procedures_procedure
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.current_id IS NOT NULL OR NOT NEW.is_open)
EXECUTE FUNCTION procedures_note_change();

CREATE CONSTRAINT TRIGGER procedure_updated AFTER UPDATE ON procedures_procedure
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (
    (OLD.current_id, OLD.is_open, OLD.closed_reason, OLD.replaced_by_id, OLD.field_id)
    IS DISTINCT FROM (NEW.current_id, NEW.is_open, NEW.closed_reason, NEW.replaced_by_id, NEW.field_id)
)
EXECUTE FUNCTION procedures_note_change();

INSERT INTO procedures_cataloguechange (procedure_code, kind, changed_at)
SELECT procedure.code, CASE WHEN procedure.is_open THEN 'published' ELSE 'closed' END, version.created_at
FROM procedures_procedure AS procedure JOIN procedures_procedureversion AS version ON version.id = procedure.current_id
ORDER BY version.created_at, procedure.code;
"""
DROP = """
DROP TRIGGER procedure_updated ON procedures_procedure;
DROP TRIGGER procedure_inserted ON procedures_procedure;
DROP FUNCTION procedures_note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0006_questions")]

    operations = [
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("procedure_code", models.CharField(db_index=True, max_length=20, verbose_name="mã thủ tục")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("published", "Công bố"),
                            ("closed", "Ngừng nhận"),
                            ("reopened", "Nhận trở lại"),
                            ("changed", "Sửa thông tin chung"),
                            ("policy", "Chính sách địa phương"),
                        ],
                        max_length=10,
                        verbose_name="thay đổi",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="lúc")),
            ],
            options={
                "verbose_name": "thay đổi của danh mục",
                "verbose_name_plural": "thay đổi của danh mục",
                "ordering": ["id"],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
