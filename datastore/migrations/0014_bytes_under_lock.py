"""Every file's own key, wrapped. Files from before stay readable; `manage.py rotate_keys` seals them. Index and old rows: 0021."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datastore", "0013_helpers_read")]

    operations = [
        migrations.AddField(
            model_name="blob",
            name="key_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(model_name="blob", name="wrapped_key", field=models.BinaryField(blank=True, null=True)),
        AddConstraintNotValid(
            model_name="blob",
            constraint=models.CheckConstraint(
                condition=models.Q(("key_id", ""), ("wrapped_key__isnull", True))
                | models.Q(models.Q(("key_id", ""), _negated=True), ("wrapped_key__isnull", False)),
                name="sealed_blob_has_its_key",
            ),
        ),
    ]
