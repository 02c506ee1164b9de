"""A life event tells what to do first and in which order; the two entrances lead to it."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0004_fee_rules_of_the_whole_country")]

    operations = [
        migrations.AddField(
            model_name="lifeevent",
            name="audience",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="dành cho",
            ),
        ),
        migrations.AddField(
            model_name="lifeevent",
            name="first",
            field=models.CharField(blank=True, db_default="", max_length=300, verbose_name="làm gì trước"),
        ),
        migrations.AddField(
            model_name="lifeevent",
            name="first_en",
            field=models.CharField(blank=True, db_default="", max_length=300, verbose_name="làm gì trước (tiếng Anh)"),
        ),
        migrations.AddField(
            model_name="lifeevent",
            name="steps",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="các bước"),
        ),
    ]
