import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from portal.core.migrating import reference_without_index


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_who_takes_cash"),
        ("dossiers", "0012_reconciliation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CounterVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("card_was_scanned", models.BooleanField(default=False, verbose_name="đã quét mã QR trên thẻ")),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lúc")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counter_visits",
                        to="agencies.agency",
                        verbose_name="cơ quan tiếp",
                    ),
                ),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counter_visits",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người đến",
                    ),
                ),
                (
                    "official",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cán bộ tiếp",
                    ),
                ),
            ],
            options={
                "verbose_name": "lượt tiếp tại quầy",
                "verbose_name_plural": "lượt tiếp tại quầy",
                "indexes": [models.Index(fields=["agency", "-opened_at"], name="visit_of_agency")],
            },
        ),
        reference_without_index(
            "dossier",
            "counter_visit",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="dossiers.countervisit",
                verbose_name="lượt tiếp tại quầy",
            ),
        ),
    ]
