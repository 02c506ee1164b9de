"""Why a bundle is switched off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0018_unfinished_sheets"),
    ]

    operations = [
        migrations.AddField(
            model_name="bundle",
            name="closed_reason",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="lý do ngừng tách hồ sơ"),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_reason", ""), ("is_open", True)), ("is_open", False), _connector="OR"
                ),
                name="open_bundle_has_no_reason",
            ),
        ),
    ]
