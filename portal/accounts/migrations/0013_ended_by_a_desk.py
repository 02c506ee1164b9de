"""A desk ends a representation that it confirmed, in words; rows from before name no agency."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_of_age")]

    operations = [
        migrations.AlterField(
            "representation",
            "end_reason",
            models.CharField(
                blank=True,
                choices=[
                    ("withdrawn", "Người ủy quyền đã thu hồi"),
                    ("given_up", "Người đại diện tự thôi"),
                    ("paper_ended", "Giấy làm căn cứ không còn giá trị"),
                    ("renewed", "Đã hết hạn và được thay"),
                    ("of_age", "Người được đại diện đã đủ 18 tuổi"),
                    ("by_desk", "Bộ phận một cửa đã chấm dứt"),
                ],
                max_length=11,
                verbose_name="lý do chấm dứt",
            ),
        ),
        migrations.AddField(
            "representation",
            "confirming_agency",
            models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=35, verbose_name="mã cơ quan xác nhận"
            ),
        ),
        migrations.AddField(
            "representation",
            "end_words",
            models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="vì sao chấm dứt"),
        ),
        migrations.AddField(
            "representation",
            "ended_by_name",
            models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="người chấm dứt"),
        ),
    ]
