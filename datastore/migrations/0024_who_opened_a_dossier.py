"""Opening a dossier is a reading of its own: the list of what a reader did has one word more, the table stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datastore", "0023_about_whom")]

    operations = [
        migrations.AlterField(
            "accesslog",
            "action",
            models.CharField(
                choices=[
                    ("looked", "đã xem thông tin"),
                    ("opened", "đã mở tệp"),
                    ("dossier", "đã mở hồ sơ của bạn"),
                    ("revealed", "đã xem số định danh đầy đủ của bạn"),
                ],
                max_length=10,
                verbose_name="việc đã làm",
            ),
        ),
    ]
