"""For whom a certificate signs papers, so that a checker without a network can tell (cơ quan dùng chứng thư ký)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datastore", "0031_content_of_a_result")]

    operations = [
        migrations.AddField(
            model_name="signingkey",
            name="agencies",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
