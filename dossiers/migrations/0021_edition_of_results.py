"""A wrong result is replaced by a right one: the same piece of work, one edition later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0020_organisations_beside_writes")]

    operations = [
        migrations.AddField(
            model_name="resultissue",
            name="edition",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="bản thứ"),
        ),
    ]
