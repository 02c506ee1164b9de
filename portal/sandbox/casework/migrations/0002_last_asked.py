from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox_casework", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="desk",
            name="last_asked_at",
            field=models.DateTimeField(null=True, help_text="when the portal last asked for events"),
        ),
    ]
