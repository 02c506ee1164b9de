"""What a national record said before it changed beside the portal's own version, until an official has seen it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0015_supplement_closing")]

    operations = [
        migrations.AddField(
            "nationalrecord",
            "seen",
            models.JSONField(blank=True, null=True, verbose_name="bản ghi như lần xem trước"),
        ),
        migrations.AddField(
            "nationalrecord",
            "changed_at",
            models.DateTimeField(blank=True, null=True, verbose_name="đổi lúc"),
        ),
        migrations.AddConstraint(
            "nationalrecord",
            models.CheckConstraint(
                condition=models.Q(("changed_at__isnull", True), ("seen__isnull", True))
                | models.Q(("changed_at__isnull", False), ("record__isnull", False), ("seen__isnull", False)),
                name="changed_record_has_what_was_seen",
            ),
        ),
    ]
