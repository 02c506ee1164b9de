"""An agency's right to read documents while it handles a dossier (quyền truy cập): given, widened, ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from datastore.models import Document, Grant
from portal.agencies.models import Agency
from portal.core.statements import Statement


def grant(documents: Iterable[Document], *, agency: Agency, dossier_code: str, purpose: str) -> None:
    """Let an agency read these documents for one dossier until `end`; repeating it changes nothing, and revives."""
    rows = [
        Grant(document=document, agency=agency, dossier_code=dossier_code, purpose=purpose[:300])
        for document in documents
    ]
    Grant.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["document", "agency", "dossier_code"],
        update_fields=["purpose", "expires_at", "revoked_at"],
    )


_END = Statement(
    f"UPDATE {Grant._meta.db_table} SET expires_at = %s"  # noqa: S608 - the name of a table
    " WHERE dossier_code = ANY(%s::text[]) AND (expires_at IS NULL OR expires_at > %s)"
)


def end(dossier_code: str, at: datetime, *, agency: Agency | None = None) -> None:
    """End every right that was given for a dossier, or those of one agency; an earlier end stays."""
    if agency is None:
        end_all([dossier_code], at)
        return
    given = Grant.objects.filter(dossier_code=dossier_code, agency=agency)
    given.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)).update(expires_at=at)


def end_all(dossier_codes: Sequence[str], at: datetime) -> None:
    """End every right that was given for these dossiers."""
    _END.run([at, list(dossier_codes), at])


def active(now: datetime | None = None) -> Q:
    """A filter on Grant: rights that hold at a moment."""
    moment = now or timezone.now()
    return Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=moment))
