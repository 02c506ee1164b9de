"""Readers beside filers, and the history of who acts for an organisation."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ROLES = [
    ("representative", "Người đại diện theo pháp luật"),
    ("filer", "Người nộp hồ sơ"),
    ("reader", "Người xem"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_helpers")]

    operations = [
        migrations.AlterField(
            model_name="organisationmember",
            name="role",
            field=models.CharField(choices=ROLES, max_length=20, verbose_name="vai trò"),
        ),
        migrations.CreateModel(
            name="MembershipChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_name", models.CharField(max_length=200, verbose_name="tên khi đó")),
                ("role", models.CharField(choices=ROLES, max_length=20, verbose_name="vai trò")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("appointed", "Được chỉ định"),
                            ("dismissed", "Bị cho thôi"),
                            ("restored", "Được chỉ định lại"),
                            ("left", "Tự thôi"),
                        ],
                        max_length=10,
                        verbose_name="việc",
                    ),
                ),
                (
                    "changed_by_name",
                    models.CharField(blank=True, max_length=200, verbose_name="tên người làm khi đó"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="lúc")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người làm",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="membership_changes",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="thành viên",
                    ),
                ),
            ],
            options={
                "verbose_name": "thay đổi thành viên tổ chức",
                "verbose_name_plural": "thay đổi thành viên tổ chức",
                "indexes": [models.Index(fields=["organisation", "-id"], name="membership_history")],
            },
        ),
    ]
