"""Agencies whose Saturday mornings count as working time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0007_desks_in_english")]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="counts_saturday",
            field=models.BooleanField(db_default=False, default=False, verbose_name="tính sáng thứ Bảy vào thời hạn"),
        ),
    ]
