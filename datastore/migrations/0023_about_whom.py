"""What a paper says of the person whom it is about, encrypted."""

from django.db import migrations

import portal.core.encryption


class Migration(migrations.Migration):
    dependencies = [("datastore", "0022_uploads_of_systems")]

    operations = [
        migrations.AddField(
            "document",
            "about_facts",
            portal.core.encryption.EncryptedTextField(
                blank=True, db_default="", default="", verbose_name="người được nêu trong giấy"
            ),
        ),
    ]
