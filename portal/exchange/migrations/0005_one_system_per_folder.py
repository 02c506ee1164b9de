from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_inbox_waiting_beside_writes")]

    operations = [
        migrations.AddConstraint(
            model_name="pullsource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("provider", "folder")),
                fields=("address",),
                name="one_system_per_folder",
                violation_error_message="Thư mục này là của hệ thống khác.",
            ),
        ),
    ]
