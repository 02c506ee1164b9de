"""A refund's proof is called by what it is; the column keeps its name, which the release before this one reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_receipts_of_organisations")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("refund", "refund_done_has_proof"),
                migrations.RemoveConstraint("refund", "one_refund_per_transfer_of_agency"),
                migrations.RenameField("refund", "transfer_reference", "voucher_number"),
                migrations.AlterField(
                    "refund",
                    "voucher_number",
                    models.CharField(
                        blank=True,
                        db_column="transfer_reference",
                        max_length=100,
                        verbose_name="số chứng từ hoàn tiền",
                    ),
                ),
                migrations.AddConstraint(
                    "refund",
                    models.CheckConstraint(
                        condition=models.Q(("state", "done"), _negated=True)
                        | models.Q(("done_at__isnull", False), models.Q(("voucher_number", ""), _negated=True)),
                        name="refund_done_has_proof",
                    ),
                ),
                migrations.AddConstraint(
                    "refund",
                    models.UniqueConstraint(
                        condition=models.Q(("voucher_number", ""), _negated=True),
                        fields=("agency", "voucher_number"),
                        name="one_refund_per_transfer_of_agency",
                    ),
                ),
            ]
        )
    ]
