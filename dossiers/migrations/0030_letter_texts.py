"""An agency's own words on its letters, as versions that hold from a day on (lời riêng trên văn bản)."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0006_wrapped_replies"),
        ("dossiers", "0029_lines_of_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("00", "Xác nhận nộp hồ sơ trực tuyến"),
                            ("01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
                            ("02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
                            ("03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
                            ("04", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
                            ("05", "Thông báo dừng giải quyết hồ sơ"),
                        ],
                        max_length=2,
                        verbose_name="văn bản",
                    ),
                ),
                (
                    "opening",
                    models.TextField(
                        blank=True,
                        help_text="Đứng sau phần thông tin của hồ sơ.",
                        max_length=1500,
                        verbose_name="lời mở đầu",
                    ),
                ),
                (
                    "closing",
                    models.TextField(
                        blank=True,
                        help_text="Đứng cuối văn bản, ví dụ giờ làm việc, số điện thoại. Để trống cả hai là bỏ lời riêng.",
                        max_length=1500,
                        verbose_name="lời kết",
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="Từ ngày này bản này không sửa được nữa; muốn đổi thì thêm bản mới.",
                        verbose_name="áp dụng từ",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter_texts",
                        to="agencies.agency",
                        verbose_name="cơ quan",
                    ),
                ),
            ],
            options={
                "verbose_name": "lời riêng trên văn bản",
                "verbose_name_plural": "lời riêng trên văn bản",
                "ordering": ["kind", "-valid_from", "-id"],
                "indexes": [models.Index(fields=["kind", "agency", "valid_from"], name="letter_text_in_force")],
            },
        ),
    ]
