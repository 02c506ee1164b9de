"""The index by which a file that anybody has checked is found among those that agencies' systems sent."""

from django.db import migrations, models

from portal.core.migrating import index_beside_writes


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("datastore", "0027_fetched_papers")]

    operations = [*index_beside_writes("blob", models.Index(fields=["content_sha256"], name="blob_by_digest"))]
