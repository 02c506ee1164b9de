"""English names of the places where dossiers are handed in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0006_wrapped_replies")]

    operations = [
        migrations.AddField(
            model_name="onestopdesk",
            name="name_en",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="tên tiếng Anh"),
        ),
    ]
