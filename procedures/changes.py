"""Reading and noting changes of the catalogue (procedures.models.CatalogueChange)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from procedures.models import CatalogueChange, LocalPolicy, Procedure, Question
from procedures.models.changes import ChangeKind

LOCK = 7_310_001
"""The same as in migration 0007_catalogue_changes: numbers appear in their own order."""


def after(number: int, *, most: int) -> list[CatalogueChange]:
    """The changes that follow a number, oldest first, without those of what agencies do among themselves."""
    internal = Procedure.objects.filter(code=OuterRef("procedure_code"), is_internal=True)
    return list(CatalogueChange.objects.filter(~Exists(internal), pk__gt=number).order_by("pk")[:most])


def newest() -> int:
    """The number of the newest change, 0 before the first."""
    return CatalogueChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


_KEPT_APART = (Question, LocalPolicy)
"""Shown on the sheets and cached with them, changed without a row in the catalogue's changes (a policy that covers no
known procedure, a question, a row mended by hand)."""


def mark() -> str:
    """A text that is another one whenever something that sheets show was committed: what a sweep compares."""
    digests = []
    with connection.cursor() as cursor:
        for model in _KEPT_APART:
            table = connection.ops.quote_name(model._meta.db_table)
            # a few hundred rows every two minutes; the digest needs no lock and no row that publishers would wait for
            cursor.execute(
                f"SELECT md5(string_agg(md5(t::text), '' ORDER BY t.id)) FROM {table} AS t"  # noqa: S608 - our own names
            )
            digests.append(cursor.fetchone()[0] or "")
    return ":".join([str(newest()), *digests])


def newest_at() -> datetime | None:
    """When the catalogue last changed."""
    row = CatalogueChange.objects.order_by("-pk").values_list("changed_at", flat=True).first()
    return row


@transaction.atomic
def note_policy(procedure_codes: Iterable[str], field_codes: Iterable[str]) -> None:
    """Note that a local policy changed what these procedures, or all of these fields, cost or take; call it last."""
    covered = Procedure.objects.filter(
        Q(code__in=list(procedure_codes)) | Q(field__code__in=list(field_codes)), current__isnull=False
    )
    codes = list(covered.order_by("code").values_list("code", flat=True))
    if not codes:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    now = timezone.now()
    CatalogueChange.objects.bulk_create(
        CatalogueChange(procedure_code=code, kind=ChangeKind.POLICY, changed_at=now) for code in codes
    )
