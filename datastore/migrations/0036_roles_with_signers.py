"""Who signs in a head's stead is one more kind of actor; the columns stay as they are."""

from django.db import migrations, models

ACTORS = [
    ("citizen", "Người nộp hồ sơ"),
    ("helper", "Người hỗ trợ"),
    ("desk", "Bộ phận một cửa"),
    ("agency", "Cơ quan giải quyết"),
    ("leader", "Lãnh đạo cơ quan"),
    ("delegate", "Người được giao ký"),
    ("consulted", "Cơ quan được hỏi ý kiến"),
    ("partner", "Hệ thống của cơ quan"),
    ("payment", "Nền tảng thanh toán"),
    ("system", "Hệ thống"),
]
READERS = [*ACTORS, ("link", "Người có liên kết")]


class Migration(migrations.Migration):
    dependencies = [
        ("datastore", "0035_files_of_agencies"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accesslog",
            name="reader_role",
            field=models.CharField(choices=READERS, max_length=20, verbose_name="vai"),
        ),
        migrations.AlterField(
            model_name="agencyfilereading",
            name="reader_role",
            field=models.CharField(choices=READERS, max_length=20, verbose_name="vai"),
        ),
        migrations.AlterField(
            model_name="resultcheck",
            name="role",
            field=models.CharField(choices=ACTORS, max_length=20, verbose_name="vai"),
        ),
    ]
