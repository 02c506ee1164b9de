"""Papers that applicants say the State has already."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0020_organisations_beside_writes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("component_code", models.CharField(max_length=60, verbose_name="mã thành phần")),
                ("name", models.TextField(verbose_name="tên")),
                ("is_supplement", models.BooleanField(verbose_name="khi bị yêu cầu bổ sung")),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="cấp ở đâu, khi nào")),
                ("said_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="báo lúc")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="held_papers", to="dossiers.dossier"
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "giấy tờ báo là Nhà nước đã có",
                "verbose_name_plural": "giấy tờ báo là Nhà nước đã có",
                "indexes": [models.Index(fields=["said_at"], name="held_paper_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dossier", "component_code", "is_supplement"), name="one_word_per_paper_and_occasion"
                    )
                ],
            },
        ),
    ]
