from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people_at_the_counter"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="helps_others",
            field=models.BooleanField(db_default=False, default=False, verbose_name="từng giúp người khác nộp hồ sơ"),
        ),
    ]
