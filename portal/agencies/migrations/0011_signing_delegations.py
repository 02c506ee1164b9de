"""Who signs for the head of an agency: a new table; while it is empty, only leaders sign."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def _person(name: str = "+", **more: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=settings.AUTH_USER_MODEL, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0010_internal_processes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningDelegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "manner",
                    models.CharField(
                        choices=[
                            ("KT", "KT. – cấp phó ký thay người đứng đầu"),
                            ("TL", "TL. – ký thừa lệnh người đứng đầu"),
                            ("TUQ", "TUQ. – ký thừa ủy quyền của người đứng đầu"),
                        ],
                        max_length=3,
                        verbose_name="hình thức ký",
                    ),
                ),
                ("procedures", models.JSONField(blank=True, default=list, verbose_name="thủ tục")),
                ("document_number", models.CharField(max_length=60, verbose_name="số văn bản giao ký")),
                ("document_date", models.DateField(verbose_name="ngày văn bản")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_to", models.DateField(verbose_name="đến ngày")),
                ("written_at", models.DateTimeField(auto_now_add=True, verbose_name="ghi lúc")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="thu hồi lúc")),
                ("revoked_for", models.CharField(blank=True, max_length=200, verbose_name="lý do thu hồi")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_delegations",
                        to="agencies.agency",
                        verbose_name="cơ quan",
                    ),
                ),
                ("principal", _person()),
                ("revoked_by", _person(blank=True, null=True)),
                ("signer", _person("signing_delegations")),
                ("written_by", _person()),
            ],
            options={
                "verbose_name": "giao ký",
                "verbose_name_plural": "giao ký",
                "ordering": ["-valid_from", "-id"],
                "indexes": [models.Index(fields=["signer", "agency", "valid_to"], name="signing_of_signer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("valid_to__gte", F("valid_from"))), name="signing_ends_after_it_begins"
                    ),
                    models.CheckConstraint(
                        condition=Q(("principal", F("signer")), _negated=True), name="nobody_signs_for_herself"
                    ),
                    models.CheckConstraint(
                        condition=Q(("document_number", ""), _negated=True), name="signing_has_its_paper"
                    ),
                    models.CheckConstraint(
                        condition=Q(("document_date__lte", F("valid_from"))), name="signing_begins_with_its_paper"
                    ),
                    models.CheckConstraint(
                        condition=Q(("manner", "TUQ"), ("procedures", []), _negated=True),
                        name="authorised_signing_names_procedures",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                            Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="signing_revoked_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=Q(("revoked_at__isnull", True)),
                        fields=("agency", "principal", "signer", "manner", "document_number", "valid_from"),
                        name="one_signing_per_paper_and_day",
                    ),
                ],
            },
        ),
    ]
