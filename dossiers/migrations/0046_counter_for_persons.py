"""A person at the counter may come for a child, a ward or who gave her a mandate; 0047 looks at older rows."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

FOR_ONE = models.CheckConstraint(
    condition=Q(organisation__isnull=True) | Q(representation__isnull=True), name="visit_for_one_other"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_of_age"), ("dossiers", "0045_waits_since")]

    operations = [
        migrations.AddField(
            "countervisit",
            "representation",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counter_visits",
                to="accounts.representation",
                verbose_name="nộp thay cá nhân",
            ),
        ),
        migrations.AlterField(
            "countervisit",
            "acts_by",
            models.CharField(
                blank=True,
                choices=[
                    ("representative", "Người đại diện theo pháp luật"),
                    ("mandate", "Người được ủy quyền"),
                    ("member", "Thành viên của tổ chức trên Cổng"),
                ],
                db_default="",
                default="",
                max_length=14,
                verbose_name="tư cách",
            ),
        ),
        AddConstraintNotValid("countervisit", FOR_ONE),
    ]
