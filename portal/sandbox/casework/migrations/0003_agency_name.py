from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox_casework", "0002_last_asked")]

    operations = [
        migrations.AddField(model_name="case", name="agency_name", field=models.CharField(blank=True, max_length=300)),
    ]
