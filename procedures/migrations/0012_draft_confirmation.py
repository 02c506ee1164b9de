"""How long the applicant may look at the draft of a result before it is signed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0011_least_trust")]

    operations = [
        migrations.AddField(
            "procedureversion",
            "draft_days",
            models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="hạn xác nhận bản dự thảo kết quả (ngày)"
            ),
        ),
    ]
