from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_user_notice_modes")]

    operations = [
        migrations.AddField(
            model_name="citizenprofile",
            name="is_from_counter",
            field=models.BooleanField(db_default=False, default=False, verbose_name="nhập tại quầy từ thẻ căn cước"),
        ),
    ]
