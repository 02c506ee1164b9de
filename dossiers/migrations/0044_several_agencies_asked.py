"""Several agencies may be asked about a dossier at once, each of them once at a time.

Going back fails while a dossier has several open questions, as the former constraint knows one: take back or answer all
but one of each first.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0043_time_limit_of_bundles"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.UniqueConstraint(
                fields=("dossier", "agency"), condition=Q(ended_at__isnull=True), name="one_open_question_an_agency"
            ),
        ),
        migrations.RemoveConstraint(model_name="consultation", name="one_open_consultation"),
    ]
