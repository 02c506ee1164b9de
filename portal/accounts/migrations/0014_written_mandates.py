"""A mandate on paper that a desk saw: it opens no store, and may stand beside one that was given on the portal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_ended_by_a_desk")]

    operations = [
        migrations.AlterField(
            "representation",
            "proof",
            models.CharField(
                choices=[
                    ("paper", "Giấy trong kho dữ liệu"),
                    ("official", "Cán bộ xác nhận tại quầy"),
                    ("principal", "Chính người ủy quyền xác nhận"),
                    ("written", "Giấy ủy quyền xuất trình tại quầy"),
                ],
                max_length=9,
                verbose_name="chứng minh bằng",
            ),
        ),
        migrations.RemoveConstraint("representation", "one_open_representation"),
        migrations.AddConstraint(
            "representation",
            models.UniqueConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True),
                    ("representative__isnull", False),
                    models.Q(("proof", "written"), _negated=True),
                ),
                fields=("principal", "representative", "kind"),
                name="one_open_representation",
            ),
        ),
        migrations.AddConstraint(
            "representation",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proof", "written"), _negated=True),
                    models.Q(("kind", "mandate"), ("may_use_store", False), ("representative__isnull", False)),
                    _connector="OR",
                ),
                name="written_mandate_opens_no_store",
            ),
        ),
    ]
