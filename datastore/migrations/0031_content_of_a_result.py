"""What a result states, kept with its credential, so that its digest can be checked (nội dung kết quả)."""

from django.db import migrations

import portal.core.encryption


class Migration(migrations.Migration):
    dependencies = [("datastore", "0030_limits_of_a_type")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="content",
            field=portal.core.encryption.EncryptedTextField(blank=True, db_default="", default="", editable=False),
        ),
    ]
