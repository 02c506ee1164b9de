"""Indexes of what every push writes, which a unique constraint covers."""

import django.db.models.deletion
from django.db import migrations, models

from portal.core.migrating import without_index

COVERED = [
    ("exchange_inboundrequest", "exchange_inboundrequest_client_id_c472012b", "client_id"),
    ("exchange_inboxmessage", "exchange_inboxmessage_client_id_b0376b7a", "client_id"),
    ("exchange_inboxmessage", "exchange_inboxmessage_subject_39e056ff_like", "subject"),
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("agencies", "0007_desks_in_english"),
        ("exchange", "0008_asked_systems_may_report"),
    ]

    operations = [
        *(without_index(table, index, column) for table, index, column in COVERED),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="inboundrequest",
                    name="client",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="agencies.apiclient",
                    ),
                ),
                migrations.AlterField(
                    model_name="inboxmessage",
                    name="client",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbox",
                        to="agencies.apiclient",
                        verbose_name="hệ thống",
                    ),
                ),
            ]
        ),
    ]
