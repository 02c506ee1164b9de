"""Papers that go with a question to another agency, or with its answer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A new table; nothing of the release before reads it."""

    dependencies = [
        ("datastore", "0035_files_of_agencies"),
        ("dossiers", "0047_counter_for_persons_beside_writes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsultationPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(choices=[("question", "kèm câu hỏi"), ("answer", "kèm trả lời")], max_length=8),
                ),
                ("name", models.CharField(max_length=200, verbose_name="tên tệp")),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="papers",
                        to="dossiers.consultation",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_papers",
                        to="datastore.agencyfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "giấy tờ kèm lấy ý kiến",
                "verbose_name_plural": "giấy tờ kèm lấy ý kiến",
                "ordering": ["consultation", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("consultation", "side", "file"), name="one_paper_per_side")
                ],
            },
        ),
    ]
