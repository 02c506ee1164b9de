"""A person at the counter may come for an organisation, by a paper that the official saw; 0025 builds the index."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

from portal.core.migrating import reference_without_index

HAS_PROOF = models.CheckConstraint(
    condition=Q(organisation__isnull=True, acts_by="", proof="")
    | Q(organisation__isnull=False) & ~Q(acts_by="") & ~Q(proof=""),
    name="visit_for_organisation_has_proof",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_members_of_organisations"), ("dossiers", "0023_bundles")]

    operations = [
        reference_without_index(
            "countervisit",
            "organisation",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counter_visits",
                to="accounts.organisation",
                verbose_name="nộp thay tổ chức",
            ),
        ),
        migrations.AddField(
            "countervisit",
            "acts_by",
            models.CharField(
                blank=True,
                choices=[
                    ("representative", "Người đại diện theo pháp luật"),
                    ("mandate", "Người được ủy quyền"),
                ],
                db_default="",
                default="",
                max_length=14,
                verbose_name="tư cách",
            ),
        ),
        migrations.AddField(
            "countervisit",
            "proof",
            models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="giấy tờ chứng minh tư cách"
            ),
        ),
        AddConstraintNotValid("countervisit", HAS_PROOF),
    ]
