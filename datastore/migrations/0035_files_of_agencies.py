"""Files that agencies keep for their own work, in nobody's store, and the rows that say who opened them.

Two new tables; nothing of the release before reads them. The second is append-only, as the log of who looked.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE TRIGGER agency_reading_is_append_only BEFORE UPDATE OR DELETE ON datastore_agencyfilereading
    FOR EACH ROW EXECUTE FUNCTION datastore_keep_access_log();
"""
UNGUARD = "DROP TRIGGER agency_reading_is_append_only ON datastore_agencyfilereading;"
ROLES = [
    ("citizen", "Người nộp hồ sơ"),
    ("helper", "Người hỗ trợ"),
    ("desk", "Bộ phận một cửa"),
    ("agency", "Cơ quan giải quyết"),
    ("leader", "Lãnh đạo cơ quan"),
    ("consulted", "Cơ quan được hỏi ý kiến"),
    ("partner", "Hệ thống của cơ quan"),
    ("payment", "Nền tảng thanh toán"),
    ("system", "Hệ thống"),
    ("link", "Người có liên kết"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("datastore", "0034_end_of_the_access_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("content_type", models.CharField(max_length=100)),
                ("storage_key", models.CharField(max_length=100, unique=True)),
                ("key_id", models.CharField(max_length=12)),
                ("wrapped_key", models.BinaryField()),
                (
                    "scan_state",
                    models.CharField(
                        choices=[("unscanned", "Chưa quét"), ("clean", "Sạch"), ("infected", "Có mã độc")],
                        default="unscanned",
                        max_length=9,
                    ),
                ),
                ("scanner", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
            ],
            options={
                "verbose_name": "tệp của cơ quan",
                "verbose_name_plural": "tệp của cơ quan",
                "indexes": [models.Index(fields=["created_at"], name="agency_file_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "content_sha256"), name="bytes_once_per_agency"),
                    models.CheckConstraint(condition=models.Q(("size_bytes__gt", 0)), name="agency_file_is_not_empty"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyFileReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dossier_code", models.CharField(db_index=True, max_length=50, verbose_name="mã hồ sơ")),
                ("reader_name", models.CharField(max_length=200, verbose_name="người xem")),
                ("reader_role", models.CharField(choices=ROLES, max_length=20, verbose_name="vai")),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="xem lúc")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                        verbose_name="cơ quan",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="datastore.agencyfile",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "lượt xem tệp của cơ quan",
                "verbose_name_plural": "lượt xem tệp của cơ quan",
                "indexes": [models.Index(fields=["-read_at", "-id"], name="agency_reading_newest")],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
