from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datastore", "0012_result_checks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accesslog",
            name="reader_role",
            field=models.CharField(
                choices=[
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
                ],
                max_length=20,
                verbose_name="vai",
            ),
        ),
        migrations.AlterField(
            model_name="resultcheck",
            name="role",
            field=models.CharField(
                choices=[
                    ("citizen", "Người nộp hồ sơ"),
                    ("helper", "Người hỗ trợ"),
                    ("desk", "Bộ phận một cửa"),
                    ("agency", "Cơ quan giải quyết"),
                    ("leader", "Lãnh đạo cơ quan"),
                    ("consulted", "Cơ quan được hỏi ý kiến"),
                    ("partner", "Hệ thống của cơ quan"),
                    ("payment", "Nền tảng thanh toán"),
                    ("system", "Hệ thống"),
                ],
                max_length=20,
                verbose_name="vai",
            ),
        ),
    ]
