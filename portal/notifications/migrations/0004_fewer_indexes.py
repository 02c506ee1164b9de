"""Indexes of messages that others cover."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.core.migrating import without_index

COVERED = [
    ("notifications_message", "notifications_message_recipient_id_f5c7dd5a", "recipient_id"),
    ("notifications_message", "notifications_message_reference_1c628942_like", "reference"),
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("notifications", "0003_texts_and_digests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(without_index(table, index, column) for table, index, column in COVERED),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="message",
                    name="recipient",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ]
        ),
    ]
