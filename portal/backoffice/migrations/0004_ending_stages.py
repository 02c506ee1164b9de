"""Ending a stage of many dossiers: a choice more, no change of the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backoffice", "0003_saved_filters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bulkjob",
            name="kind",
            field=models.CharField(
                choices=[
                    ("accept", "Tiếp nhận"),
                    ("assign", "Phân công"),
                    ("forward", "Chuyển đúng thẩm quyền"),
                    ("end_stage", "Xong bước"),
                    ("approve", "Duyệt và ký"),
                ],
                max_length=10,
                verbose_name="việc",
            ),
        ),
    ]
