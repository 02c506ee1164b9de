"""Search reads its own index in memory (ADR 11): the columns and indexes that PostgreSQL searched have no reader left."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0008_form_drafts"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="procedureversion",
            name="version_search",
        ),
        migrations.RemoveIndex(
            model_name="procedureversion",
            name="version_search_trigrams",
        ),
        migrations.RemoveField(
            model_name="procedureversion",
            name="search_vector",
        ),
    ]
