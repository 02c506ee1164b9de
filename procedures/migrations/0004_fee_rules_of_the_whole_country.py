"""A fee rule holds in the whole country; what a province decides is a local policy.

The rules of one province in versions already published are taken out: without the column they would hold everywhere. They
come back as policies with the reference data; dossiers keep what they were charged in their own rows. Nothing to reverse:
the older code reads an empty list as the whole country, which is what is left.
"""

from django.db import migrations


def drop_local_rules(apps, schema_editor):
    apps.get_model("procedures", "FeeRule").objects.exclude(provinces=[]).delete()


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_local_policies")]

    operations = [
        migrations.RunPython(drop_local_rules, migrations.RunPython.noop),
        migrations.RemoveField(model_name="feerule", name="provinces"),
    ]
