import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import portal.core.encryption


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_one_system_per_folder")]

    operations = [
        migrations.CreateModel(
            name="RequestKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_id", models.CharField(max_length=40, unique=True, verbose_name="mã khóa")),
                ("secret", portal.core.encryption.EncryptedTextField(verbose_name="khóa ký yêu cầu")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None, verbose_name="phạm vi"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="hết hiệu lực lúc")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="request_keys",
                        to="agencies.apiclient",
                        verbose_name="hệ thống",
                    ),
                ),
            ],
            options={"verbose_name": "khóa ký yêu cầu", "verbose_name_plural": "khóa ký yêu cầu"},
        ),
        migrations.CreateModel(
            name="SpentNonce",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name": "nonce đã dùng", "verbose_name_plural": "nonce đã dùng"},
        ),
    ]
