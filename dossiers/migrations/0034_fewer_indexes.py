"""Indexes of what most rows lack, over the rows that have it; the others are dropped by 0037, when these are there."""

from django.db import migrations, models

from portal.core.migrating import index_beside_writes

WHERE_SET = [
    ("dossier", "assignee"),
    ("dossier", "assistance"),
    ("dossier", "counter_visit"),
    ("dossier", "desk"),
    ("dossier", "organisation"),
    ("dossier", "rebased_to"),
    ("dossier", "result_document"),
    ("dossier", "source"),
    ("dossierevent", "actor_agency"),
    ("dossierevent", "actor_user"),
]


def where_set(model: str, name: str) -> models.Index:
    condition = models.Q((f"{name}__isnull", False))
    return models.Index(
        fields=[name], name=f"{model.removeprefix('dossier') or 'dossier'}_with_{name}", condition=condition
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0033_one_request_per_charge")]

    operations = [
        *(step for model, name in WHERE_SET for step in index_beside_writes(model, where_set(model, name))),
    ]
