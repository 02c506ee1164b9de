"""What a specialist adds to the paper stands on its draft, for the leader to read (nội dung thêm trên kết quả)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0028_mandates_that_bind")]

    operations = [
        migrations.AddField(
            model_name="resultdraft",
            name="lines",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="nội dung thêm"),
        ),
    ]
