"""Which published charge an obligation is, so that it is known whatever it is called (mã khoản thu)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0031_ended_newest_first")]

    operations = [
        migrations.AddField(
            model_name="financialobligation",
            name="charge",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="mã khoản thu"),
        ),
    ]
