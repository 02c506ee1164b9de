"""Fewer indexes of the two large tables: each change of a dossier's state writes every one of them again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.core.migrating import without_index

COVERED = [
    ("dossiers_dossier", "dossiers_dossier_agency_id_966dcf7a", "agency_id"),
    ("dossiers_dossier", "dossiers_dossier_applicant_id_index_b1fd5172_like", "applicant_id_index"),
    ("dossiers_dossier", "dossiers_dossier_filer_id_1fc39fa6", "filer_id"),
    ("dossiers_dossier", "dossiers_dossier_handled_by_id_6587d169", "handled_by_id"),
    ("dossiers_dossier", "dossiers_dossier_assignee_id_127f79ea", "assignee_id"),
    ("dossiers_dossier", "dossiers_dossier_result_document_id_51ecadc5", "result_document_id"),
    ("dossiers_dossier", "dossiers_dossier_source_id_b2a7558b", "source_id"),
    ("dossiers_dossier", "dossiers_dossier_assistance_id_beside", "assistance_id"),
    ("dossiers_dossier", "dossiers_dossier_counter_visit_id_beside", "counter_visit_id"),
    ("dossiers_dossier", "dossiers_dossier_desk_id_beside", "desk_id"),
    ("dossiers_dossier", "dossiers_dossier_organisation_id_beside", "organisation_id"),
    ("dossiers_dossier", "dossiers_dossier_rebased_to_id_beside", "rebased_to_id"),
    ("dossiers_dossierevent", "dossiers_dossierevent_dossier_id_90237d93", "dossier_id"),
    ("dossiers_dossierevent", "dossiers_dossierevent_actor_agency_id_564ac3d0", "actor_agency_id"),
    ("dossiers_dossierevent", "dossiers_dossierevent_actor_user_id_8307189b", "actor_user_id"),
]
"""What another index finds as well: one that begins with the same column, or the one of the rows that have it."""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("accounts", "0007_found_by_tech_id"),
        ("agencies", "0007_desks_in_english"),
        ("datastore", "0029_replaces_earlier"),
        ("dossiers", "0036_dossiers_of_before_are_found"),
        ("procedures", "0012_draft_confirmation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(without_index(table, index, column) for table, index, column in COVERED),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="dossier",
                    name="agency",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="agencies.agency",
                        verbose_name="cơ quan giải quyết",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="assignee",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assigned_dossiers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="assistance",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="dossiers.assistance",
                        verbose_name="quyền giúp nộp",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="counter_visit",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="dossiers.countervisit",
                        verbose_name="lượt tiếp tại quầy",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="desk",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="agencies.onestopdesk",
                        verbose_name="bộ phận một cửa",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="filer",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filed_dossiers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="handled_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="agencies.apiclient",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="organisation",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="accounts.organisation",
                        verbose_name="nộp thay tổ chức",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="rebased_to",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procedures.procedureversion",
                        verbose_name="áp dụng bản công bố",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="result_document",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="result_of",
                        to="datastore.document",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossier",
                    name="source",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported_dossiers",
                        to="agencies.apiclient",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossierevent",
                    name="actor_agency",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                migrations.AlterField(
                    model_name="dossierevent",
                    name="actor_user",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="dossierevent",
                    name="dossier",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="dossiers.dossier",
                    ),
                ),
            ]
        ),
    ]
