"""In which form a result is signed for the head of its agency, and who signs so as a kind of actor.

The column has a default in the database: the release before writes rows without it.
"""

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


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0049_stages"),
    ]

    operations = [
        migrations.AddField(
            model_name="resultissue",
            name="signs_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=150, verbose_name="ký thay"),
        ),
        migrations.AlterField(
            model_name="dossierevent",
            name="actor_kind",
            field=models.CharField(choices=ACTORS, max_length=10),
        ),
    ]
