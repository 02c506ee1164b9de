"""How large, and of how many pages, a paper of a type may be that its owner uploads (giới hạn theo loại giấy tờ)."""

import django.core.validators
from django.db import migrations, models

AT_LEAST_ONE = [django.core.validators.MinValueValidator(1)]


class Migration(migrations.Migration):
    dependencies = [("datastore", "0029_replaces_earlier")]

    operations = [
        migrations.AddField(
            model_name="documenttype",
            name="most_megabytes",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, validators=AT_LEAST_ONE, verbose_name="cỡ tệp nhiều nhất (MB)"
            ),
        ),
        migrations.AddField(
            model_name="documenttype",
            name="most_pages",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, validators=AT_LEAST_ONE, verbose_name="số trang nhiều nhất"
            ),
        ),
    ]
