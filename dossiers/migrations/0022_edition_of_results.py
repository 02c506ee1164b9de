"""A wrong result is replaced by a right one: the same piece of work, one edition later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0021_papers_the_state_has")]

    operations = [
        migrations.AddField(
            model_name="resultissue",
            name="edition",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="bản thứ"),
        ),
    ]
