"""Kinds of paper of which a new one takes the place of the earlier ones say so, with the law (giấy cấp lại)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datastore", "0028_blob_by_digest")]

    operations = [
        migrations.AddField(
            model_name="documenttype",
            name="replaces_earlier",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="giấy mới thay giấy cũ"),
        ),
    ]
