"""Papers that agencies' systems sent have a trust level of their own; the index of those not listed yet holds both."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from portal.core.migrating import index_beside_writes

NOT_YET_LISTED = models.Index(
    fields=["created_at"],
    name="document_not_yet_listed",
    condition=models.Q(("is_listed", False), ("trust__in", ["C", "S"]), models.Q(("status", "deleted"), _negated=True)),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("datastore", "0026_upload_taken_at")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="trust",
            field=models.CharField(
                choices=[
                    ("A", "Bản điện tử gốc do cơ quan ký số"),
                    ("B", "Bản sao điện tử có chứng thực"),
                    ("C", "Cán bộ số hóa và ký xác nhận"),
                    ("S", "Cơ quan gửi từ hệ thống của mình"),
                    ("D", "Bạn tự tải lên"),
                ],
                max_length=1,
                verbose_name="mức tin cậy",
            ),
        ),
        *index_beside_writes("document", NOT_YET_LISTED),
        RemoveIndexConcurrently("document", "document_not_yet_a_result"),
    ]
