from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_code_version")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="takes_cash",
            field=models.BooleanField(db_default=False, default=False, verbose_name="được thu tiền mặt"),
        ),
    ]
