from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox_vneid", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=80, unique=True)),
                ("number", models.CharField(max_length=12, unique=True)),
                ("full_name", models.CharField(max_length=300)),
                ("born_on", models.DateField()),
                ("gender", models.CharField(max_length=6)),
            ],
            options={"ordering": ["pk"]},
        )
    ]
