"""Replies as text within message, where a system of the wire format expects them so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_routing_rules")]

    operations = [
        migrations.AddField(
            model_name="apiclient",
            name="wraps_replies",
            field=models.BooleanField(db_default=False, default=False, verbose_name="trả lời lồng trong message"),
        ),
    ]
