"""Questions people ask about a procedure, and our answers."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0005_life_event_steps")]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=80, unique=True, verbose_name="mã")),
                (
                    "procedure_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), size=None, verbose_name="mã thủ tục"
                    ),
                ),
                ("question", models.CharField(max_length=300, verbose_name="câu hỏi")),
                ("question_en", models.CharField(blank=True, max_length=300, verbose_name="câu hỏi tiếng Anh")),
                ("answer", models.TextField(verbose_name="trả lời")),
                ("answer_en", models.TextField(blank=True, verbose_name="trả lời tiếng Anh")),
                ("legal_basis", models.CharField(blank=True, max_length=200, verbose_name="căn cứ")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
                ("is_published", models.BooleanField(default=False, verbose_name="đã công bố")),
                ("source_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="sửa lúc")),
            ],
            options={
                "verbose_name": "hỏi đáp",
                "verbose_name_plural": "hỏi đáp",
                "ordering": ["position", "code"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["procedure_codes"], name="question_by_procedure")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("procedure_codes__len__gt", 0)),
                        name="question_is_about_something",
                        violation_error_message="Hãy ghi ít nhất một mã thủ tục.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("question", ""), _negated=True), models.Q(("answer", ""), _negated=True)
                        ),
                        name="question_has_an_answer",
                        violation_error_message="Hãy viết cả câu hỏi và câu trả lời.",
                    ),
                ],
            },
        ),
    ]
