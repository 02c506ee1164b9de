"""Filings of linked procedures: the declaration, its parts, its papers."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datastore", "0021_indexes_beside_writes"),
        ("dossiers", "0022_edition_of_results"),
        ("procedures", "0010_bundles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BundleFiling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("procedure_code", models.CharField(max_length=60, verbose_name="mã thủ tục")),
                ("definition", models.JSONField()),
                ("applicant_name", models.CharField(max_length=300, verbose_name="chủ hồ sơ")),
                ("answers", models.JSONField(default=dict, verbose_name="nội dung kê khai")),
                ("answers_sha256", models.CharField(max_length=64)),
                (
                    "held",
                    models.JSONField(blank=True, default=list, verbose_name="giấy tờ báo là Nhà nước đã có"),
                ),
                ("province_code", models.CharField(blank=True, max_length=2)),
                ("commune_code", models.CharField(blank=True, max_length=5)),
                ("submitted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="nộp lúc")),
                (
                    "assistance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dossiers.assistance",
                    ),
                ),
                (
                    "filer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filed_bundles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_bundles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "procedure_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procedures.procedureversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "hồ sơ liên thông",
                "verbose_name_plural": "hồ sơ liên thông",
                "indexes": [models.Index(fields=["filer", "-id"], name="bundle_of_filer")],
            },
        ),
        migrations.CreateModel(
            name="BundlePaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("component_code", models.CharField(max_length=60, verbose_name="mã thành phần")),
                ("from_store", models.BooleanField(default=False, verbose_name="lấy từ kho")),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="papers", to="dossiers.bundlefiling"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_in_bundles",
                        to="datastore.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "giấy tờ của hồ sơ liên thông",
                "verbose_name_plural": "giấy tờ của hồ sơ liên thông",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bundle", "component_code", "document"), name="one_paper_per_component"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BundlePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("node", models.CharField(max_length=50)),
                ("position", models.PositiveSmallIntegerField()),
                ("procedure_code", models.CharField(max_length=60, verbose_name="mã thủ tục")),
                ("procedure_name", models.TextField(verbose_name="tên thủ tục")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="mở lúc")),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="vì sao chưa nộp được")),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="dossiers.bundlefiling"
                    ),
                ),
                (
                    "dossier",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bundle_part",
                        to="dossiers.dossier",
                        verbose_name="hồ sơ",
                    ),
                ),
                ("needs", models.ManyToManyField(blank=True, related_name="feeds", to="dossiers.bundlepart")),
            ],
            options={
                "verbose_name": "hồ sơ thành phần",
                "verbose_name_plural": "hồ sơ thành phần",
                "ordering": ["bundle", "position"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("opened_at__isnull", True)), fields=["bundle"], name="part_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("bundle", "node"), name="one_part_per_node"),
                    models.CheckConstraint(
                        condition=models.Q(("dossier__isnull", True), ("opened_at__isnull", False), _connector="OR"),
                        name="opened_part_has_time",
                    ),
                ],
            },
        ),
    ]
