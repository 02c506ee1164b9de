"""When a day of the calendar was written down: a day that was promised before is explained without it."""

from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("agencies", "0011_signing_delegations")]

    operations = [
        # in two: of the rows that are there nobody knows when they were noted
        migrations.AddField(
            model_name="calendarday", name="noted_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AlterField(
            model_name="calendarday",
            name="noted_at",
            field=models.DateTimeField(default=timezone.now, editable=False, null=True),
        ),
    ]
