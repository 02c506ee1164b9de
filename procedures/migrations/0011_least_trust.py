"""How far a paper of the store has to be relied on before it stands in for a component."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0010_bundles")]

    operations = [
        migrations.AddField(
            "component",
            "least_trust",
            models.CharField(blank=True, db_default="", default="", max_length=1, verbose_name="mức tin cậy ít nhất"),
        ),
    ]
