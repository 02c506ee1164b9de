"""The column that the desk's index needs; the index itself is built beside the writes of the day, by 0016."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("datastore", "0008_who_revoked_and_why"),
        ("dossiers", "0006_messages_and_notes"),
        ("procedures", "0009_no_search_in_the_database"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="proposed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="trình lãnh đạo lúc"),
        ),
    ]
