"""When an organisation last got another name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_found_by_tech_id"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="renamed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="đổi tên lúc"),
        ),
    ]
