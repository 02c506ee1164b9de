"""An agency's right to read documents while it handles a dossier (quyền truy cập): given, widened, ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from datastore.models import Document, Grant
from portal.agencies.models import Agency
from portal.core import writes
from portal.core.statements import Statement

_GRANT = Statement(
    f"INSERT INTO {Grant._meta.db_table} (document_id, agency_id, dossier_code, purpose, granted_at, expires_at)"  # noqa: S608 - ours
    " SELECT given, %s::bigint, %s::text, %s::text, %s::timestamptz, %s::timestamptz FROM unnest(%s::bigint[]) AS given"
    " ON CONFLICT (document_id, agency_id, dossier_code)"
    " DO UPDATE SET purpose = EXCLUDED.purpose, expires_at = EXCLUDED.expires_at, revoked_at = NULL"
)


def grant(
    documents: Iterable[Document],
    *,
    agency: Agency,
    dossier_code: str,
    purpose: str,
    expires_at: datetime | None = None,
) -> None:
    """Let an agency read these documents for one dossier until `end`, or for so long; repeating it revives."""
    ids = sorted({document.pk for document in documents})
    if ids:
        _GRANT.run([agency.pk, dossier_code, purpose[:300], timezone.now(), expires_at, ids])


def grant_first(documents: Iterable[Document], *, agency: Agency, dossier_code: str, purpose: str) -> None:
    """As `grant`, for a dossier that takes its code in this moment: there are no rights to widen or to revive."""
    for document in documents:
        ids = {"document_id": document.pk, "agency_id": agency.pk}
        writes.insert(Grant(**ids, dossier_code=dossier_code, purpose=purpose[:300]))


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
