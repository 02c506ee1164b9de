"""What silence on a supplement request costs, and how often one may be made; as before where a pack says nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0014_sheet_drafts")]

    operations = [
        migrations.AddField(
            "procedureversion",
            "supplement_rounds",
            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="số lần được yêu cầu bổ sung"),
        ),
        migrations.AddField(
            "procedureversion",
            "closes_on_silence",
            models.BooleanField(db_default=True, default=True, verbose_name="dừng khi quá hạn bổ sung"),
        ),
    ]
