"""By when all of a bundle is to be done, by the plan of its day."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0042_paid_ahead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="bundlefiling",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="thời hạn chung"),
        ),
        migrations.AddField(
            model_name="bundlefiling",
            name="working_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="số ngày làm việc"),
        ),
        migrations.AddIndex(
            model_name="bundlefiling",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="bundle_due"),
        ),
        migrations.AddConstraint(
            model_name="bundlefiling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__isnull", True),
                    models.Q(
                        ("due_at__gt", models.F("submitted_at")),
                        ("working_days__gt", 0),
                        ("working_days__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="bundle_due_after_filing",
            ),
        ),
    ]
