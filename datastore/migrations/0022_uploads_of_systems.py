"""Uploads in pieces by partners' systems; the table holds what is under way, a day at most."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_routing_rules"),
        ("datastore", "0021_indexes_beside_writes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="uploadsession",
            name="client",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="upload_sessions",
                to="agencies.apiclient",
            ),
        ),
        migrations.AlterField(
            model_name="uploadsession",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="upload_sessions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner__isnull", True)) ^ models.Q(("client__isnull", True)),
                name="upload_has_one_sender",
            ),
        ),
    ]
