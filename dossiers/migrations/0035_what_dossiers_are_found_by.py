"""A narrow table of what dossiers are found by; its index by name comes with the rows, in the next migration."""

import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_desks_in_english"),
        ("dossiers", "0034_fewer_indexes"),
    ]

    operations = [
        # its foreign keys keep writers of dossiers waiting as long as it waits for them: it rather breaks off
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        BtreeGinExtension(),
        migrations.CreateModel(
            name="SearchRow",
            fields=[
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_row",
                        serialize=False,
                        to="dossiers.dossier",
                    ),
                ),
                ("names", models.TextField(verbose_name="tên")),
                ("folded", models.TextField(verbose_name="tên không dấu")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="số điện thoại")),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "verbose_name": "dòng tra cứu hồ sơ",
                "verbose_name_plural": "dòng tra cứu hồ sơ",
                "indexes": [
                    models.Index(
                        fields=["agency", "-dossier"], include=("names", "folded"), name="search_row_of_agency"
                    ),
                    models.Index(
                        condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="search_row_by_phone"
                    ),
                ],
            },
        ),
    ]
