"""The words of the forms of letters, as versions of the national editor."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dossiers.models.letter_templates


class Migration(migrations.Migration):
    """A new table; while it is empty, letters are written with the release's own words."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dossiers", "0040_pictures_of_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "form",
                    models.CharField(
                        choices=dossiers.models.letter_templates.form_choices, max_length=4, verbose_name="mẫu"
                    ),
                ),
                ("body", models.TextField(max_length=20000, verbose_name="nội dung mẫu")),
                ("reason", models.CharField(max_length=300, verbose_name="lý do đổi")),
                (
                    "valid_from",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="Từ ngày này bản này không sửa được nữa; muốn đổi thì thêm bản mới.",
                        verbose_name="áp dụng từ",
                    ),
                ),
                (
                    "problem",
                    models.TextField(blank=True, default="", editable=False, verbose_name="lỗi khi lập văn bản"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người soạn",
                    ),
                ),
            ],
            options={
                "verbose_name": "mẫu văn bản",
                "verbose_name_plural": "mẫu văn bản",
                "ordering": ["form", "-valid_from", "-id"],
                "indexes": [models.Index(fields=["form", "valid_from"], name="letter_template_in_force")],
            },
        ),
    ]
