import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_routing_rules"),
        ("dossiers", "0014_assistance"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="desk",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="agencies.onestopdesk",
                verbose_name="bộ phận một cửa",
            ),
        ),
    ]
